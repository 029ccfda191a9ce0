import type { mongo } from 'mongoose';
import type { Condition, Query, Scalar, Test } from '../port.ts';
import type { CheckedQuery } from '../query.ts';
import { successor } from '../successor.ts';
import { pathOf, type RecordDocument } from './document.ts';
import type { FieldKind } from './fields.ts';

type Kinds = ReadonlyMap<string, FieldKind>;
type Clause = Record<string, unknown>;

export function filterOf(tests: CheckedQuery['tests'], kinds: Kinds): mongo.Filter<RecordDocument> {
  const clauses = tests.map(([field, test]) => ({ [pathOf(field)]: clauseOf(test, kinds.get(field) === 'strings') }));
  return all(clauses);
}

export function whereOf(where: Query['where'], kinds: Kinds): mongo.Filter<RecordDocument> {
  return filterOf(Object.entries(where ?? {}), kinds);
}

/** A condition of a change: exactly that value; `null` = the field is absent. */
export function conditionOf(where: Condition | undefined): Clause {
  return Object.fromEntries(Object.entries(where ?? {}).map(([field, value]) => [pathOf(field), { $eq: value }]));
}

function clauseOf(test: Test, list: boolean): unknown {
  if (typeof test !== 'object') return { $eq: test };
  if ('in' in test) return { $in: test.in };
  const range = 'prefix' in test ? prefixOf(test.prefix) : rangeOf(test);
  // Of a list one and the same element has to lie within both bounds.
  return list ? { $elemMatch: range } : range;
}

/** Bounds reach values of their own kind alone, as comparisons in MongoDB do. */
function rangeOf({ from, below }: { from?: Scalar; below?: Scalar }): Clause {
  return { ...(from === undefined ? {} : { $gte: from }), ...(below === undefined ? {} : { $lt: below }) };
}

function prefixOf(prefix: string): Clause {
  const end = successor(prefix);
  return end === undefined ? { $gte: prefix } : { $gte: prefix, $lt: end };
}

export function sortOf({ field, descending }: CheckedQuery['sort']): mongo.Sort {
  const way = descending ? -1 : 1;
  return field === 'id' ? { _id: way } : { [pathOf(field)]: way, _id: way };
}

/** What lies behind the last record of the page before: absent, numbers, strings, truth values, ties by id. */
export function behind({ sort, after }: CheckedQuery): mongo.Filter<RecordDocument> {
  if (after === undefined) return {};
  const beyond = sort.descending ? '$lt' : '$gt';
  if (sort.field === 'id') return { _id: { [beyond]: after.id } };
  const path = pathOf(sort.field);
  const tie = { [path]: { $eq: after.value ?? null }, _id: { [beyond]: after.id } };
  const others = kindsBehind(after.value, sort.descending).map((kind) => ({ [path]: { $type: kind } }));
  const same = after.value === undefined ? [] : [{ [path]: { [beyond]: after.value } }];
  const absent = sort.descending && after.value !== undefined ? [{ [path]: null }] : [];
  return { $or: [tie, ...same, ...others, ...absent] } as mongo.Filter<RecordDocument>;
}

const order = ['number', 'string', 'bool'] as const;

function kindsBehind(value: Scalar | undefined, descending: boolean): readonly string[] {
  const at = value === undefined ? -1 : typeof value === 'number' ? 0 : typeof value === 'string' ? 1 : 2;
  return descending ? order.slice(0, Math.max(at, 0)) : order.slice(at + 1);
}

export function all(clauses: readonly Clause[]): mongo.Filter<RecordDocument> {
  const present = clauses.filter((clause) => Object.keys(clause).length > 0);
  const [first] = present;
  return (present.length > 1 ? { $and: present } : (first ?? {})) as mongo.Filter<RecordDocument>;
}
