import type { Stored } from '../collection.ts';
import type { Scalar } from '../port.ts';
import { type Data, isScalar, type NamedIndex } from '../record.ts';

/** The values of one index entry, one per field of the index. */
export type Entry = readonly Scalar[];
/** The entries of a record, per index in declared order. */
export type Entries = readonly (readonly Entry[])[];

/** A record as the engine holds it: its data as text. A change makes another row; a row itself never changes. */
export interface Row {
  readonly id: string;
  readonly version: number;
  readonly expiresAt: number | undefined;
  readonly json: string;
  /** What the text says, while it is remembered (`recordOf`). */
  record?: Data | undefined;
}

/** So many rows remember what they say; beyond that the one that was asked first forgets. */
const mostRemembered = 4000;
const remembering: Row[] = [];
let oldest = 0;

/**
 * A fresh copy of the record: the caller may do with it what it likes. Its text is parsed once and then copied from what
 * the row remembers, a tenth of the work: sessions, people and grants are asked for several times in each request.
 */
export function decode<T extends object>(row: Row): Stored<T> {
  return copyOf(recordOf(row)) as Stored<T>;
}

/** The record itself, for those who only look. */
export function recordOf(row: Row): Data {
  if (row.record !== undefined) return row.record;
  const record = parsed(row);
  row.record = record;
  const forgetful = remembering[oldest];
  if (forgetful !== undefined) forgetful.record = undefined;
  remembering[oldest] = row;
  oldest = (oldest + 1) % mostRemembered;
  return record;
}

/** What the row's text says, parsed anew. */
export function parsed(row: Row): Data {
  const record = JSON.parse(row.json) as Data;
  record.id = row.id;
  record.version = row.version;
  if (row.expiresAt !== undefined) record.expiresAt = row.expiresAt;
  return record;
}

/** Of what JSON can say. */
function copyOf(value: object): object {
  if (Array.isArray(value)) return value.map((item: unknown) => (isObject(item) ? copyOf(item) : item));
  const copy: Data = { ...value };
  for (const name in copy) {
    const member = copy[name];
    if (isObject(member)) copy[name] = copyOf(member);
  }
  return copy;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** The data alone, without what the engine adds; records read before are often handed back whole. */
export function encode(data: object): string {
  if ('id' in data || 'version' in data || 'expiresAt' in data) {
    const { id: _id, version: _version, expiresAt: _expiresAt, ...rest } = data as Data;
    return JSON.stringify(rest);
  }
  return JSON.stringify(data);
}

/** The index entries of a record; none where a field is absent, one per element where a field is an array. */
export function entriesOf(indexes: readonly NamedIndex[], data: Data): Entries {
  return indexes.map((index) => {
    const [field] = index.fields;
    if (field === undefined) return none;
    if (index.fields.length > 1) return combined(index.fields, data);
    const value = data[field];
    if (isScalar(value)) return [[value]];
    return Array.isArray(value) ? scalarsOf(value).map((one) => [one]) : none;
  });
}

const none: readonly Entry[] = [];

function combined(fields: readonly string[], data: Data): readonly Entry[] {
  let entries: Entry[] = [[]];
  for (const field of fields) {
    const values = scalarsOf(data[field]);
    if (values.length === 0) return none;
    entries = entries.flatMap((entry) => values.map((value) => [...entry, value]));
  }
  return entries;
}

function scalarsOf(value: unknown): readonly Scalar[] {
  if (isScalar(value)) return [value];
  return Array.isArray(value) ? [...new Set(value.filter(isScalar))] : [];
}

/** An entry as the key of a Map. */
export function keyOf(entry: Entry): Scalar {
  const [first] = entry;
  return entry.length === 1 && first !== undefined ? first : JSON.stringify(entry);
}
