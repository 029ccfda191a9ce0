import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { StoreUnavailable } from '../port.ts';

export type SqlRow = Record<string, unknown>;

const statementLimit = 500;

/** Another process holds the file's write lock: nothing is wrong with the file, and waiting helps. */
export class StoreBusy extends StoreUnavailable {
  constructor(cause: unknown) {
    super('another process is writing to the database file', cause);
    this.name = 'StoreBusy';
  }
}

/** Milliseconds that opening waits for somebody else's lock; afterwards nothing waits inside SQLite. */
const patience = 5000;

/** One open SQLite file with its prepared statements. Can be reopened after a fault without anybody noticing. */
export class Connection {
  readonly file: string;
  readonly readOnly: boolean;
  #db: DatabaseSync;
  #statements = new Map<string, StatementSync>();
  #patience = patience;

  constructor(file: string, options: { readOnly?: boolean } = {}) {
    this.file = file;
    this.readOnly = options.readOnly ?? false;
    this.#db = this.#open();
  }

  get raw(): DatabaseSync {
    return this.#db;
  }

  get inTransaction(): boolean {
    return this.#db.isOpen && this.#db.isTransaction;
  }

  /** From here on a lock of another process is an error at once: SQLite would wait for it with the whole event loop. */
  serve(): void {
    this.#patience = 0;
    this.#db.exec('PRAGMA busy_timeout = 0');
  }

  exec(sql: string): void {
    this.#db.exec(sql);
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values);
  }

  get(sql: string, ...values: SQLInputValue[]): SqlRow | undefined {
    return this.#statement(sql).get(...values);
  }

  all(sql: string, ...values: SQLInputValue[]): SqlRow[] {
    return this.#statement(sql).all(...values);
  }

  iterate(sql: string, ...values: SQLInputValue[]): Iterable<SqlRow> {
    // A statement of its own: the shared one may be used again before the caller has read to the end.
    return this.#db.prepare(sql).iterate(...values);
  }

  /**
   * Runs `work` in one transaction.
   *
   * @throws StoreBusy, StoreUnavailable when it cannot be written; nothing is written then
   */
  transaction(work: () => void): void {
    try {
      this.run('BEGIN IMMEDIATE');
      work();
      this.run('COMMIT');
    } catch (error) {
      this.#rollback();
      if (isBusy(error)) throw new StoreBusy(error);
      throw new StoreUnavailable('the database file cannot be written', error);
    }
  }

  /** After a fault of the disk: a fresh handle, so that nothing half-known lives on in the old one. */
  reopen(): void {
    this.close();
    this.#db = this.#open();
  }

  close(): void {
    this.#statements = new Map();
    if (this.#db.isOpen) this.#db.close();
  }

  #rollback(): void {
    try {
      if (this.inTransaction) this.#db.exec('ROLLBACK');
    } catch {
      // The handle is beyond use; reopening it rolls back what was open.
      this.reopen();
    }
  }

  #open(): DatabaseSync {
    if (!this.readOnly) makePrivate(this.file);
    const db = new DatabaseSync(this.file, { readOnly: this.readOnly, timeout: this.#patience });
    // Larger pages than the default of 4 KiB: a commit touches fewer of them (README.md, "What was measured").
    if (!this.readOnly)
      db.exec(
        'PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST;',
      );
    db.exec('PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;');
    return db;
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      if (this.#statements.size >= statementLimit) this.#statements.clear();
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** SQLITE_BUSY, plain or extended. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}

/** Makes the file, if need be, so that nobody else on the machine can read it; SQLite gives its companions the same mode. */
export function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    // A file that is there is left alone: opening and closing it here would drop the locks SQLite holds on it.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
