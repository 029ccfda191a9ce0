import { z } from 'zod';
import type { FieldFault } from '#domain/errors.ts';
import { faultsOf, joinPath, unknownKey } from './faults.ts';

/** A group of keys; unknown ones are faults with a suggestion. */
export function fields<S extends z.core.$ZodShape>(shape: S) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys?.map((key) => unknownKey(String(key), known)).join('\n')
        : undefined,
  });
}

/** A text that is not empty. */
export const text = z
  .string()
  .refine((value) => value.trim() !== '', { error: 'is empty; write a text or leave it out' });

/** What could be read, and the keys that could not. */
export interface Partially<T> {
  readonly values: Partial<T>;
  readonly unreadable: ReadonlySet<string>;
}

/**
 * Reads each key on its own, so that one bad key hides no other. A key without a value (null) counts as not given.
 * Faults are added to `faults` under `parent`.
 */
export function readFields<S extends Record<string, z.ZodType>>(
  shape: S,
  raw: unknown,
  parent: string,
  faults: FieldFault[],
): Partially<{ [K in keyof S]: z.infer<S[K]> }> {
  const unreadable = new Set<string>();
  const values: Record<string, unknown> = {};
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    faults.push({ path: parent, message: 'has the wrong form; write keys and values below it' });
    return { values: {}, unreadable: new Set(Object.keys(shape)) };
  }
  const given = new Map(Object.entries(raw).filter(([, value]) => value !== null));
  for (const key of given.keys()) {
    if (Object.hasOwn(shape, key)) continue;
    faults.push({ path: joinPath(parent, [key]), message: unknownKey(key, Object.keys(shape)) });
  }
  for (const [key, schema] of Object.entries(shape)) {
    const result = schema.safeParse(given.get(key), { reportInput: true });
    if (result.success) {
      if (result.data !== undefined) values[key] = result.data;
    } else {
      unreadable.add(key);
      faults.push(...faultsOf(result.error, joinPath(parent, [key])));
    }
  }
  return { values: values as Partial<{ [K in keyof S]: z.infer<S[K]> }>, unreadable };
}
