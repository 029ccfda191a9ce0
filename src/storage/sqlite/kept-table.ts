import type { Collection, Stored } from '../collection.ts';
import type { Page, Query } from '../port.ts';
import { type CheckedQuery, checkQuery, passes, writeCursor } from '../query.ts';
import { indexesOf, isScalar, type NamedIndex } from '../record.ts';
import type { Connection, SqlRow } from './connection.ts';
import { common, type IsCommon, indexTable, planQuery, sqlValue } from './kept-plan.ts';
import { Lru } from './lru.ts';
import { decode, type Entries, type Entry, entriesOf, keyOf, parsed, type Row, recordOf } from './row.ts';
import type { Committed, Pending } from './staging.ts';

/** How many records of a collection stay in memory. */
const cached = 10_000;
/** How many answers to short queries are kept until the collection changes, and what counts as short. */
const keptAnswers = 5000;
const shortAnswer = 10;

/** Which records answered a query. */
interface Answer {
  readonly ids: readonly string[];
  readonly next: string | null;
}

/** One kept collection: a table of records, a table for each index, and the records used last in memory. */
export class KeptTable implements Committed {
  readonly name: string;
  readonly collection: Collection;
  readonly indexes: readonly NamedIndex[];
  changes = 0;
  #counted: { readonly changes: number; readonly n: number } | undefined;
  readonly #connection: Connection;
  readonly #cache = new Lru<string, Row>(cached);
  readonly #answers = new Lru<string, Answer>(keptAnswers);
  #answeredAt = 0;
  readonly #sql: { read: string; write: string; remove: string };

