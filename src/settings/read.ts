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

/**
 * What could be read, and what could not: a key, and within a group of keys its dotted path. Of a group the readable rest
 * is among the values, so that what is judged next hides nothing; where `unreadable` names a path, its value is a default.
 */
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
      const rest = readableRest(schema, given.get(key), result.error);
      if (rest === undefined) continue;
      values[key] = rest.value;
      for (const path of rest.lost) unreadable.add(joinPath(key, path));
    }
  }
  return { values: values as Partial<{ [K in keyof S]: z.infer<S[K]> }>, unreadable };
}

/** A group without the keys that were at fault, if it can be read so. */
function readableRest(
  schema: z.ZodType,
  raw: unknown,
  error: z.ZodError,
): { value: unknown; lost: readonly string[][] } | undefined {
  const lost = error.issues.flatMap(({ path, ...issue }): PropertyKey[][] =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path],
  );
  if (!lost.every((path): path is string[] => path.length > 0 && path.every((part) => typeof part === 'string'))) {
    return undefined;
  }
  const rest: unknown = structuredClone(raw);
  for (const path of lost) without(rest, path);
  const result = schema.safeParse(rest);
  return result.success ? { value: result.data, lost } : undefined;
}

function without(group: unknown, [key = '', ...deeper]: readonly string[]): void {
  if (typeof group !== 'object' || group === null) return;
  const keys = group as Record<string, unknown>;
  if (deeper.length === 0) delete keys[key];
  else without(keys[key], deeper);
}
