import type { AuditEvent } from '#domain/audit/event.ts';
import type { AuditQuery } from '../port.ts';
import type { Connection, SqlRow } from './connection.ts';
import { readFact, writeFact } from './facts.ts';

const batch = 2000;
const indexedFact = 'audit:indexed';

/**
 * The audit's index: words of an event such as `p:<person>` to row numbers. Filled behind the commits in batches, because
 * scattered keys are what a commit can afford least; whoever asks brings it up to date first.
 */
export class AuditTerms {
  readonly #connection: Connection;
  #indexed: number;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#indexed = Number(readFact(connection, indexedFact) ?? 0);
  }

  /** Indexes everything that is there. */
  catchUp(): void {
    while (!this.#connection.readOnly && this.step());
  }

  /** Indexes one batch; true when there may be more. @throws StoreUnavailable */
  step(): boolean {
    const rows = this.#connection.all('SELECT n, body FROM audit WHERE n > ? ORDER BY n LIMIT ?', this.#indexed, batch);
    const last = rows.at(-1);
    if (last === undefined) return false;
    const entries = rows.flatMap((row) => [...termsOf(bodyOf(row))].map((term) => [term, Number(row.n)] as const));
    entries.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]));
    this.#connection.transaction(() => {
      for (const [term, n] of entries) {
        this.#connection.run('INSERT OR IGNORE INTO audit_index (term, n) VALUES (?, ?)', term, n);
      }
      writeFact(this.#connection, indexedFact, String(last.n));
    });
    this.#indexed = Number(last.n);
    return rows.length === batch;
  }

  /** Rows of the span that hold every term; read-only, what is not indexed yet is given too and left to the caller's test. */
  rows(terms: readonly string[], span: { from: number; below: number }, newestFirst: boolean, limit: number): SqlRow[] {
    const way = newestFirst ? 'DESC' : 'ASC';
    const [first, ...others] = terms;
    if (first === undefined) {
      const sql = `SELECT n, writer, seq, at, body, hash, sealed FROM audit WHERE n >= ? AND n < ? ORDER BY n ${way} LIMIT ?`;
      return this.#connection.all(sql, span.from, span.below, limit);
    }
    const also = others.map(() => 'AND EXISTS (SELECT 1 FROM audit_index o WHERE o.term = ? AND o.n = i.n)').join(' ');
    const indexed = `SELECT i.n AS n FROM audit_index i WHERE i.term = ? AND i.n >= ? AND i.n < ? ${also}`;
    const numbers = this.#connection.readOnly
      ? `SELECT n FROM (${indexed} UNION SELECT n FROM audit WHERE n > ${this.#indexed} AND n >= ? AND n < ?)`
      : indexed;
    const tail = this.#connection.readOnly ? [span.from, span.below] : [];
    const sql = `SELECT a.n, a.writer, a.seq, a.at, a.body, a.hash, a.sealed FROM (${numbers} ORDER BY n ${way} LIMIT ?) f
      JOIN audit a ON a.n = f.n ORDER BY a.n ${way}`;
    return this.#connection.all(sql, first, span.from, span.below, ...others, ...tail, limit);
  }
}

/** What a row says, without its personal part; nothing where somebody wrote over it: verification names the row. */
export function bodyOf(row: SqlRow): Partial<AuditEvent> {
  try {
    return (JSON.parse(String(row.body)) as Partial<AuditEvent> | null) ?? {};
  } catch {
    return {};
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

/** The terms that a row must hold, the most telling first. */
export function termsOfQuery(query: AuditQuery): string[] {
  const terms: string[] = [];
  if (query.session !== undefined) terms.push(`x:${query.session}`);
  if (query.person !== undefined) terms.push(`p:${query.person}`);
  if (query.via !== undefined) terms.push(`v:${query.via}`);
  if (query.outcome !== undefined && query.outcome !== 'success') terms.push(`o:${query.outcome}`);
  if (query.type !== undefined) terms.push(`t:${query.type}`);
  if (query.system !== undefined) terms.push(`s:${query.system}`);
  return terms;
}

/** Does the event answer the query? Looked at again on the record itself, whatever the index said. */
export function matchesQuery(event: Partial<AuditEvent>, query: AuditQuery): boolean {
  return (
    (query.person === undefined || event.actor?.id === query.person || event.subject?.id === query.person) &&
    (query.system === undefined || event.system === query.system) &&
    (query.via === undefined || event.via === query.via) &&
    (query.session === undefined || event.session === query.session) &&
    (query.outcome === undefined || event.outcome === query.outcome) &&
    (query.writer === undefined || event.writer === query.writer) &&
    (query.type === undefined ||
      event.type === query.type ||
      (query.type.endsWith('.') && String(event.type).startsWith(query.type)))
  );
}
