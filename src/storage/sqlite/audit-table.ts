import type { AuditDraft, AuditEvent } from '#domain/audit/event.ts';
import { firstPrev } from '#domain/audit/hash.ts';
import { type Head, nextLink, openEvent, type StoredEvent } from '../audit/chain.ts';
import type { PersonKeys, StoredKey } from '../audit/person-keys.ts';
import type { RawEvent } from '../moving/moving.ts';
import type { Heads } from '../port.ts';
import { termsTable } from './audit-terms.ts';
import type { Connection, SqlRow } from './connection.ts';
import { writeFact } from './facts.ts';

/** Rows are only ever added; `n` counts them over all writers, `at` is in milliseconds and never falls. */
export const auditTables = [
  `CREATE TABLE IF NOT EXISTS audit (n INTEGER PRIMARY KEY, writer TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
    body TEXT NOT NULL, hash TEXT NOT NULL, sealed TEXT)`,
  'CREATE TABLE IF NOT EXISTS audit_heads (writer TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID',
  termsTable,
];

export type NumberedEvent = StoredEvent & { readonly n: number; readonly head: Head };

/** The engine's one lane: its chain's head in memory, its rows in the file. */
export class AuditTable {
  #writer: string;
  readonly #connection: Connection;
  readonly #keys: PersonKeys;
  #head: Head;
  #closed: Heads;
  #n: number;

  constructor(connection: Connection, keys: PersonKeys, writer: string) {
    this.#connection = connection;
    this.#keys = keys;
    this.#writer = writer;
    this.#closed = readClosed(connection);
    const newest = connection.get('SELECT n, at FROM audit ORDER BY n DESC LIMIT 1');
    const own = connection.get('SELECT seq, hash FROM audit WHERE writer = ? ORDER BY n DESC LIMIT 1', writer);
    this.#n = Number(newest?.n ?? 0);
    this.#head = { seq: Number(own?.seq ?? 0), hash: String(own?.hash ?? firstPrev), at: Number(newest?.at ?? 0) };
  }

  get writer(): string {
    return this.#writer;
  }

  /** Number of the newest row. */
  get newest(): number {
    return this.#n;
  }

  /** The next links behind `before` (or the head); nothing is written. */
  link(draft: AuditDraft, before: NumberedEvent | undefined, now: number, key: StoredKey) {
    const place = { writer: this.#writer, head: before?.head ?? this.#head, now };
    const { event, head } = nextLink(draft, place, this.#keys, key);
    return { ...event, head, n: (before?.n ?? this.#n) + 1 };
  }

  /** Writes links inside the transaction in hand; `applied` follows when it has been committed. */
  append(events: readonly NumberedEvent[]): void {
    for (const { n, head, body, hash, sealed } of events) {
      this.#connection.run(
        'INSERT INTO audit (n, writer, seq, at, body, hash, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)',
        n,
        this.#writer,
        head.seq,
        head.at,
        body,
        hash,
        sealed,
      );
    }
  }

  applied(last: NumberedEvent): void {
    this.#head = last.head;
    this.#n = last.n;
  }

  heads(): Heads {
    const { seq, hash } = this.#head;
    return seq === 0 ? this.#closed : { ...this.#closed, [this.#writer]: { seq, hash } };
  }

  /** Closes the lane and begins another one, inside the transaction in hand. */
  beginLane(writer: string): void {
    if (this.#head.seq > 0) {
      const { seq, hash } = this.#head;
      this.#connection.run('INSERT INTO audit_heads (writer, seq, hash) VALUES (?, ?, ?)', this.#writer, seq, hash);
    }
    writeFact(this.#connection, 'writer', writer);
  }

  /** Follows `beginLane` when that has been committed. */
  laneBegun(writer: string): void {
    this.#closed = readClosed(this.#connection);
    this.#writer = writer;
    this.#head = { seq: 0, hash: firstPrev, at: this.#head.at };
  }

  /** The hash that a writer's record has, or undefined when it is not there. */
  hashOf(writer: string, seq: number): string | undefined {
    // Rows of the lane in use are numbered like its records; only closed lanes have to be searched.
    const place = writer === this.#writer ? this.#n - (this.#head.seq - seq) : undefined;
    const found =
      place === undefined
        ? this.#connection.get('SELECT hash FROM audit WHERE writer = ? AND seq = ? LIMIT 1', writer, seq)
        : this.#connection.get('SELECT hash FROM audit WHERE n = ? AND writer = ? AND seq = ?', place, writer, seq);
    return found === undefined ? undefined : String(found.hash);
  }

  open(row: SqlRow, keyOf: (event: AuditDraft) => StoredKey): AuditEvent {
    return openEvent(storedEvent(row), this.#keys, keyOf);
  }
}

/** A row of the audit table as it lies there: sealed. */
export function storedEvent(row: SqlRow): RawEvent {
  return {
    writer: String(row.writer),
    seq: Number(row.seq),
    at: Number(row.at),
    body: String(row.body),
    hash: String(row.hash),
    sealed: row.sealed === null ? null : String(row.sealed),
  };
}

function readClosed(connection: Connection): Heads {
  const rows = connection.all('SELECT writer, seq, hash FROM audit_heads');
  return Object.fromEntries(rows.map((row) => [String(row.writer), { seq: Number(row.seq), hash: String(row.hash) }]));
}
