import type { SQLInputValue } from 'node:sqlite';
import type { Scalar, Test } from '../port.ts';
import type { CheckedQuery } from '../query.ts';
import type { NamedIndex } from '../record.ts';
import { successor } from '../successor.ts';

export interface Plan {
  /** Selects `id`, in the query's order; its last parameter is the limit. */
  readonly sql: string;
  /** Counts the same, without limit. */
  readonly count: string;
  readonly values: readonly SQLInputValue[];
  readonly limit: number;
  /** Every test is answered by an index; otherwise the caller looks at the records too. */
  readonly exact: boolean;
}

interface Clause {
  /** The index's table; none for a condition on the id itself. */
  readonly table?: string;
  /** A condition on the columns of that table, called `d`. */
  readonly sql: string;
  /** Equality on every field of the index: its ids come in order, and one record's can be looked up. */
  readonly whole?: boolean;
  readonly values: readonly SQLInputValue[];
}

/** The table that holds an index: its values, then the record's id. */
export function indexTable(collection: string, index: NamedIndex): string {
  return `"${collection}_by_${index.name}"`;
}

/** Strings and numbers stand as they are; truth values as words that no field holds, since SQLite has none of its own. */
export function sqlValue(value: Scalar): SQLInputValue {
  return typeof value === 'boolean' ? `\u0001${value}` : value;
}

/** Beyond this many matches a test is asked of each record in turn, rather than listing all that pass it. */
export const common = 1000;

/** Tells whether a subquery finds more than `common` rows; the table asks the file. */
export type IsCommon = (subquery: string, values: readonly SQLInputValue[]) => boolean;

/**
 * Turns a checked query into one statement over the index tables. It walks the index of the sort field; sorted by id, it
 * walks the index that answers an equality, which lists its ids in order.
 */
export function planQuery(
  collection: string,
  indexes: readonly NamedIndex[],
  query: CheckedQuery,
  isCommon: IsCommon,
): (after: CheckedQuery['after'], limit: number) => Plan {
  const { clauses, exact } = clausesOf(collection, indexes, query.tests);
  const { field, descending } = query.sort;
  const way = descending ? 'DESC' : 'ASC';
  const beyond = descending ? '<' : '>';
  const sorting = indexes.find((index) => index.fields.length === 1 && index.fields[0] === field);
  const walked = sorting === undefined ? clauses.find((clause) => clause.whole) : undefined;
  const others = clauses.filter((clause) => clause !== walked).map((clause) => onWalk(clause, isCommon));
  const table = walked?.table ?? (sorting === undefined ? `"${collection}"` : indexTable(collection, sorting));
  const conditions = [...(walked === undefined ? [] : [walked.sql]), ...others.map((clause) => clause.sql)];
  const values = [...(walked?.values ?? []), ...others.flatMap((clause) => clause.values)];
  const order = sorting === undefined ? `d.id ${way}` : `d.k0 ${way}, d.id ${way}`;
  return (after, limit) => {
    const more =
      after === undefined ? [] : [sorting === undefined ? `d.id ${beyond} ?` : `(d.k0, d.id) ${beyond} (?, ?)`];
    const key = after?.value === undefined ? Number.NEGATIVE_INFINITY : sqlValue(after.value);
    const afterValues = after === undefined ? [] : sorting === undefined ? [after.id] : [key, after.id];
    const all = [...conditions, ...more];
    const from = `FROM ${table} d ${all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`}`;
    return {
      sql: `SELECT d.id AS id ${from} ORDER BY ${order} LIMIT ?`,
      count: `SELECT count(*) AS n ${from}`,
      values: [...values, ...afterValues],
      limit,
      exact,
    };
  };
}

/** A test as asked of the record in hand: among the few that pass it, or, where many do, by a look into its index. */
function onWalk(clause: Clause, isCommon: IsCommon): { sql: string; values: readonly SQLInputValue[] } {
  if (clause.table === undefined) return clause;
  const ids = `SELECT d.id FROM ${clause.table} d WHERE ${clause.sql}`;
  if (clause.whole && isCommon(ids, clause.values)) {
    const inside = clause.sql.replaceAll('d.k', 'x.k');
    return { sql: `EXISTS (SELECT 1 FROM ${clause.table} x WHERE ${inside} AND x.id = d.id)`, values: clause.values };
  }
  return { sql: `d.id IN (${ids})`, values: clause.values };
}

function clausesOf(collection: string, indexes: readonly NamedIndex[], tests: CheckedQuery['tests']) {
  const byField = new Map(tests);
  const covered = new Set<string>();
  const clauses: Clause[] = [];
  let exact = true;
  // First the indexes that answer several tests at once.
  const answered = (index: NamedIndex): number => usableFields(index, byField).length;
  for (const index of indexes.toSorted((a, b) => answered(b) - answered(a) || b.fields.length - a.fields.length)) {
    const used = usableFields(index, byField).filter((field) => !covered.has(field));
    if (used.length === 0 || used[0] !== index.fields[0]) continue;
    const parts = used.map((field, at) => condition(`d.k${at}`, byField.get(field) ?? ''));
    clauses.push({
      table: indexTable(collection, index),
      sql: parts.map((part) => part.sql).join(' AND '),
      values: parts.flatMap((part) => part.values),
      whole: used.length === index.fields.length && used.every((field) => typeof byField.get(field) !== 'object'),
    });
    for (const field of used) covered.add(field);
  }
  for (const [field, test] of tests) {
    if (field === 'id') clauses.push(condition('d.id', test));
    else if (!covered.has(field)) exact = false;
  }
  return { clauses, exact };
}

/** The leading fields of an index that the tests speak of: equalities, and behind them at most one other test. */
function usableFields(index: NamedIndex, tests: ReadonlyMap<string, Test>): string[] {
  const used: string[] = [];
  for (const field of index.fields) {
    const test = tests.get(field);
    if (test === undefined) break;
    used.push(field);
    if (typeof test === 'object') break;
  }
  return used;
}

function condition(column: string, test: Test): Clause {
  if (typeof test !== 'object') return { sql: `${column} = ?`, values: [sqlValue(test)] };
  if ('in' in test) {
    return {
      sql: `${column} IN (SELECT value FROM json_each(?))`,
      values: [JSON.stringify(test.in.map(sqlValue))],
    };
  }
  if ('prefix' in test) {
    const end = successor(test.prefix);
    return end === undefined
      ? { sql: `${column} >= ?`, values: [test.prefix] }
      : { sql: `${column} >= ? AND ${column} < ?`, values: [test.prefix, end] };
  }
  return range(column, test.from, test.below);
}

/** A bound reaches only values of its own kind, as in MongoDB. */
function range(column: string, from: Scalar | undefined, below: Scalar | undefined): Clause {
  const kind = typeof (from ?? below);
  const lowest = kind === 'number' ? -Number.MAX_VALUE : '';
  const parts = [`${column} >= ?`];
  const values: SQLInputValue[] = [from === undefined ? lowest : sqlValue(from)];
  if (below !== undefined) {
    parts.push(`${column} < ?`);
    values.push(sqlValue(below));
  } else if (kind === 'number') {
    parts.push(`${column} < ?`);
    values.push('');
  }
  return { sql: parts.join(' AND '), values };
}
