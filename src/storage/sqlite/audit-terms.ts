import type { AuditEvent } from '#domain/audit/event.ts';
import { bodyOf } from '../audit/query.ts';
import type { AuditQuery } from '../port.ts';
import type { Connection } from './connection.ts';
import { readFact, writeFact } from './facts.ts';

/** A row of the index: which rows of the audit, up to `last`, hold a term; `back` says how far each lies before `last`. */
export const termsTable = `CREATE TABLE IF NOT EXISTS audit_terms
  (term TEXT, last INTEGER, back TEXT NOT NULL, PRIMARY KEY (term, last)) WITHOUT ROWID`;

const batch = 2000;
const indexedFact = 'audit:terms';
/** In the background fewer rows than a batch wait this long (ms): larger batches make fewer entries. */
const patience = 30_000;

export interface Span {
  /** Inclusive and exclusive row numbers. */
  readonly from: number;
  readonly below: number;
}

/**
 * The audit's index: words of an event such as `p:<person>` to lists of row numbers. Filled behind the commits in batches,
 * because scattered keys are what a commit can afford least; whoever asks brings it up to date first.
 */
export class AuditTerms {
  readonly #connection: Connection;
  #indexed: number;
  #steppedAt = performance.now();

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#indexed = Number(readFact(connection, indexedFact) ?? 0);
  }

  /** Number of the last row that is in the index. */
  get indexed(): number {
    // Opened to read only, another process moves it on.
    return this.#connection.readOnly ? Number(readFact(this.#connection, indexedFact) ?? 0) : this.#indexed;
  }

  /** Is it worth the while, with this newest row? */
  isDue(newest: number): boolean {
    const waiting = newest - this.#indexed;
    return waiting >= batch || (waiting > 0 && performance.now() - this.#steppedAt > patience);
  }

  /** Indexes everything that is there. @throws StoreUnavailable */
  catchUp(): void {
    while (!this.#connection.readOnly && this.step());
  }

  /** Indexes one batch; true when there may be more. @throws StoreUnavailable */
  step(): boolean {
    this.#steppedAt = performance.now();
    const rows = this.#connection.all('SELECT n, body FROM audit WHERE n > ? ORDER BY n LIMIT ?', this.#indexed, batch);
    const last = rows.at(-1);
    if (last === undefined) return false;
    const lists = new Map<string, number[]>();
    for (const row of rows) {
      for (const term of termsOf(bodyOf(row))) {
        const list = lists.get(term);
        if (list === undefined) lists.set(term, [Number(row.n)]);
        else list.push(Number(row.n));
      }
    }
    this.#connection.transaction(() => {
      for (const term of [...lists.keys()].sort()) {
        const list = lists.get(term) ?? [];
        const end = list.at(-1) ?? 0;
        const back = list.map((n) => end - n).join(',');
        this.#connection.run('INSERT OR REPLACE INTO audit_terms (term, last, back) VALUES (?, ?, ?)', term, end, back);
      }
      writeFact(this.#connection, indexedFact, String(last.n));
    });
    this.#indexed = Number(last.n);
    return rows.length === batch;
  }

  /** The rows of the span that hold a term, as far as they are indexed. */
  *numbers(term: string, span: Span, newestFirst: boolean): Iterable<number> {
    // Lists do not overlap, so that only one of those that end behind the span can reach into it.
    const way = newestFirst ? 'DESC' : 'ASC';
    const behind = 'SELECT min(last) FROM audit_terms WHERE term = ?1 AND last >= ?2';
    const sql = `SELECT last, back FROM audit_terms
      WHERE term = ?1 AND last >= ?3 AND last <= coalesce((${behind}), ?2) AND last ${newestFirst ? '<' : '>'} ?4
      ORDER BY last ${way} LIMIT 20`;
    let reached = newestFirst ? Number.MAX_SAFE_INTEGER : Number.MIN_SAFE_INTEGER;
    for (;;) {
      const rows = this.#connection.all(sql, term, span.below, span.from, reached);
      for (const row of rows) {
        reached = Number(row.last);
        const list = String(row.back)
          .split(',')
          .map((back) => reached - Number(back));
        if (newestFirst) list.reverse();
        for (const n of list) if (n >= span.from && n < span.below) yield n;
      }
      if (rows.length < 20) return;
    }
  }
}

function* termsOf(event: Partial<AuditEvent>): Iterable<string> {
  for (const id of new Set([event.subject?.id, event.actor?.id])) if (id !== undefined) yield `p:${id}`;
  if (event.session !== undefined) yield `x:${event.session}`;
  if (event.system !== undefined) yield `s:${event.system}`;
  if (event.via !== undefined) yield `v:${event.via}`;
  // Nearly everything succeeds: only the rest is worth an entry.
  if (event.outcome !== undefined && event.outcome !== 'success') yield `o:${event.outcome}`;
  if (typeof event.type === 'string') {
    yield `t:${event.type}`;
    yield `t:${event.type.slice(0, event.type.indexOf('.') + 1)}`;
  }
}

/** The term to look for, the most telling that the query has; the rest is asked of each record. */
export function termOf(query: AuditQuery): string | undefined {
  if (query.session !== undefined) return `x:${query.session}`;
  if (query.person !== undefined) return `p:${query.person}`;
  if (query.via !== undefined) return `v:${query.via}`;
  if (query.outcome !== undefined && query.outcome !== 'success') return `o:${query.outcome}`;
  if (query.type !== undefined) return `t:${query.type}`;
  return query.system === undefined ? undefined : `s:${query.system}`;
}
