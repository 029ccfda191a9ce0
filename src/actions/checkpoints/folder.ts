import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readCheckpoint } from '#domain/audit/checkpoint.ts';
import { writeDurably } from '#platform/durable.ts';
import type { Settings } from '#settings/settings.ts';

const suffix = '.jws';
/** Within so many days every checkpoint is kept, before that the last of each day: newer ones cover what older ones did. */
const keptDays = 7;

export function checkpointFolder(settings: Pick<Settings, 'data'>): string {
  return join(settings.data, 'checkpoints');
}

/** Names sort as the times do: `2026-11-22T14-03-22.120Z.jws`. */
function fileName(at: string): string {
  return `${at.replaceAll(':', '-')}${suffix}`;
}

function names(settings: Pick<Settings, 'data'>): string[] {
  const folder = checkpointFolder(settings);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(suffix))
    .sort();
}

/** Every checkpoint in the folder, oldest first. */
export function* allCheckpoints(settings: Pick<Settings, 'data'>): Generator<{ file: string; jws: string }> {
  for (const name of names(settings)) {
    const file = join(checkpointFolder(settings), name);
    yield { file, jws: readFileSync(file, 'utf8').trim() };
  }
}

/** The newest checkpoint that lies in the folder. */
export function newestCheckpoint(settings: Pick<Settings, 'data'>): { file: string; jws: string } | undefined {
  const name = names(settings).at(-1);
  if (name === undefined) return undefined;
  const file = join(checkpointFolder(settings), name);
  return { file, jws: readFileSync(file, 'utf8').trim() };
}

/** Writes a checkpoint so that it is there whole or not at all, whenever the power fails. @returns its path. */
export function writeCheckpoint(settings: Pick<Settings, 'data'>, at: string, jws: string): string {
  const folder = checkpointFolder(settings);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, fileName(at));
  writeDurably(file, `${jws}\n`);
  return file;
}

/**
 * Removes what newer checkpoints cover, but none that tells of somebody's disabling: a backup may be older still.
 *
 * @param now milliseconds since 1970
 */
export function thinCheckpoints(settings: Pick<Settings, 'data'>, now: number): void {
  const limit = fileName(new Date(now - keptDays * 86_400_000).toISOString());
  const old = names(settings).filter((name) => name < limit);
  for (const [index, name] of old.entries()) {
    const lastOfDay = old[index + 1]?.slice(0, 10) !== name.slice(0, 10);
    const file = join(checkpointFolder(settings), name);
    if (!lastOfDay && readCheckpoint(readFileSync(file, 'utf8')).people === undefined) rmSync(file, { force: true });
  }
}
