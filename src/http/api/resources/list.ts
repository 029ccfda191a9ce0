import { createHash } from 'node:crypto';
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

export const q = z.string().max(200).describe('Text that an item has to hold, case ignored').optional();

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

/** What every list takes. @param usual its order where none is asked for */
export function listQuery<const F extends readonly [string, ...string[]]>(fields: F, usual: string = fields[0]) {
  const orders = fields.flatMap((field) => [field, `-${field}`]) as [string, ...string[]];
  return { q, sort: z.enum(orders).describe(`${usual} by default`).optional(), limit, cursor };
}

interface ListQuery {
  readonly q?: string | undefined;
  readonly sort?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/**
 * A page of a short list that is in memory as a whole, in the order it comes in unless another is asked for.
 * @throws HubError bad-request for a cursor of another list or query
 */
export function listOf<T extends object>(
  all: readonly T[],
  query: ListQuery,
): { items: readonly T[]; next: string | null } {
  const { q: text = '', sort, limit: most = 50, cursor: given } = query;
  const matching = all.filter((item) => holds(item, text.toLowerCase()));
  const sorted = sort === undefined ? matching : inOrder(matching, sort);
  const mark = createHash('sha256')
    .update(JSON.stringify({ ...query, limit: 0, cursor: '' }))
    .digest('base64url')
    .slice(0, 8);
  const from = given === undefined ? 0 : placeOf(given, mark);
  const below = from + most;
  return { items: sorted.slice(from, below), next: below < sorted.length ? `${mark}.${below}` : null };
}

/** Text anywhere in the item's own values, lists included. */
export function holds(item: object, needle: string): boolean {
  if (needle === '') return true;
  return Object.values(item).some((value) =>
    typeof value === 'object' && value !== null ? holds(value, needle) : String(value).toLowerCase().includes(needle),
  );
}

function inOrder<T extends object>(items: readonly T[], sort: string): T[] {
  const descending = sort.startsWith('-');
  const field = descending ? sort.slice(1) : sort;
  const keyOf = (item: T): string | number => (item as Record<string, string | number>)[field] ?? '';
  const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
  return items.toSorted((a, b) => compare(keyOf(a), keyOf(b)) * (descending ? -1 : 1));
}

function placeOf(cursor: string, mark: string): number {
  const [given, place = ''] = cursor.split('.');
  if (given !== mark || !/^\d{1,9}$/.test(place)) {
    throw new HubError('bad-request', 'The cursor does not belong to this query');
  }
  return Number(place);
}
