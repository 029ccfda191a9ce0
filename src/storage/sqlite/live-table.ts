import type { Collection } from '../collection.ts';
import type { Page, Query, Scalar, Test } from '../port.ts';
import { type CheckedQuery, checkQuery, compareText, compareValues, holds, passes, writeCursor } from '../query.ts';
import { indexesOf, isScalar, type NamedIndex } from '../record.ts';
import { decode, type Entry, keyOf, type Row, recordOf } from './row.ts';
import type { Committed, Pending } from './staging.ts';

/** The values of one index that a record stands under: mostly none or one. */
type Keys = undefined | Scalar | readonly Scalar[];

/** A live record, with what it stands under in each index and the journal row that holds its newest state. */
export interface LiveRow extends Row {
  readonly keys: readonly Keys[];
  journal: number;
}

/** The records of one value: mostly one. Hundreds of thousands of sets of one would weigh more than the records. */
type Ids = string | Set<string>;

interface Found {
  readonly row: LiveRow;
  readonly value: Scalar | undefined;
}

/** One live collection: every record in memory, oldest written first, with an index of values to ids for each declared one. */
export class LiveTable implements Committed {
  readonly name: string;
  readonly indexes: readonly NamedIndex[];
  readonly rows = new Map<string, LiveRow>();
  changes = 0;
  /** Characters of all records together. */
  size = 0;
  readonly #ids: Map<Scalar, Ids>[];

  constructor(collection: Collection) {
    this.name = collection.name;
    this.indexes = indexesOf(collection);
    this.#ids = this.indexes.map(() => new Map());
  }

  read(id: string): LiveRow | undefined {
    return this.rows.get(id);
  }

  holder(index: number, entry: Entry): string | undefined {
    return idsOf(this.#ids[index]?.get(keyOf(entry)))[0];
  }

  /** Takes over what a transaction has written. */
  apply(id: string, pending: Pending, journal: number): void {
    this.remove(id);
    if (pending === null) return;
    const { row, entries } = pending;
    const keys = entries.map(keysOf);
    const { version, expiresAt, json } = row;
    this.rows.set(id, { id, version, expiresAt, json, record: undefined, keys, journal });
    this.size += json.length;
    keys.forEach((key, at) => {
      for (const one of listed(key)) this.#index(at, one, id);
    });
  }

  remove(id: string): void {
    const row = this.rows.get(id);
    if (row === undefined) return;
    this.rows.delete(id);
    this.size -= row.json.length;
    row.keys.forEach((key, at) => {
      for (const one of listed(key)) this.#unindex(at, one, id);
    });
  }

  /** Notes that a record now stands in a newer journal row, and so behind all others. */
  moved(row: LiveRow, journal: number): void {
    row.journal = journal;
    this.rows.delete(row.id);
    this.rows.set(row.id, row);
  }

  clear(): void {
    this.rows.clear();
    for (const ids of this.#ids) ids.clear();
    this.size = 0;
    this.changes++;
  }

  find<T extends object>(query: Query): Page<T> {
    const checked = checkQuery(this.name, this.indexes, query);
    const found = this.#matches(checked, checked.limit + 1);
    const page = found.slice(0, checked.limit);
    const last = page.at(-1);
    return {
      items: page.map(({ row }) => decode<T>(row)),
      next:
        found.length > page.length && last !== undefined ? writeCursor(checked.mark(), last.row.id, last.value) : null,
    };
  }

  count(where: Query['where']): number {
    if (where === undefined) return this.rows.size;
    return this.#matches(checkQuery(this.name, this.indexes, { where })).length;
  }

  /** The first `most` records that answer the query, in its order. */
  #matches(query: CheckedQuery, most = Number.POSITIVE_INFINITY): Found[] {
    const exact = this.#exact(query);
    if (exact !== undefined) return exact;
    let found: Found[] = [];
    const { field } = query.sort;
    const needsData = query.tests.length > 0 || field !== 'id';
    const first = () => found.sort((a, b) => this.#order(query, a, b)).slice(0, most);
    for (const id of this.#candidates(query.tests)) {
      const row = this.rows.get(id);
      if (row === undefined) continue;
      const data = needsData ? recordOf(row) : {};
      if (!passes(id, data, query.tests)) continue;
      const candidate = { row, value: field !== 'id' && isScalar(data[field]) ? data[field] : undefined };
      if (query.after !== undefined && !this.#isAfter(query, candidate)) continue;
      found.push(candidate);
      // Sorting now and then what may still be needed is cheaper than sorting everything once.
      if (found.length >= 4 * most) found = first();
    }
    return first();
  }

  /** Who stands under one value of an index of its own needs no second look: the commonest question (`uid`, `grant`). */
  #exact({ tests, sort, after }: CheckedQuery): Found[] | undefined {
    const [first] = tests;
    if (tests.length !== 1 || first === undefined || sort.field !== 'id' || after !== undefined) return undefined;
    const [field, test] = first;
    const at = this.indexes.findIndex((index) => index.fields.length === 1 && index.fields[0] === field);
    const ids = typeof test === 'object' ? undefined : this.#ids[at];
    if (ids === undefined || typeof test === 'object') return undefined;
    const known = idsOf(ids.get(test));
    if (known.length > 1) return undefined;
    return known.flatMap((id) => this.rows.get(id) ?? []).map((row) => ({ row, value: undefined }));
  }

  #isAfter(query: CheckedQuery, found: Found): boolean {
    if (query.after === undefined) return true;
    const byValue = compareValues(found.value, query.after.value);
    const order = byValue === 0 ? compareText(found.row.id, query.after.id) : byValue;
    return query.sort.descending ? order < 0 : order > 0;
  }

  #order(query: CheckedQuery, a: Found, b: Found): number {
    const byValue = compareValues(a.value, b.value);
    const order = byValue === 0 ? compareText(a.row.id, b.row.id) : byValue;
    return query.sort.descending ? -order : order;
  }

