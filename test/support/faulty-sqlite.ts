import { type Engine, StoreUnavailable } from '#storage/port.ts';
import { SqliteEngine } from '#storage/sqlite/engine.ts';

/** What every SQLite store that is opened from now on does when it is asked. */
export interface Fault {
  /** `unwritable`: reads go on, as on a full disk. `silent`: no call is ever answered, as behind a dead network. */
  mode: 'none' | 'failing' | 'unwritable' | 'silent';
}

type Method = 'get' | 'find' | 'count' | 'commit' | 'ping';
const reads: readonly Method[] = ['get', 'find', 'count'];
const all: readonly Method[] = [...reads, 'commit', 'ping'];

/**
 * Puts a switch in front of every SQLite engine of this process, so that the hub above meets what it would meet over a
 * network: SQLite itself answers reads within the call and could never be silent.
 */
export function faultySqlite(t: { after(end: () => void): void }): Fault {
  const fault: Fault = { mode: 'none' };
  const proto = SqliteEngine.prototype as unknown as Record<Method, (...args: unknown[]) => Promise<unknown>>;
  const before = Object.getOwnPropertyDescriptors(SqliteEngine.prototype);
  for (const method of all) {
    const real = proto[method];
    proto[method] = function (this: Engine, ...args) {
      if (fault.mode === 'silent') return new Promise(() => {});
      const fails = fault.mode === 'failing' || (fault.mode === 'unwritable' && !reads.includes(method));
      return fails ? Promise.reject(new StoreUnavailable('inner words of the disk')) : real.apply(this, args);
    };
  }
  Object.defineProperty(SqliteEngine.prototype, 'readsAtOnce', { configurable: true, get: () => false });
  t.after(() => {
    fault.mode = 'none';
    Object.defineProperties(SqliteEngine.prototype, before);
  });
  return fault;
}
