import { join, resolve } from 'node:path';
import type { Settings } from './settings.ts';

/** What is wrong with a store's address as given; undefined when nothing is. */
export function storeFault(given: string): string | undefined {
  if (!/^sqlite:.+|^mongodb(\+srv)?:\/\/.+/.test(given)) {
    return 'is no store; write sqlite:<path>, or a mongodb:// address';
  }
  if (/^sqlite:.*(:memory:|mode=memory)/.test(given)) {
    return 'is a memory store, which forgets everything; write sqlite:<path>';
  }
  return undefined;
}

/** The store that an address names; without one the embedded store under `data`. Relative paths count from `cwd`. */
export function storeOf(given: string | undefined, data: string, cwd: string): Settings['store'] {
  if (given === undefined) return { kind: 'sqlite', file: join(data, 'hub.db') };
  if (!given.startsWith('sqlite:')) return { kind: 'mongodb', url: given };
  return { kind: 'sqlite', file: resolve(cwd, given.slice('sqlite:'.length).replace('<data>', data)) };
}
