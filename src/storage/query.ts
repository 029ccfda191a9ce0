import { sha256 } from '#domain/audit/hash.ts';
import { HubError } from '#domain/errors.ts';
import type { Query, Scalar, Test } from './port.ts';
import { type Data, isScalar, type NamedIndex } from './record.ts';

/** Order of values, the same in memory, in SQLite and in MongoDB: absent, numbers, strings by code point, truth values. */
export function compareValues(a: Scalar | undefined, b: Scalar | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (typeof a === typeof b) return a < b ? -1 : 1;
  return rank(a) - rank(b);
}

function rank(value: Scalar): number {
  return typeof value === 'number' ? 0 : typeof value === 'string' ? 1 : 2;
}

/** By code point: JavaScript's own order differs from UTF-8's where surrogates meet U+E000 to U+FFFF. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const x = a.charCodeAt(at);
    const y = b.charCodeAt(at);
    if (x === y) continue;
    const high = x >= 0xd800 && x <= 0xdfff;
    return high === (y >= 0xd800 && y <= 0xdfff) ? x - y : high ? 1 : -1;
  }
  return a.length - b.length;
}

/** Does the record (its data, and its id) pass every test? An array passes if any element does. */
export function passes(id: string, data: Data, tests: readonly (readonly [string, Test])[]): boolean {
  return tests.every(([field, test]) => {
    const value = field === 'id' ? id : data[field];
    return Array.isArray(value) ? value.some((element) => holds(element, test)) : holds(value, test);
  });
}

export function holds(value: unknown, test: Test): boolean {
  if (!isScalar(value)) return false;
  if (typeof test !== 'object') return value === test;
  if ('in' in test) return test.in.includes(value);
  if ('prefix' in test) return typeof value === 'string' && value.startsWith(test.prefix);
  return (
    (test.from === undefined || (typeof value === typeof test.from && compareValues(value, test.from) >= 0)) &&
    (test.below === undefined || (typeof value === typeof test.below && compareValues(value, test.below) < 0))
  );
}

export interface Sort {
  readonly field: string;
  readonly descending: boolean;
}

/** A query with its defaults filled in and checked against the collection's declaration. */
export interface CheckedQuery {
  readonly tests: readonly (readonly [string, Test])[];
  readonly sort: Sort;
  readonly limit: number;
  /** The last record of the page before. */
  readonly after: { readonly value: Scalar | undefined; readonly id: string } | undefined;
  /** Binds a cursor to its query. */
  mark(): string;
}

/** @throws Error for what no index serves (a fault of the caller), HubError `bad-request` for a foreign cursor. */
export function checkQuery(name: string, indexes: readonly NamedIndex[], query: Query): CheckedQuery {
  const tests = Object.entries(query.where ?? {}).filter(([, test]) => test !== undefined);
  for (const [field] of tests) {
    const served = field === 'id' || indexes.some((index) => index.fields.includes(field));
    if (!served) throw new Error(`${name}: no index has the field ${field}`);
  }
  const leads = ([field]: readonly [string, Test]) =>
    field === 'id' || indexes.some((index) => index.fields[0] === field);
  if (tests.length > 0 && !tests.some(leads)) throw new Error(`${name}: no index serves this query`);
  const descending = query.sort?.startsWith('-') ?? false;
  const field = (descending ? query.sort?.slice(1) : query.sort) ?? 'id';
  if (field !== 'id' && !indexes.some((index) => index.fields.length === 1 && index.fields[0] === field)) {
    throw new Error(`${name}: no index to sort by ${field}`);
  }
  const limit = query.limit ?? 100;
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw new Error('limit is 1 to 1000');
  const sort = { field, descending };
  // Made only for whoever pages: most questions are for one record.
  const mark = () => sha256(JSON.stringify([name, tests, field, descending])).slice(0, 12);
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor, mark());
  return { tests, sort, limit, after, mark };
}

export function writeCursor(mark: string, id: string, value: Scalar | undefined): string {
  return Buffer.from(JSON.stringify([mark, id, value])).toString('base64url');
}

function readCursor(cursor: string, mark: string): CheckedQuery['after'] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parsed) && parsed[0] === mark && typeof parsed[1] === 'string') {
      return { id: parsed[1], value: isScalar(parsed[2]) ? parsed[2] : undefined };
    }
  } catch {
    // Falls through to the refusal.
  }
  throw new HubError('bad-request', 'The cursor does not belong to this query');
}
