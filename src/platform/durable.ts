import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file that is still being written carries this behind its name. */
export const unfinished = '.part';

/**
 * Writes a file so that it is there whole or not at all, whenever the power fails: beside it, synced, renamed, the folder synced.
 *
 * @throws the system's error (ENOSPC, …); nothing is left behind then
 */
export function writeDurably(file: string, text: string): void {
  const beside = `${file}${unfinished}`;
  try {
    const handle = openSync(beside, 'w', 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
