import { AsyncLocalStorage } from 'node:async_hooks';
import type { Collection, Stored } from './collection.ts';
import {
  type AuditReader,
  type Change,
  type Commit,
  CommitConflict,
  type Engine,
  type Page,
  type Query,
} from './port.ts';
import { UnitOfWork } from './unit-of-work.ts';
import type { Watched } from './watch/watched.ts';

/**
 * The store as everything above sees it: an engine, and the unit of work of the request in hand.
 *
 * Inside `unit(…)` every `write` is only buffered, reads see what was buffered, and all of it, audit events included,
 * becomes one commit when the unit ends: one request, one commit. Outside, `write` commits at once.
 */
export interface Store {
  readonly engine: Watched;
  readonly audit: AuditReader;
  get<T extends object>(collection: Collection<T>, id: string): Promise<Stored<T> | undefined>;
  /** Inside a unit: sees its own buffered writes only for equality on a single field; paging does not. */
  find<T extends object>(collection: Collection<T>, query: Query): Promise<Page<T>>;
  /** The one record whose unique index holds the value, or undefined. */
  one<T extends object>(collection: Collection<T>, field: string, value: string): Promise<Stored<T> | undefined>;
  count(collection: Collection, where?: Query['where']): Promise<number>;
  changes(collection: Collection): number;
  /** @throws CommitConflict, StoreUnavailable; inside a unit these come from the unit's end instead. */
  write(commit: Commit): Promise<void>;
  /** Commits now even inside a unit: for what must hold whatever becomes of the request (a throttle's count). */
  writeNow(commit: Commit): Promise<void>;
  /** Runs `work` in a fresh unit of work and hands it over; the caller commits or drops it. */
  unit<R>(work: (unit: UnitOfWork) => Promise<R>): Promise<R>;
  /** The unit of the request in hand, if there is one. */
  current(): UnitOfWork | undefined;
}

export function createStore(engine: Watched): Store {
  const local = new AsyncLocalStorage<UnitOfWork>();
  // A lost race says that another process changed something, perhaps before its change was counted here: who looks again then
  // must not find in a cache what it lost by.
  let doubts = 0;
  const commit: Engine['commit'] = async (given) => {
    try {
      await engine.commit(given);
    } catch (error) {
      if (error instanceof CommitConflict && error.change.collection.life === 'kept') doubts += 1;
      throw error;
    }
  };
  // Asked of the engine each time: a test that lets its reads fail has to be felt in a unit too.
  const doors: Pick<Engine, 'get' | 'find' | 'commit'> = {
    get: (collection, id) => engine.get(collection, id),
    find: (collection, query) => engine.find(collection, query),
    commit,
  };
  return {
    engine,
    audit: engine.audit,
    // Not async: that would put three turns of promises around each read, and a request makes a dozen.
    get: (collection, id) => (local.getStore() ?? engine).get(collection, id),
    find: (collection, query) => (local.getStore() ?? engine).find(collection, query),
    async one(collection, field, value) {
      const page = await (local.getStore() ?? engine).find(collection, { where: { [field]: value }, limit: 1 });
      return page.items[0];
    },
    count: (collection, where) => engine.count(collection, where),
    changes: (collection) => engine.changes(collection) + doubts,
    async write(given) {
      const unit = local.getStore();
      if (unit === undefined) return commit(given);
      unit.stage(given);
    },
    writeNow: (given) => commit(given),
    unit: (work) => {
      const unit = new UnitOfWork(doors);
      return local.run(unit, () => work(unit));
    },
    current: () => local.getStore(),
  };
}

export type { Change, Commit };