  /** The ids that one index names for the most telling test; everything when there is none. */
  #candidates(tests: readonly (readonly [string, Test])[]): Iterable<string> {
    const rank = (test: Test) => (typeof test !== 'object' ? 0 : 'in' in test ? 1 : 2);
    for (const [field, test] of tests.toSorted((a, b) => rank(a[1]) - rank(b[1]))) {
      if (field === 'id') return idCandidates(test, this.rows);
      const at = this.indexes.findIndex((index) => index.fields.length === 1 && index.fields[0] === field);
      const ids = this.#ids[at];
      if (ids !== undefined) return indexCandidates(test, ids);
    }
    return this.rows.keys();
  }

  #index(at: number, key: Scalar, id: string): void {
    const ids = this.#ids[at];
    const known = ids?.get(key);
    if (known === undefined) ids?.set(key, id);
    else if (typeof known === 'string') ids?.set(key, new Set([known, id]));
    else known.add(id);
  }

  #unindex(at: number, key: Scalar, id: string): void {
    const ids = this.#ids[at];
    const known = ids?.get(key);
    if (known === undefined) return;
    if (typeof known !== 'string') known.delete(id);
    if (typeof known === 'string' ? known === id : known.size === 0) ids?.delete(key);
  }
}

function keysOf(entries: readonly Entry[]): Keys {
  const [first] = entries;
  if (first === undefined) return undefined;
  return entries.length === 1 ? keyOf(first) : entries.map(keyOf);
}

function listed(keys: Keys): readonly Scalar[] {
  if (keys === undefined) return none;
  return Array.isArray(keys) ? keys : [keys as Scalar];
}

const none: readonly never[] = [];

function idsOf(ids: Ids | undefined): readonly string[] {
  if (ids === undefined) return none;
  return typeof ids === 'string' ? [ids] : [...ids];
}

function idCandidates(test: Test, rows: ReadonlyMap<string, LiveRow>): Iterable<string> {
  if (typeof test !== 'object') return [String(test)];
  if ('in' in test) return new Set(test.in.map(String));
  return rows.keys();
}

function indexCandidates(test: Test, ids: ReadonlyMap<Scalar, Ids>): Iterable<string> {
  if (typeof test !== 'object') return idsOf(ids.get(test));
  const keys = 'in' in test ? test.in : [...ids.keys()].filter((key) => holds(key, test));
  return new Set(keys.flatMap((key) => idsOf(ids.get(key))));
}
