import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditEvent } from '#domain/audit/event.ts';
import { sha256 } from '#domain/audit/hash.ts';
import { HubError } from '#domain/errors.ts';
import type { AuditPage, AuditQuery, AuditReader, Heads } from '../port.ts';
import type { AuditTable } from './audit-table.ts';
import type { AuditTerms } from './audit-terms.ts';
import { bodyOf, matchesQuery, termsOfQuery } from './audit-terms.ts';
import type { Connection, SqlRow } from './connection.ts';

const chunk = 500;

interface Span {
  /** Inclusive and exclusive row numbers. */
  readonly from: number;
  readonly below: number;
}

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
    let looked = 0;
    for (const row of this.#rows(query, span, newestFirst)) {
      // A long search lets others have their turn.
      if (++looked % chunk === 0) await nextTurn();
      if (!matchesQuery(bodyOf(row), query)) continue;
      if (items.length === limit) return { items, next: writeCursor(mark, last) };
      items.push(this.#open(row));
      last = Number(row.n);
    }
    return { items, next: null };
  }

  async *export(query: AuditQuery): AsyncIterable<AuditEvent> {
    const span = this.#span(query);
    let from = span.from;
    for (;;) {
      let count = 0;
      for (const row of this.#rows(query, { from, below: span.below }, false, chunk)) {
        count++;
        from = Number(row.n) + 1;
        if (matchesQuery(bodyOf(row), query)) yield this.#open(row);
      }
      if (count < chunk) return;
      // A long export lets others have their turn.
      await nextTurn();
    }
  }

  async heads(): Promise<Heads> {
    return this.#table.heads();
  }

  *#rows(query: AuditQuery, span: Span, newestFirst: boolean, most = Number.MAX_SAFE_INTEGER): Iterable<SqlRow> {
    const terms = termsOfQuery(query);
    if (terms.length > 0) this.#terms.catchUp();
    let { from, below } = span;
    let given = 0;
    for (;;) {
      const step = Math.min(chunk, most - given);
      if (step === 0) return;
      const rows = this.#terms.rows(terms, { from, below }, newestFirst, step);
      yield* rows;
      given += rows.length;
      const last = rows.at(-1);
      if (last === undefined || rows.length < step) return;
      if (newestFirst) below = Number(last.n);
      else from = Number(last.n) + 1;
    }
  }

  #span(query: AuditQuery): Span {
    return {
      from: query.since === undefined ? Number.MIN_SAFE_INTEGER : this.#firstAt(instant(query.since, 'since')),
      below: query.until === undefined ? Number.MAX_SAFE_INTEGER : this.#firstAt(instant(query.until, 'until')),
    };
  }

  /** The first row that is not before an instant; times never fall, so halving finds it. */
  #firstAt(at: number): number {
    let low = 1;
    let high = this.#table.newest + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = this.#connection.get('SELECT at FROM audit WHERE n >= ? ORDER BY n LIMIT 1', middle);
      if (row === undefined || Number(row.at) >= at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function instant(text: string, name: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new HubError('bad-request', `${name} is not an instant such as 2026-01-31T00:00:00Z`);
  return at;
}

function markOf(query: AuditQuery): string {
  const { cursor: _cursor, limit: _limit, ...rest } = query;
  return sha256(JSON.stringify(Object.entries(rest).sort())).slice(0, 12);
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
