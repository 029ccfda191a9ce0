import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditEvent } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { bodyOf, instant, markOf, matchesQuery } from '../audit/query.ts';
import { type AuditPage, type AuditQuery, type AuditReader, type Heads, StoreUnavailable } from '../port.ts';
import type { AuditTable } from './audit-table.ts';
import { type AuditTerms, type Span, termOf } from './audit-terms.ts';
import type { Connection, SqlRow } from './connection.ts';

const chunk = 500;
const columns = 'n, writer, seq, at, body, hash, sealed';

/** Reads the audit: pages for people, streams for exports. Personal parts are opened here and nowhere else. */
export class SqliteAuditReader implements AuditReader {
  readonly #connection: Connection;
  readonly #table: AuditTable;
  readonly #terms: AuditTerms;
  readonly #open: (row: SqlRow) => AuditEvent;

  constructor(connection: Connection, table: AuditTable, terms: AuditTerms, open: (row: SqlRow) => AuditEvent) {
    this.#connection = connection;
    this.#table = table;
    this.#terms = terms;
    this.#open = open;
  }

  async query(query: AuditQuery): Promise<AuditPage> {
    const limit = query.limit ?? 100;
    if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new Error('limit is 1 to 1000');
    const newestFirst = query.order !== 'oldest';
    const mark = markOf(query);
    const start = readCursor(query.cursor, mark);
    let span = this.#span(query);
    if (start !== undefined) {
      span = newestFirst
        ? { ...span, below: Math.min(span.below, start) }
        : { ...span, from: Math.max(span.from, start + 1) };
    }
    const items: AuditEvent[] = [];
    let last = 0;
    for (const rows of this.#chunks(query, span, newestFirst)) {
      for (const row of rows) {
        if (!matchesQuery(bodyOf(row), query)) continue;
        if (items.length === limit) return { items, next: writeCursor(mark, last) };
        items.push(this.#open(row));
        last = Number(row.n);
      }
      // A long search lets others have their turn.
      if (rows.length === chunk) await nextTurn();
    }
    return { items, next: null };
  }

  async *export(query: AuditQuery): AsyncIterable<AuditEvent> {
    for (const rows of this.#chunks(query, this.#span(query), false)) {
      for (const row of rows) if (matchesQuery(bodyOf(row), query)) yield this.#open(row);
      await nextTurn();
    }
  }

  async heads(): Promise<Heads> {
    return this.#table.heads();
  }

  /** The rows of the span that may answer the query, in order, a chunk at a time. */
  *#chunks(query: AuditQuery, span: Span, newestFirst: boolean): Iterable<SqlRow[]> {
    const term = termOf(query);
    if (term === undefined) {
      yield* this.#walk(span, newestFirst);
      return;
    }
    try {
      this.#terms.catchUp();
    } catch (error) {
      // A full disk is no reason not to read.
      if (!(error instanceof StoreUnavailable)) throw error;
    }
    // Opened to read only, or on a full disk, the index may end before the rows do; those behind it are all looked at.
    const { indexed } = this.#terms;
    const tail = { from: Math.max(span.from, indexed + 1), below: span.below };
    const listed = { from: span.from, below: Math.min(span.below, indexed + 1) };
    if (newestFirst) yield* this.#walk(tail, newestFirst);
    let numbers: number[] = [];
    for (const n of this.#terms.numbers(term, listed, newestFirst)) {
      numbers.push(n);
      if (numbers.length < chunk) continue;
      yield this.#rowsOf(numbers, newestFirst);
      numbers = [];
    }
    if (numbers.length > 0) yield this.#rowsOf(numbers, newestFirst);
    if (!newestFirst) yield* this.#walk(tail, newestFirst);
  }

  *#walk(span: Span, newestFirst: boolean): Iterable<SqlRow[]> {
    let { from, below } = span;
    const way = newestFirst ? 'DESC' : 'ASC';
    const sql = `SELECT ${columns} FROM audit WHERE n >= ? AND n < ? ORDER BY n ${way} LIMIT ${chunk}`;
    while (from < below) {
      const rows = this.#connection.all(sql, from, below);
      if (rows.length > 0) yield rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < chunk) return;
      if (newestFirst) below = Number(last.n);
      else from = Number(last.n) + 1;
    }
  }

  #rowsOf(numbers: readonly number[], newestFirst: boolean): SqlRow[] {
    const sql = `SELECT ${columns} FROM audit WHERE n IN (SELECT value FROM json_each(?))
      ORDER BY n ${newestFirst ? 'DESC' : 'ASC'}`;
    return this.#connection.all(sql, JSON.stringify(numbers));
  }

  #span(query: AuditQuery): Span {
    return {
      from: query.since === undefined ? Number.MIN_SAFE_INTEGER : this.#firstAt(instant(query.since, 'since')),
      // What is written while somebody reads is for the next reader.
      below: query.until === undefined ? this.#end() : this.#firstAt(instant(query.until, 'until')),
    };
  }

  #end(): number {
    return Number(this.#connection.get('SELECT max(n) AS n FROM audit')?.n ?? 0) + 1;
  }

  /** The first row that is not before an instant; times never fall, so halving finds it. */
  #firstAt(at: number): number {
    let low = 1;
    let high = this.#end();
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = this.#connection.get('SELECT at FROM audit WHERE n >= ? ORDER BY n LIMIT 1', middle);
      if (row === undefined || Number(row.at) >= at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function writeCursor(mark: string, n: number): string {
  return Buffer.from(JSON.stringify([mark, n])).toString('base64url');
}

function readCursor(cursor: string | undefined, mark: string): number | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parsed) && parsed[0] === mark && Number.isSafeInteger(parsed[1])) return Number(parsed[1]);
  } catch {
    // Falls through to the refusal.
  }
  throw new HubError('bad-request', 'The cursor does not belong to this query');
}
