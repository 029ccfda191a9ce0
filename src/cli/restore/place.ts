import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** SQLite's companions of a database file. A log of one database beside another would destroy it. */
const companions = ['-wal', '-shm'];

/** A copy beside the store, to be prepared there: on the same disk, so that it can be moved in place in one step. */
export function copyBeside(backup: string, store: string): string {
  const beside = `${store}.restoring`;
  for (const ending of ['', ...companions, '.lock']) rmSync(beside + ending, { force: true });
  copyFileSync(backup, beside);
  sync(beside);
  return beside;
}

/**
 * Moves the prepared copy to where the store is; the old one stays beside it under another name. A crash in between leaves
 * no store or the old one, and both are noticed: the newest checkpoint covers more than an empty store holds.
 *
 * @returns where the old store went, if there was one.
 */
export function putInPlace(prepared: string, store: string, at: string): string | undefined {
  const kept = `${store}.replaced-${at.replaceAll(':', '-')}`;
  const had = existsSync(store);
  for (const ending of ['', ...companions]) {
    if (existsSync(store + ending)) renameSync(store + ending, kept + ending);
  }
  renameSync(prepared, store);
  for (const ending of [...companions, '.lock']) rmSync(prepared + ending, { force: true });
  sync(dirname(store));
  return had ? kept : undefined;
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
