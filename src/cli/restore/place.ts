import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** SQLite's companions of a database file. A log of one database beside another would destroy it. */
const companions = ['-wal', '-shm'];

/** Does the file open as every SQLite 3 database does (https://sqlite.org/fileformat.html, 1.3)? */
export function isDatabase(file: string): boolean {
  const head = Buffer.alloc(16);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, head, 0, head.length, 0);
  } finally {
    closeSync(handle);
  }
  return head.toString('latin1') === 'SQLite format 3\0';
}

/** A copy beside the store, to be prepared there: on the same disk, so that it can be moved in place in one step. */
export function copyBeside(backup: string, store: string): string {
  const beside = `${store}.restoring`;
  removeCopy(store);
  copyFileSync(backup, beside);
  sync(beside);
  return beside;
}

/** Takes the copy away again, once it is known to be of no use. Nothing happens where it was put in place already. */
export function removeCopy(store: string): void {
  for (const ending of ['', ...companions, '.lock']) rmSync(`${store}.restoring${ending}`, { force: true });
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
