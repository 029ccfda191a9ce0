import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { backup } from 'node:sqlite';
import type { AuditDraft } from '#domain/audit/event.ts';
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/log.ts';
import type { Sealer } from '#platform/seal.ts';
import { keyHolder } from '../audit/key-holder.ts';
import { PersonKeys, type StoredKey } from '../audit/person-keys.ts';
import type { Collection, Stored } from '../collection.ts';
import { allCollections, personKeys } from '../collections.ts';
import type { Moving } from '../moving/moving.ts';
import { type Commit, type Heads, type Page, type Query, StoreUnavailable } from '../port.ts';
import type { Movable, ServingEngine } from '../serving.ts';
import { SqliteAuditReader } from './audit-reader.ts';
import { AuditTable } from './audit-table.ts';
import { AuditTerms } from './audit-terms.ts';
import { Background } from './background.ts';
import { Connection } from './connection.ts';
import { beginEpoch, checkHeads } from './epoch.ts';
import { ensureSecret, ensureWriter } from './identity.ts';
import { prepareLayout } from './layout.ts';
import { type Lock, takeLock } from './lock.ts';
import { SqliteMoving } from './moving.ts';
import { decode } from './row.ts';
import { Tables } from './tables.ts';
import { Writer } from './writer.ts';

export interface SqliteOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly seal: Sealer;
  readonly log?: Logger;
  /** For looking beside a running hub: takes no lock, refuses to write, sees live records as of opening. */
  readonly readOnly?: boolean;
  /** Characters that live records may take up in memory; default 1 Gi. Beyond, new ones are refused (503). */
  readonly liveRoom?: number;
}

const defaultRoom = 1024 ** 3;

/** The embedded engine (README.md beside this file). */
export class SqliteEngine implements ServingEngine, Movable {
  readonly name = 'sqlite';
  readonly exclusive = true;
  readonly audit: SqliteAuditReader;
  readonly #connection: Connection;
  readonly #tables: Tables;
  readonly #audit: AuditTable;
  readonly #writer: Writer;
  readonly #background: Background;
  readonly #lock: Lock | undefined;

  constructor(options: SqliteOptions, connection: Connection, lock: Lock | undefined) {
    const { clock, seal, log } = options;
    this.#connection = connection;
    this.#lock = lock;
    this.#tables = new Tables(connection, allCollections, options.liveRoom ?? defaultRoom);
    this.#tables.journal.replay(clock.now());
    const keys = new PersonKeys(seal);
    this.#audit = new AuditTable(connection, keys, ensureWriter(connection));
    const terms = new AuditTerms(connection);
    const keyOf = (event: AuditDraft): StoredKey => {
      const person = keyHolder(event);
      if (person === undefined) return 'hub';
      const row = this.#tables.of(personKeys.name).read(person);
      return row === undefined ? 'missing' : decode<{ sealed: string }>(row);
    };
    this.audit = new SqliteAuditReader(connection, this.#audit, terms, (row) => this.#audit.open(row, keyOf));
    const logged = log === undefined ? {} : { log };
    this.#writer = new Writer({ connection, tables: this.#tables, audit: this.#audit, keys, clock });
    this.#background = new Background({ tables: this.#tables, audit: this.#audit, terms, clock, ...logged });
    if (!connection.readOnly) this.#background.start();
  }

  get readsAtOnce(): boolean {
    return true;
  }

  get<T extends object>(collection: Collection<T>, id: string): Promise<Stored<T> | undefined> {
    return attempt(() => {
      const row = this.#tables.of(collection.name).read(id);
      return row === undefined ? undefined : decode<T>(row);
    });
  }

  find<T extends object>(collection: Collection<T>, query: Query): Promise<Page<T>> {
    return attempt(() => this.#tables.of(collection.name).find<T>(query));
  }

  count(collection: Collection, where?: Query['where']): Promise<number> {
    return attempt(() => this.#tables.of(collection.name).count(where));
  }

  commit(commit: Commit): Promise<void> {
    return this.#writer.commit(commit);
  }

  changes(collection: Collection): number {
    return this.#tables.of(collection.name).changes;
  }

  ping(): Promise<void> {
    return attempt(() => this.#writer.ping());
  }

  /**
   * Writes a consistent copy, live records included, while the hub goes on working.
   *
   * @throws Error when the target exists already or cannot be written
   */
  async backup(file: string): Promise<void> {
    if (existsSync(file)) throw new Error(`${file} exists already; a backup never overwrites`);
    closeSync(openSync(file, 'wx', 0o600));
    try {
      await backup(this.#connection.raw, file, { rate: 500 });
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    }
  }

  /**
   * For a restored backup, before it serves: everything live is dropped (sessions, grants, tokens, codes, pushed requests,
   * one-time links), the audit goes on under a new writer, and `event` is its first record.
   *
   * @returns the number of the new epoch
   */
  async beginNewEpoch(event: AuditDraft): Promise<number> {
    await this.#writer.idle();
    return beginEpoch(
      { connection: this.#connection, tables: this.#tables, audit: this.#audit, writer: this.#writer },
      event,
    );
  }

  /**
   * A store older than its newest checkpoint is a copy from before: serving it would accept again what was spent since.
   *
   * @throws StoreOlder
   */
  async assertNotOlderThan(heads: Heads): Promise<void> {
    checkHeads(this.#connection.file, this.#audit, heads);
  }

  /** The whole of it, for a copy; while nobody commits. */
  moving(): Moving {
    return new SqliteMoving(this.#connection, this.#tables);
  }

  /** Does now what is done in the background otherwise: indexes the audit, shortens the journal, sweeps what expired. */
  tidy(): Promise<void> {
    return this.#background.tidy();
  }

  /** Writes what is queued, then lets go of the file. */
  async close(): Promise<void> {
    await this.#background.stop();
    await this.#writer.drain();
    this.#connection.close();
    this.#lock?.release();
  }
}

/** Reads are answered at once; a fault still comes as a rejection. */
function attempt<T>(work: () => T): Promise<T> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    const ofSqlite = error instanceof Error && 'code' in error && unanswered.has(error.code);
    return Promise.reject(ofSqlite ? new StoreUnavailable('the database file cannot be read', error) : error);
  }
}

/** node:sqlite's codes for what SQLite refused and for a file that is closed. */
const unanswered = new Set<unknown>(['ERR_SQLITE_ERROR', 'ERR_INVALID_STATE']);

/**
 * Opens (and makes, if need be) the embedded store.
 *
 * @throws StoreLocked when another process serves it, StoreTooNew when a newer hub wrote it, WrongSecret
 */
export async function openSqlite(options: SqliteOptions): Promise<SqliteEngine> {
  const readOnly = options.readOnly ?? false;
  const lock = readOnly ? undefined : takeLock(options.file);
  let connection: Connection | undefined;
  try {
    connection = new Connection(options.file, { readOnly });
    prepareLayout(connection, allCollections);
    ensureSecret(connection, options.seal);
    connection.serve();
    return new SqliteEngine(options, connection, lock);
  } catch (error) {
    connection?.close();
    lock?.release();
    throw error;
  }
}
