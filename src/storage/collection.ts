import type { z } from 'zod';

/** An index: `fields` are top-level fields of the record; an array field gives one entry per element. */
export interface Index {
  readonly fields: readonly string[];
  /** No two records share the value. Records in which any of the fields is absent are left out of the index. */
  readonly unique?: true;
}

/**
 * One kind of record, declared once. `kept` records stand in tables; `live` ones (sessions, grants, codes, tokens, marks)
 * are many, short-lived and held in memory by the embedded engine, durable through its journal.
 */
export interface Collection<T extends object = object, I extends string = string> {
  readonly name: string;
  readonly life: 'kept' | 'live';
  /** Raised when the shape changes; version N reads N-1 and N. */
  readonly schemaVersion: number;
  readonly schema: z.ZodType<T>;
  readonly indexes: Readonly<Record<I, Index>>;
}

/** A record as stored: its data, its id, its version (1 at insert, +1 at each change). */
export type Stored<T> = T & {
  readonly id: string;
  readonly version: number;
  /** Milliseconds since 1970; absent = does not expire. Expired records are still returned until the broom takes them. */
  readonly expiresAt?: number;
};

export function collection<T extends object, I extends string>(declaration: Collection<T, I>): Collection<T, I> {
  return declaration;
}
