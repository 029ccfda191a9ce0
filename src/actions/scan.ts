import type { Page } from '#storage/port.ts';

type Items<T> = Pick<Page<T>, 'next'> & { readonly items: readonly T[] };

/** So many pages are looked through for one answer; beyond, it is short and its cursor leads on. */
const mostSteps = 20;

/**
 * One page of what fits out of a longer list, for tests that no index serves. An answer may be shorter than asked for, even
 * empty, while more follow.
 * @param fetch a page of at most so many, from a cursor on
 */
export async function scan<T>(
  limit: number,
  cursor: string | undefined,
  fetch: (limit: number, cursor: string | undefined) => Promise<Items<T>>,
  fits: (item: T) => boolean | Promise<boolean>,
): Promise<{ items: T[]; next: string | null }> {
  const items: T[] = [];
  let next: string | null | undefined = cursor;
  for (let step = 0; step < mostSteps && items.length < limit && next !== null; step += 1) {
    // What is missing and no more: the cursor stands behind the last item that was looked at.
    const page = await fetch(limit - items.length, next);
    for (const item of page.items) if (await fits(item)) items.push(item);
    next = page.next;
  }
  return { items, next: next ?? null };
}
