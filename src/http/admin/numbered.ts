import type { Collection, Stored } from '#storage/collection.ts';
import type { Query } from '#storage/port.ts';
import type { Store } from '#storage/store.ts';

const most = 1000;

/**
 * One numbered page of a list that the store hands out by cursor. What comes before it is read, so this is for lists of some
 * thousand, not for the audit log.
 * @param page from 1
 */
export async function numberedPage<T extends object>(
  { find }: Pick<Store, 'find'>,
  collection: Collection<T>,
  query: Omit<Query, 'cursor' | 'limit'>,
  page: number,
  size: number,
): Promise<readonly Stored<T>[]> {
  let cursor: string | null | undefined;
  for (let left = (page - 1) * size; left > 0; left -= most) {
    const before = await find(collection, { ...query, limit: Math.min(left, most), ...(cursor ? { cursor } : {}) });
    cursor = before.next;
    if (cursor === null) return [];
  }
  return (await find(collection, { ...query, limit: size, ...(cursor ? { cursor } : {}) })).items;
}
