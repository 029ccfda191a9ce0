import { z } from 'zod';
import { HubError } from '#domain/errors.ts';
import { named } from '../openapi/names.ts';

/** `limit` of a list; text from the query, a number for the handler. The description shows what it stands for. */
export const limit = z
  .string()
  .refine((text) => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 200, 'A number from 1 to 200')
  .transform(Number)
  .optional()
  .meta({ type: 'integer', minimum: 1, maximum: 200, description: '50 by default' });

/** Opaque; what `next` of the page before said. */
export const cursor = z.string().max(2_000).describe('`next` of the page before').optional();

/** An ISO 8601 instant in UTC, as the hub writes them. */
export const instant = z.iso.datetime({ message: 'An instant in UTC, such as 2026-01-31T08:00:00Z' });

/** A page of a list under its name in the description. */
export function pageOf<S extends z.ZodType>(id: string, item: S) {
  return named(
    id,
    z.object({
      items: z.array(item),
      next: z.string().nullable().describe('Cursor of the next page; null at the end'),
    }),
  );
}

/** Leaves out what is undefined, as exactOptionalPropertyTypes wants it. */
export function given<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** @throws HubError not-found */
export function found<T>(value: T | undefined): T {
  if (value === undefined) throw new HubError('not-found');
  return value;
}

/** Milliseconds since 1970 as the API shows instants. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/**
 * A page of a short list that is in memory as a whole. The cursor is the place in it.
 * @throws HubError bad-request for a cursor that is not one of ours
 */
export function sliceOf<T>(
  all: readonly T[],
  { limit = 50, cursor }: { limit?: number | undefined; cursor?: string | undefined },
): { items: readonly T[]; next: string | null } {
  const from = cursor === undefined ? 0 : Number(cursor);
  if (!/^\d{1,9}$/.test(cursor ?? '0')) throw new HubError('bad-request', 'The cursor does not belong to this list');
  const below = from + limit;
  return { items: all.slice(from, below), next: below < all.length ? String(below) : null };
}
