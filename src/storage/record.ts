import type { Collection } from './collection.ts';
import type { Scalar } from './port.ts';

/** What a record holds, without its id, version and expiry. */
export type Data = Record<string, unknown>;

/** An index with its name, in declared order. */
export interface NamedIndex {
  readonly name: string;
  readonly fields: readonly string[];
  readonly unique: boolean;
}

export function indexesOf(collection: Collection): NamedIndex[] {
  return Object.entries(collection.indexes).map(([name, index]) => ({
    name,
    fields: index.fields,
    unique: index.unique ?? false,
  }));
}

export function isScalar(value: unknown): value is Scalar {
  return (
    typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  );
}
