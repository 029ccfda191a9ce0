import type { Collection, Stored } from '#storage/collection.ts';
import { sessions } from '#storage/collections.ts';
import type { Page, Query } from '#storage/port.ts';
import type { Watched } from '#storage/watch/watched.ts';
import type { SignOutSpool } from './spool.ts';

/** The same store, in which a session that was signed out is not found even before the store knows it. */
export function withoutSpooled(engine: Watched, spool: Pick<SignOutSpool, 'size' | 'has'>): Watched {
  const hidden: Pick<Watched, 'get' | 'find'> = {
    get<T extends object>(collection: Collection<T>, id: string): Promise<Stored<T> | undefined> {
      if (spool.size > 0 && collection.name === sessions.name && spool.has(id)) return Promise.resolve(undefined);
      return engine.get(collection, id);
    },
    find<T extends object>(collection: Collection<T>, query: Query): Promise<Page<T>> {
      const page = engine.find(collection, query);
      if (spool.size === 0 || collection.name !== sessions.name) return page;
      return page.then(({ items, next }) => ({ next, items: items.filter(({ id }) => !spool.has(id)) }));
    },
  };
  return Object.assign(Object.create(engine) as Watched, hidden);
}
