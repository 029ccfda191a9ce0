import type { Stored } from '../collection.ts';
import type { Data } from '../record.ts';

/** A record as MongoDB holds it. */
export interface RecordDocument {
  readonly _id: string;
  /** Version. */
  readonly v: number;
  /** Expiry; a date, because the TTL index wants one. */
  readonly x?: Date;
  /** Mark of the last single write, by which a write whose answer was lost is known again. */
  readonly c?: string;
  /** The data, apart from what the engine adds, so that no field of a record can meet one of the engine's. */
  readonly d: Data;
}

const awkward = /[.$%\0]|^$/;
const written = /%([0-9A-F]{2})/g;

/** A top-level field's name as it may stand in an update's path: there `.` would lead into a record and `$` be an operator. */
export function escapeField(name: string): string {
  if (!awkward.test(name)) return name;
  if (name === '') return '%FF';
  return name.replace(/[.$%\0]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

function unescapeField(name: string): string {
  if (!name.includes('%')) return name;
  return name === '%FF'
    ? ''
    : name.replace(written, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** The path of a top-level field of a record's data. */
export function pathOf(field: string): string {
  return field === 'id' ? '_id' : `d.${escapeField(field)}`;
}

/** The data as it is stored. What the engine adds is left out: records read before are often handed back whole. */
export function toData(data: object): Data {
  const plain = data as Data;
  const isAsStored = (name: string) => !added.has(name) && !awkward.test(name);
  if (Object.keys(plain).every(isAsStored)) return plain;
  const kept = Object.entries(plain).filter(([name]) => !added.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [escapeField(name), value]));
}

/** Is this field one that the engine adds to a record? */
export const added: ReadonlySet<string> = new Set(['id', 'version', 'expiresAt']);

export function fromDocument<T extends object>({ _id, v, x, d }: RecordDocument): Stored<T> {
  // Fresh from the wire: the caller may have it as it is.
  const record = Object.keys(d).some((name) => name.includes('%'))
    ? Object.fromEntries(Object.entries(d).map(([name, value]) => [unescapeField(name), value]))
    : d;
  record.id = _id;
  record.version = v;
  if (x !== undefined) record.expiresAt = x.getTime();
  return record as Stored<T>;
}
