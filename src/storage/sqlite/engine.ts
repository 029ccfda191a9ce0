import { randomBytes } from 'node:crypto';
import type { AuditDraft } from '#domain/audit/event.ts';
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/log.ts';
import type { Sealer } from '#platform/seal.ts';
import { keyHolder } from '../audit/key-holder.ts';
import { PersonKeys, type StoredKey } from '../audit/person-keys.ts';
import type { Collection, Stored } from '../collection.ts';
import { allCollections, personKeys } from '../collections.ts';
import type { Commit, Engine, Page, Query } from '../port.ts';
import { SqliteAuditReader } from './audit-reader.ts';
import { AuditTable } from './audit-table.ts';
import { AuditTerms } from './audit-terms.ts';
import { Connection } from './connection.ts';
import { readFact, writeFact } from './facts.ts';
import type { KeptTable } from './kept-table.ts';
import { prepareLayout } from './layout.ts';
import type { LiveTable } from './live-table.ts';
import { type Lock, takeLock } from './lock.ts';
import { decode } from './row.ts';
import { Tables } from './tables.ts';
import { Writer } from './writer.ts';

export interface SqliteOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly seal: Sealer;
  readonly log?: Logger;
  /** For the command line beside a running hub: takes no lock, refuses to write, sees live records as of opening. */
  readonly readOnly?: boolean;
  readonly collections?: readonly Collection[];
}

const backgroundEvery = 1000;

/** The embedded engine (README.md beside this file). */
export class SqliteEngine implements Engine {
  readonly name = 'sqlite';
  readonly audit: SqliteAuditReader;
  readonly #connection: Connection;
  readonly #tables: Tables;
  readonly #terms: AuditTerms;
  readonly #writer: Writer;
  readonly #lock: Lock | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(options: SqliteOptions, connection: Connection, lock: Lock | undefined) {
    this.#connection = connection;
    this.#lock = lock;
    this.#tables = new Tables(connection, options.collections ?? allCollections);
    this.#tables.replay();
    const keys = new PersonKeys(options.seal);
    const audit = new AuditTable(connection, keys, readFact(connection, 'writer') ?? '');
    this.#terms = new AuditTerms(connection);
    const keyOf = (event: AuditDraft): StoredKey => {
      const person = keyHolder(event);
      if (person === undefined) return 'hub';
      const row = this.#tables.of(personKeys.name).read(person);
      return row === undefined ? 'missing' : decode<{ sealed: string }>(row);
    };
    this.audit = new SqliteAuditReader(connection, audit, this.#terms, (row) => audit.open(row, keyOf));
    this.#writer = new Writer({ connection, tables: this.#tables, audit, keys, ...options });
    this.#timer = setInterval(() => this.#background(options.log), backgroundEvery).unref();
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

  /** Writes what is queued, then lets go of the file. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writer.drain();
    this.#connection.close();
    this.#lock?.release();
  }

  #background(log: Logger | undefined): void {
    if (this.#connection.readOnly) return;
    try {
      this.#terms.step();
    } catch (error) {
      log?.warn({ err: error }, 'the store could not do its background work; it will try again');
    }
  }
}

/** Reads are answered at once; a fault still comes as a rejection. */
function attempt<T>(work: () => T): Promise<T> {
  try {
    return Promise.resolve(work());
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * Opens (and makes, if need be) the embedded store.
 *
 * @throws StoreLocked when another process serves it, StoreTooNew when a newer hub wrote it
 */
export async function openSqlite(options: SqliteOptions): Promise<SqliteEngine> {
  const readOnly = options.readOnly ?? false;
  const lock = readOnly ? undefined : takeLock(options.file);
  try {
    const connection = new Connection(options.file, { readOnly });
    prepareLayout(connection, options.collections ?? allCollections);
    if (!readOnly && readFact(connection, 'writer') === undefined) {
      connection.transaction(() => writeFact(connection, 'writer', newWriterId()));
    }
    return new SqliteEngine(options, connection, lock);
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/** Names a lane; short, because it stands in every event. */
export function newWriterId(): string {
  return `w${randomBytes(5).toString('hex')}`;
}

export type { KeptTable, LiveTable };
