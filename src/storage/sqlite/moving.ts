import type { Collection } from '../collection.ts';
import type { CopyMark, Moving, RawEvent, RawRecord } from '../moving/moving.ts';
import type { Heads } from '../port.ts';
import { compareText } from '../query.ts';
import type { Data } from '../record.ts';
import { storedEvent } from './audit-table.ts';
import type { Connection } from './connection.ts';
import { readFact, writeFact } from './facts.ts';
import { appendJournal, writeJournal } from './journal.ts';
import { entriesOf, type Row } from './row.ts';
import type { Pending } from './staging.ts';
import type { Tables } from './tables.ts';

const batch = 500;
const fact = 'copy';

/** The embedded store as a whole. The caller has the file's lock and commits nothing meanwhile. */
export class SqliteMoving implements Moving {
  readonly #connection: Connection;
  readonly #tables: Tables;

  constructor(connection: Connection, tables: Tables) {
    this.#connection = connection;
    this.#tables = tables;
  }

  async *records({ name }: Collection, after = ''): AsyncGenerator<RawRecord[]> {
    const table = this.#tables.of(name);
    const live = this.#tables.live.get(name);
    const ids = live === undefined ? undefined : [...live.rows.keys()].filter((id) => compareText(id, after) > 0);
    ids?.sort(compareText);
    for (let last = after; ; ) {
      const page =
        ids?.splice(0, batch) ??
        this.#connection
          .all(`SELECT id FROM "${name}" WHERE id > ? ORDER BY id LIMIT ?`, last, batch)
          .map(({ id }) => String(id));
      if (page.length === 0) return;
      last = page.at(-1) ?? last;
      yield page.flatMap((id) => {
        const row = table.read(id);
        return row === undefined ? [] : [rawOf(row)];
      });
    }
  }

  async *events(from?: number): AsyncGenerator<RawEvent[]> {
    let last = from === undefined ? 0 : this.#before(from);
    for (;;) {
      const rows = this.#connection.all('SELECT * FROM audit WHERE n > ? ORDER BY n LIMIT ?', last, batch);
      if (rows.length === 0) return;
      last = Number(rows.at(-1)?.n);
      yield rows.map(storedEvent);
    }
  }

  async takeRecords({ name }: Collection, records: readonly RawRecord[]): Promise<void> {
    const kept = this.#tables.kept.get(name);
    const live = this.#tables.live.get(name);
    const { indexes } = this.#tables.of(name);
    const pending = records.map(({ id, version, expiresAt, data }): [string, NonNullable<Pending>] => {
      const row: Row = { id, version, expiresAt, json: JSON.stringify(data) };
      return [id, { row, entries: entriesOf(indexes, data) }];
    });
    const journal = this.#tables.journal.newest + 1;
    const text = live === undefined ? '' : writeJournal(pending.map(([id, { row }]) => [name, id, row] as const));
    this.#connection.transaction(() => {
      if (kept !== undefined) for (const [id, change] of pending) kept.write(id, change);
      if (text !== '') appendJournal(this.#connection, journal, text);
    });
    if (text !== '') this.#tables.journal.appended(journal, text);
    for (const [id, change] of pending) {
      kept?.applied(id, change);
      live?.apply(id, change, journal);
    }
    this.#tables.of(name).changes++;
  }

  async takeEvents(events: readonly RawEvent[]): Promise<void> {
    const [first] = events;
    if (first === undefined) return;
    const place = ({ writer, seq }: { writer: unknown; seq: unknown }) => `${String(writer)} ${String(seq)}`;
    const tail = this.#connection.all('SELECT writer, seq FROM audit WHERE n > ?', this.#before(first.at));
    const known = new Set(tail.map((row) => place({ writer: row.writer, seq: row.seq })));
    let n = Number(this.#connection.get('SELECT max(n) AS n FROM audit')?.n ?? 0);
    this.#connection.transaction(() => {
      for (const event of events) {
        if (known.has(place(event))) continue;
        n += 1;
        const { writer, seq, at, body, hash, sealed } = event;
        const sql = 'INSERT INTO audit (n, writer, seq, at, body, hash, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)';
        this.#connection.run(sql, n, writer, seq, at, body, hash, sealed);
      }
    });
  }

  async newestEventAt(): Promise<number | undefined> {
    const newest = this.#connection.get('SELECT at FROM audit ORDER BY n DESC LIMIT 1');
    return newest === undefined ? undefined : Number(newest.at);
  }

  async mark(): Promise<CopyMark | undefined> {
    const text = readFact(this.#connection, fact);
    return text === undefined || text === '' ? undefined : (JSON.parse(text) as CopyMark);
  }

  async setMark(mark: CopyMark): Promise<void> {
    this.#connection.transaction(() => writeFact(this.#connection, fact, JSON.stringify(mark)));
  }

  async clearMark(): Promise<void> {
    this.#connection.transaction(() => writeFact(this.#connection, fact, ''));
  }

  /** The lanes that came along are closed ones here: this file goes on under its own. */
  async settle(heads: Heads): Promise<void> {
    this.#connection.transaction(() => {
      for (const [writer, { seq, hash }] of Object.entries(heads)) {
        const sql = 'INSERT OR REPLACE INTO audit_heads (writer, seq, hash) VALUES (?, ?, ?)';
        this.#connection.run(sql, writer, seq, hash);
      }
    });
  }

  /** The number of the last row before an instant: times never fall, so it is found by halving. */
  #before(at: number): number {
    let low = 0;
    let high = Number(this.#connection.get('SELECT max(n) AS n FROM audit')?.n ?? 0);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const row = this.#connection.get('SELECT at FROM audit WHERE n = ?', middle);
      if (Number(row?.at ?? 0) < at) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function rawOf({ id, version, expiresAt, json }: Row): RawRecord {
  return { id, version, expiresAt, data: JSON.parse(json) as Data };
}
