import { z } from 'zod';
import type { Collection } from '../collection.ts';

export type FieldKind = 'string' | 'number' | 'boolean' | 'strings' | 'mixed';

/** The top-level fields of a collection's records, as its one declaration has them. */
export function fieldKinds(collection: Collection): ReadonlyMap<string, FieldKind> {
  const schema: unknown = collection.schema;
  if (!(schema instanceof z.ZodObject)) return new Map();
  const shape = schema.shape as Record<string, unknown>;
  return new Map(Object.entries(shape).map(([name, field]) => [name, kindOf(field)]));
}

function kindOf(field: unknown): FieldKind {
  if (field instanceof z.ZodOptional || field instanceof z.ZodDefault) return kindOf(field.unwrap());
  if (field instanceof z.ZodString || field instanceof z.ZodEnum) return 'string';
  if (field instanceof z.ZodNumber) return 'number';
  if (field instanceof z.ZodBoolean) return 'boolean';
  if (field instanceof z.ZodArray) return kindOf(field.element) === 'string' ? 'strings' : 'mixed';
  return 'mixed';
}
