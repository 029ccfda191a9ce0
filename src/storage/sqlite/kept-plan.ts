import type { SQLInputValue } from 'node:sqlite';
import type { Scalar, Test } from '../port.ts';
import type { CheckedQuery } from './query.ts';
import type { NamedIndex } from './row.ts';

export interface Plan {
  /** Selects `id`, in the query's order. */
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
  /** Every test is answered by an index; otherwise the caller looks at the records too. */
  readonly exact: boolean;
}

interface Clause {
  /** A condition on `d.id`. */
  readonly sql: string;
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

/** Turns a checked query into one statement over the index tables. */
export function planQuery(
  collection: string,
  indexes: readonly NamedIndex[],
  query: CheckedQuery,
  after: CheckedQuery['after'],
  limit: number,
): Plan {
  const { clauses, exact } = clausesOf(collection, indexes, query.tests);
  const { field, descending } = query.sort;
  const way = descending ? 'DESC' : 'ASC';
  const beyond = descending ? '<' : '>';
  const sorting = indexes.find((index) => index.fields.length === 1 && index.fields[0] === field);
  const values: SQLInputValue[] = clauses.flatMap((clause) => clause.values);
  const conditions = clauses.map((clause) => clause.sql);
  if (field === 'id' || sorting === undefined) {
    if (after !== undefined) {
      conditions.push(`d.id ${beyond} ?`);
      values.push(after.id);
    }
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    return {
      sql: `SELECT d.id AS id FROM "${collection}" d ${where} ORDER BY d.id ${way} LIMIT ?`,
      values: [...values, limit],
      exact,
    };
  }
  if (after !== undefined) {
    conditions.push(`(d.k0, d.id) ${beyond} (?, ?)`);
    values.push(after.value === undefined ? Number.NEGATIVE_INFINITY : sqlValue(after.value), after.id);
  }
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const table = indexTable(collection, sorting);
  return {
    sql: `SELECT d.id AS id FROM ${table} d ${where} ORDER BY d.k0 ${way}, d.id ${way} LIMIT ?`,
    values: [...values, limit],
    exact,
  };
}

function clausesOf(collection: string, indexes: readonly NamedIndex[], tests: CheckedQuery['tests']) {
  const byField = new Map(tests);
  const covered = new Set<string>();
  const clauses: Clause[] = [];
  let exact = true;
  // Indexes over several fields first: they answer several tests at once.
  for (const index of indexes.toSorted((a, b) => b.fields.length - a.fields.length)) {
    const used = usableFields(index, byField).filter((field) => !covered.has(field));
    if (used.length === 0 || used[0] !== index.fields[0]) continue;
    const parts = used.map((field, at) => condition(`k${at}`, byField.get(field) ?? ''));
    clauses.push({
      sql: `d.id IN (SELECT id FROM ${indexTable(collection, index)} WHERE ${parts.map((part) => part.sql).join(' AND ')})`,
      values: parts.flatMap((part) => part.values),
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

/** The first string, by code point, that is behind everything with this prefix. */
function successor(prefix: string): string | undefined {
  const points = [...prefix];
  while (points.length > 0) {
    const last = points.pop()?.codePointAt(0) ?? 0;
    if (last >= 0x10ffff) continue;
    const next = last === 0xd7ff ? 0xe000 : last + 1;
    return points.join('') + String.fromCodePoint(next);
  }
  return undefined;
}
