import type { Stored } from '#storage/collection.ts';
import { type System, systems } from '#storage/collections.ts';
import { isUnavailable } from '#storage/port.ts';
import type { Services } from '../services.ts';

/** Every system, by id, by client id and by the audience of its API; kept per process until a system changes. */
export interface SystemDirectory {
  /** Changes whenever a system changes. */
  readonly generation: number;
  readonly all: readonly Stored<System>[];
  readonly byId: ReadonlyMap<string, Stored<System>>;
  readonly byClientId: ReadonlyMap<string, Stored<System>>;
  readonly byAudience: ReadonlyMap<string, Stored<System>>;
}

const directories = new WeakMap<Services, { counter: number; directory: Promise<SystemDirectory> }>();

/** The last that could be loaded, however old. */
const newest = new WeakMap<Services, SystemDirectory>();

export function systemDirectory(services: Services): Promise<SystemDirectory> {
  const counter = services.store.changes(systems);
  const cached = directories.get(services);
  if (cached?.counter === counter) return cached.directory;
  const directory = load(services, counter);
  directories.set(services, { counter, directory });
  directory.then(
    (loaded) => newest.set(services, loaded),
    () => directories.delete(services),
  );
  return directory;
}

/**
 * The directory, or while the store does not answer the one of before: for signing out, which works then too. Nothing may be
 * granted by it.
 */
export async function directoryOrLast(services: Services): Promise<SystemDirectory> {
  try {
    return await systemDirectory(services);
  } catch (error) {
    const last = newest.get(services);
    if (last === undefined || !isUnavailable(error)) throw error;
    return last;
  }
}

async function load(services: Services, counter: number): Promise<SystemDirectory> {
  const all: Stored<System>[] = [];
  let cursor: string | undefined;
  do {
    // Straight from the engine: what a request has only buffered is not yet true for the others.
    const page = await services.store.engine.find(systems, {
      limit: 1000,
      ...(cursor === undefined ? {} : { cursor }),
    });
    all.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return {
    generation: counter,
    all,
    byId: new Map(all.map((system) => [system.id, system])),
    byClientId: new Map(all.map((system) => [system.clientId, system])),
    byAudience: new Map(all.flatMap((system) => (system.api === undefined ? [] : [[system.api.audience, system]]))),
  };
}

export async function systemByClientId(services: Services, clientId: string): Promise<Stored<System> | undefined> {
  return (await systemDirectory(services)).byClientId.get(clientId);
}
