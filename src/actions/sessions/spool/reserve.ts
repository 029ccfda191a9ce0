import { randomBytes } from 'node:crypto';
import { existsSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from '#platform/durable.ts';

/** Bytes set aside for sign-outs on a full disk, and what one of them is given of it. */
const whole = 1024 * 1024;
const slice = 16 * 1024;

function fileOf(folder: string): string {
  return join(folder, 'reserve');
}

/** Sets room aside while there is some, so that people can still sign out when the disk is full. */
export function fillReserve(folder: string): void {
  const file = fileOf(folder);
  if (existsSync(file) && statSync(file).size === whole) return;
  // Random: a file system that compresses would set nothing aside for zeros.
  writeDurably(file, randomBytes(whole / 2).toString('hex'));
}

/** Gives a little of it back to the disk. @returns false when there is nothing left. */
export function drawReserve(folder: string): boolean {
  const file = fileOf(folder);
  if (!existsSync(file)) return false;
  const { size } = statSync(file);
  if (size === 0) return false;
  truncateSync(file, Math.max(0, size - slice));
  return true;
}
