import type { Change } from '../port.ts';
import { added, pathOf, type RecordDocument, toData } from './document.ts';
import { conditionOf } from './filter.ts';

/** One write of a commit, in the form that both a single command and a bulk of them take. */
export type Write =
  | { readonly kind: 'insert'; readonly document: { readonly _id: string } }
  | { readonly kind: 'update'; readonly filter: object; readonly update: object; readonly upsert?: true }
  | { readonly kind: 'delete'; readonly filter: object };

export interface Step {
  readonly collection: string;
  readonly write: Write;
  /** It has to find its document; finding none is a conflict. */
  readonly must: boolean;
  /** What it was made of, if a caller asked for it. */
  readonly change?: Change;
}

/** A change as a write whose filter is its condition. @param mark see `RecordDocument.c` */
export function stepOf(change: Change, mark?: string): Step {
  const step = (write: Write, must: boolean): Step => ({ collection: change.collection.name, write, must, change });
  const { id } = change;
  switch (change.kind) {
    case 'insert': {
      const data = toData(change.data);
      const document: RecordDocument = { _id: id, v: 1, d: data, ...expiry(change.expiresAt), ...marked(mark) };
      return step({ kind: 'insert', document }, false);
    }
    case 'put':
      return step({ kind: 'update', filter: { _id: id }, update: whole(change, mark), upsert: true }, false);
    case 'replace':
      return step({ kind: 'update', filter: { _id: id, v: change.ifVersion }, update: whole(change, mark) }, true);
    case 'update':
      return step(
        { kind: 'update', filter: { _id: id, ...conditionOf(change.where) }, update: fields(change, mark) },
        true,
      );
    case 'remove': {
      const version = change.ifVersion === undefined ? {} : { v: change.ifVersion };
      const filter = { _id: id, ...version, ...conditionOf(change.where) };
      return step({ kind: 'delete', filter }, change.ifVersion !== undefined || change.where !== undefined);
    }
  }
}

function whole(change: Change & { kind: 'put' | 'replace' }, mark: string | undefined): object {
  const { expiresAt } = change;
  return {
    $set: { d: toData(change.data), ...expiry(expiresAt), ...marked(mark) },
    ...(expiresAt === undefined ? { $unset: { x: '' } } : {}),
    $inc: { v: 1 },
  };
}

/** Sets, then takes away, then adds: later ones see what earlier ones of the same change did. */
function fields(change: Change & { kind: 'update' }, mark: string | undefined): object {
  const set: Record<string, unknown> = { ...expiry(change.expiresAt), ...marked(mark) };
  const unset: Record<string, ''> = {};
  const inc: Record<string, number> = { v: 1 };
  for (const [field, value] of Object.entries(change.set ?? {})) {
    if (added.has(field)) continue;
    if (value === undefined) unset[pathOf(field)] = '';
    else set[pathOf(field)] = value;
  }
  for (const field of change.unset ?? []) {
    const path = pathOf(field);
    delete set[path];
    unset[path] = '';
  }
  for (const [field, amount] of Object.entries(change.add ?? {})) {
    const path = pathOf(field);
    const before = set[path];
    if (path in set || path in unset) {
      delete unset[path];
      set[path] = (typeof before === 'number' ? before : 0) + amount;
    } else inc[path] = amount;
  }
  return {
    ...(Object.keys(set).length > 0 ? { $set: set } : {}),
    ...(Object.keys(unset).length > 0 ? { $unset: unset } : {}),
    $inc: inc,
  };
}

function expiry(expiresAt: number | undefined): { x?: Date } {
  return expiresAt === undefined ? {} : { x: new Date(expiresAt) };
}

function marked(mark: string | undefined): { c?: string } {
  return mark === undefined ? {} : { c: mark };
}
