import { setImmediate } from 'node:timers/promises';
import type { Collection, Stored } from '#storage/collection.ts';
import { type Assignment, assignments, type System, systems } from '#storage/collections.ts';
import type { Query } from '#storage/port.ts';
import type { Store } from '#storage/store.ts';

/** Pages through every record that a query finds. */
export async function* everyRecord<T extends object>(
  store: Pick<Store, 'find'>,
  collection: Collection<T>,
  query: Omit<Query, 'cursor' | 'limit'> = {},
): AsyncGenerator<Stored<T>> {
  let cursor: string | null | undefined;
  do {
    const page = await store.find(collection, { ...query, limit: 1000, ...(cursor ? { cursor } : {}) });
    yield* page.items;
    cursor = page.next;
    // The embedded engine answers at once: everybody else gets a turn between the pages.
    if (cursor !== null) await setImmediate();
  } while (cursor !== null);
}

/** All single assignments of a person, in force or not. */
export async function assignmentsOf(store: Pick<Store, 'find'>, person: string): Promise<Stored<Assignment>[]> {
  return Array.fromAsync(everyRecord(store, assignments, { where: { person } }));
}

const cache = new WeakMap<Store, { readonly change: number; readonly systems: Promise<readonly Stored<System>[]> }>();

/** All systems as committed; read again only when one changed. */
export function committedSystems(store: Store): Promise<readonly Stored<System>[]> {
  const change = store.changes(systems);
  const cached = cache.get(store);
  if (cached?.change === change) return cached.systems;
  const all = Array.fromAsync(everyRecord(store.engine, systems));
  cache.set(store, { change, systems: all });
  all.catch(() => cache.delete(store));
  return all;
}
