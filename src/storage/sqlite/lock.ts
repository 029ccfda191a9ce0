import { DatabaseSync } from 'node:sqlite';
import { isBusy, makePrivate } from './connection.ts';

export interface Lock {
  release(): void;
}

/** Somebody else serves this store. The message says who and what to do. */
export class StoreLocked extends Error {
  constructor(file: string, holder: string) {
    super(
      `${file} is in use by another hub (${holder}). The embedded store serves one process: stop the other one first, ` +
        'or point `store` at MongoDB to run several.',
    );
    this.name = 'StoreLocked';
  }
}

/**
 * Takes the store for this process alone: a write lock on a small database beside the store, held by the operating
 * system, so that it ends with the process however that ends (`kill -9` too). Restoring takes the same lock.
 *
 * @throws StoreLocked
 */
export function takeLock(file: string): Lock {
  const path = `${file}.lock`;
  makePrivate(path);
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('PRAGMA journal_mode = DELETE; CREATE TABLE IF NOT EXISTS holder (pid INTEGER, since TEXT)');
    db.exec('BEGIN IMMEDIATE; DELETE FROM holder');
    db.prepare('INSERT INTO holder VALUES (?, ?)').run(process.pid, new Date().toISOString());
    db.exec('COMMIT; BEGIN IMMEDIATE');
  } catch (error) {
    const holder = describeHolder(db);
    db.close();
    if (isBusy(error)) throw new StoreLocked(file, holder);
    throw error;
  }
  return {
    release: () => {
      if (db.isOpen) db.close();
    },
  };
}

function describeHolder(db: DatabaseSync): string {
  try {
    const row = db.prepare('SELECT pid, since FROM holder').get();
    return row === undefined ? 'it has just started' : `process ${row.pid}, since ${row.since}`;
  } catch {
    return 'it has just started';
  }
}
