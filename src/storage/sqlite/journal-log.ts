import type { Data } from '../record.ts';
import type { Connection } from './connection.ts';
import { appendJournal, readJournal, writeJournal } from './journal.ts';
import type { LiveRow, LiveTable } from './live-table.ts';
import { entriesOf, type Row } from './row.ts';

/** Live records stay this long after they have expired: a replay is told from a stranger's guess by the record. */
export const grace = 10 * 60_000;

/** The journal may grow to this many characters, and twice what lives, before it is shortened. */
const slack = 8 * 1024 * 1024;
const movedAtOnce = 300;
const deletedAtOnce = 2000;

/**
 * The journal as a log that cleans itself. Rows are only ever appended; when too much of it is history, the records that
 * still live and were last written in its older part are appended anew, and the older part is deleted. Each record is so
 * copied about once per doubling, in order, and no key is ever scattered over the file.
 */
export class JournalLog {
  /** Number of the newest row. */
  newest = 0;
  readonly #connection: Connection;
  readonly #tables: ReadonlyMap<string, LiveTable>;
  /** Characters of the rows from `#first` on. */
  #lengths: number[] = [];
  #first = 1;
  #size = 0;
  /** While shortening: rows below this one will go. */
  #cut: number | undefined;

  constructor(connection: Connection, tables: ReadonlyMap<string, LiveTable>) {
    this.#connection = connection;
    this.#tables = tables;
  }

  get size(): number {
    return this.#size;
  }

  /** Brings the live records back; those long expired are left behind. */
  replay(now: number): void {
    const newest = new Map<LiveTable, Map<string, { row: Row; journal: number }>>();
    for (const table of this.#tables.values()) newest.set(table, new Map());
    for (const found of this.#connection.iterate('SELECT n, body FROM journal ORDER BY n')) {
      const n = Number(found.n);
      const text = String(found.body);
      if (this.#lengths.length === 0) this.#first = n;
      this.appended(n, text);
      for (const [collection, id, row] of readJournal(text)) {
        const table = this.#tables.get(collection);
        const rows = table === undefined ? undefined : newest.get(table);
        // Taken out first, so that records stand in the order of their last change.
        rows?.delete(id);
        if (row !== null) rows?.set(id, { row, journal: n });
      }
    }
    for (const [table, rows] of newest) {
      for (const [id, { row, journal }] of rows) {
        if (isGone(row, now)) continue;
        // A slice keeps the whole journal row alive; a copy does not.
        const json = Buffer.from(row.json).toString();
        const entries = entriesOf(table.indexes, JSON.parse(json) as Data);
        table.apply(id, { row: { ...row, json }, entries }, journal);
      }
    }
  }

  /** Takes note of a row that has been committed. */
  appended(n: number, text: string): void {
    if (this.#lengths.length === 0) this.#first = n;
    // Numbers have no holes but those that a shortening leaves behind the first row.
    while (this.#first + this.#lengths.length < n) this.#lengths.push(0);
    this.#lengths.push(text.length);
    this.#size += text.length;
    this.newest = n;
  }

  /** Does a slice of shortening when it is due; true while there is more to do. @throws StoreUnavailable */
  shorten(now: number): boolean {
    if (this.#cut === undefined) {
      let living = 0;
      for (const table of this.#tables.values()) living += table.size;
      if (this.#size < slack + 2 * living) return false;
      this.#cut = this.newest + 1;
    }
    if (this.#move(this.#cut, now)) return true;
    if (this.#delete(this.#cut)) return true;
    this.#cut = undefined;
    return false;
  }

  /** Follows the deletion of every row: nothing live is left. */
  cleared(): void {
    for (const table of this.#tables.values()) table.clear();
    this.#lengths = [];
    this.#size = 0;
    this.#cut = undefined;
  }

  #move(cut: number, now: number): boolean {
    const moved: [LiveTable, LiveRow][] = [];
    for (const table of this.#tables.values()) {
      for (const row of table.rows.values()) {
        // Records stand in the order of their journal rows, so the first one behind the cut ends the search.
        if (row.journal >= cut || moved.length >= movedAtOnce) break;
        if (isGone(row, now)) table.remove(row.id);
        else moved.push([table, row]);
      }
    }
    if (moved.length === 0) return false;
    const n = this.newest + 1;
    const text = writeJournal(moved.map(([table, row]) => [table.name, row.id, row] as const));
    this.#connection.transaction(() => appendJournal(this.#connection, n, text));
    this.appended(n, text);
    for (const [table, row] of moved) table.moved(row, n);
    return true;
  }

  #delete(cut: number): boolean {
    if (this.#first >= cut) return false;
    const below = Math.min(this.#first + deletedAtOnce, cut);
    this.#connection.transaction(() => this.#connection.run('DELETE FROM journal WHERE n < ?', below));
    for (const length of this.#lengths.splice(0, below - this.#first)) this.#size -= length;
    this.#first = below;
    return true;
  }
}

/** Has a record been expired for so long that nobody can ask for it with reason? */
export function isGone(row: Row, now: number): boolean {
  return row.expiresAt !== undefined && row.expiresAt + grace < now;
}