  constructor(connection: Connection, collection: Collection) {
    this.#connection = connection;
    this.collection = collection;
    this.name = collection.name;
    this.indexes = indexesOf(collection);
    const table = `"${this.name}"`;
    this.#sql = {
      read: `SELECT version, expires, body FROM ${table} WHERE id = ?`,
      write: `INSERT INTO ${table} (id, version, expires, body) VALUES (?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, expires = excluded.expires, body = excluded.body`,
      remove: `DELETE FROM ${table} WHERE id = ?`,
    };
  }

  read(id: string): Row | undefined {
    const known = this.#cache.get(id);
    if (known !== undefined) return known;
    const found = this.#connection.get(this.#sql.read, id);
    if (found === undefined) return undefined;
    const row = rowOf(id, found);
    if (!this.#connection.readOnly) this.#cache.set(id, row);
    return row;
  }

  holder(index: number, entry: Entry): string | undefined {
    const declared = this.indexes[index];
    if (declared === undefined) return undefined;
    const tests = declared.fields.map((_, at) => `k${at} = ?`).join(' AND ');
    const sql = `SELECT id FROM ${indexTable(this.name, declared)} WHERE ${tests} LIMIT 1`;
    const found = this.#connection.get(sql, ...entry.map(sqlValue));
    return found === undefined ? undefined : String(found.id);
  }

  /** Writes one record inside the transaction in hand; memory is touched by `applied` only, after the commit. */
  write(id: string, pending: Pending): void {
    const before = this.read(id);
    const old = before === undefined ? [] : entriesOf(this.indexes, recordOf(before));
    this.#writeIndexes(id, before !== undefined, old, pending);
    if (pending === null) this.#connection.run(this.#sql.remove, id);
    else {
      const { version, expiresAt, json } = pending.row;
      this.#connection.run(this.#sql.write, id, version, expiresAt ?? null, json);
    }
  }

  applied(id: string, pending: Pending): void {
    if (pending === null) this.#cache.delete(id);
    else this.#cache.set(id, pending.row);
  }

  forget(): void {
    this.#cache.clear();
    this.#answers.clear();
  }

  /** Short answers (whose login is this? which link?) are kept until anything in the collection changes. */
  find<T extends object>(query: Query): Page<T> {
    if (this.#connection.readOnly || (query.limit ?? Number.POSITIVE_INFINITY) > shortAnswer) return this.#find(query);
    if (this.#answeredAt !== this.changes) this.#answers.clear();
    this.#answeredAt = this.changes;
    const key = JSON.stringify(query);
    const known = this.#answers.get(key);
    if (known === undefined) {
      const page = this.#find<T>(query);
      this.#answers.set(key, { ids: page.items.map(({ id }) => id), next: page.next });
      return page;
    }
    const rows = known.ids.map((id) => this.read(id)).filter((row) => row !== undefined);
    return { items: rows.map((row) => decode<T>(row)), next: known.next };
  }

  #find<T extends object>(query: Query): Page<T> {
    const checked = checkQuery(this.name, this.indexes, query);
    const { field } = checked.sort;
    if (field === 'id' && checked.tests.length === 0) return this.#walk(checked);
    const items: Stored<T>[] = [];
    let after = checked.after;
    const step = checked.limit + 1;
    const planFrom = planQuery(this.name, this.indexes, checked, this.#isCommon);
    for (;;) {
      const plan = planFrom(after, step);
      const ids = this.#connection.all(plan.sql, ...plan.values, plan.limit).map((found) => String(found.id));
      for (const id of ids) {
        const row = this.read(id);
        if (row === undefined) continue;
        const data = recordOf(row);
        const value = field !== 'id' && isScalar(data[field]) ? data[field] : undefined;
        if (!passes(id, data, checked.tests)) {
          after = { id, value };
          continue;
        }
        if (items.length === checked.limit && after !== undefined) {
          return { items, next: writeCursor(checked.mark(), after.id, after.value) };
        }
        items.push(decode<T>(row));
        after = { id, value };
      }
      if (ids.length < step) return { items, next: null };
    }
  }

  /**
   * Everybody in the order of ids: one statement, read past the records in memory, which such a walk would only push out. What
   * it reads is nobody else's, so nothing is copied.
   */
  #walk<T extends object>({ sort: { descending }, after, limit, mark }: CheckedQuery): Page<T> {
    const beyond = after === undefined ? '' : `WHERE id ${descending ? '<' : '>'} ?`;
    const sql = `SELECT id, version, expires, body FROM "${this.name}" ${beyond} ORDER BY id ${descending ? 'DESC' : 'ASC'} LIMIT ?`;
    const found = this.#connection.all(sql, ...(after === undefined ? [] : [after.id]), limit + 1);
    const items = found.slice(0, limit).map((one) => parsed(rowOf(String(one.id), one)) as Stored<T>);
    const last = found.length > limit ? items.at(-1) : undefined;
    return { items, next: last === undefined ? null : writeCursor(mark(), last.id, undefined) };
  }

  count(where: Query['where']): number {
    const checked = checkQuery(this.name, this.indexes, where === undefined ? {} : { where });
    if (checked.tests.length === 0) return this.#total();
    const plan = planQuery(this.name, this.indexes, checked, this.#isCommon)(undefined, Number.MAX_SAFE_INTEGER);
    if (plan.exact) return Number(this.#connection.get(plan.count, ...plan.values)?.n);
    let count = 0;
    for (const found of this.#connection.iterate(plan.sql, ...plan.values, plan.limit)) {
      const row = this.read(String(found.id));
      if (row !== undefined && passes(row.id, recordOf(row), checked.tests)) count++;
    }
    return count;
  }

  /** Counting everything reads everything, so it is done once per change. */
  #total(): number {
    if (this.#counted?.changes !== this.changes || this.#connection.readOnly) {
      const n = Number(this.#connection.get(`SELECT count(*) AS n FROM "${this.name}"`)?.n);
      this.#counted = { changes: this.changes, n };
    }
    return this.#counted.n;
  }

  readonly #isCommon: IsCommon = (subquery, values) =>
    Number(this.#connection.get(`SELECT count(*) AS n FROM (${subquery} LIMIT ?)`, ...values, common + 1)?.n) > common;

  /** Fills an index that is new, record by record. */
  static insertEntries(
    connection: Connection,
    collection: string,
    index: NamedIndex,
    id: string,
    entries: readonly Entry[] | undefined,
  ): void {
    const marks = index.fields.map(() => '?').join(', ');
    for (const entry of stored(index, entries, true)) {
      const sql = `INSERT INTO ${indexTable(collection, index)} VALUES (${marks}, ?)`;
      connection.run(sql, ...entry.map(sqlValue), id);
    }
  }

  #writeIndexes(id: string, existed: boolean, old: Entries, pending: Pending): void {
    this.indexes.forEach((index, at) => {
      const before = new Map(stored(index, old[at], existed).map((entry) => [keyOf(entry), entry]));
      const after = new Map(
        stored(index, pending?.entries[at], pending !== null).map((entry) => [keyOf(entry), entry]),
      );
      const table = indexTable(this.name, index);
      const marks = index.fields.map(() => '?').join(', ');
      const tests = index.fields.map((_, field) => `k${field} = ?`).join(' AND ');
      for (const [key, entry] of before) {
        if (!after.has(key))
          this.#connection.run(`DELETE FROM ${table} WHERE ${tests} AND id = ?`, ...entry.map(sqlValue), id);
      }
      for (const [key, entry] of after) {
        if (!before.has(key))
          this.#connection.run(`INSERT INTO ${table} VALUES (${marks}, ?)`, ...entry.map(sqlValue), id);
      }
    });
  }
}

/** Stands in single-field indexes for a record without the field, so that sorting by the field leaves nobody out. */
const absent: readonly Entry[] = [[Number.NEGATIVE_INFINITY]];

function stored(index: NamedIndex, entries: readonly Entry[] | undefined, exists: boolean): readonly Entry[] {
  if (!exists) return [];
  if (entries !== undefined && entries.length > 0) return entries;
  return index.fields.length === 1 ? absent : [];
}

function rowOf(id: string, found: SqlRow): Row {
  return {
    id,
    version: Number(found.version),
    expiresAt: found.expires === null ? undefined : Number(found.expires),
    json: String(found.body),
    record: undefined,
  };
}
