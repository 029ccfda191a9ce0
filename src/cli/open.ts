import { existsSync } from 'node:fs';
import { everyRecord } from '#actions/access/reading.ts';
import { hubPeople } from '#actions/unify/directory.ts';
import type { HubPerson } from '#domain/unify/read/hub-person.ts';
import { systemModules } from '#providers/index.ts';
import type { Settings } from '#settings/settings.ts';
import { loadFirst } from '#src/first-load.ts';
import {
  createServices,
  openEngine,
  openSealer,
  openWhenFree,
  runningEngine,
  type Surroundings,
} from '#src/services.ts';
import { systems } from '#storage/collections.ts';
import { enter } from '#storage/leases/presence.ts';
import type { Copyable, ServingEngine } from '#storage/serving.ts';
import { openSqlite } from '#storage/sqlite/engine.ts';
import type { KnownSystem, OpenHub } from './io.ts';

/** The hub as a command uses it, with the engine behind it for copies. */
export interface OpenedHub extends OpenHub {
  readonly engine: Copyable;
  /** Does a hub run on this data folder? */
  readonly running: boolean;
}

/**
 * Opens the hub as the server does: the running hub's store over its socket, else the store itself, with the first policy
 * and people of the configuration loaded into an empty one.
 *
 * @throws StoreLocked when somebody holds the store for longer than a command should take.
 */
export async function openHub(settings: Settings, around: Surroundings): Promise<OpenedHub> {
  const seal = openSealer(settings);
  const found: { served?: Copyable | undefined } = { served: await runningEngine(settings) };
  if (found.served !== undefined) return opened(settings, found.served, seal, around, true);
  let engine: ServingEngine;
  try {
    engine = await openWhenFree(settings, seal, around, async () => {
      found.served = await runningEngine(settings);
      return found.served !== undefined;
    });
  } catch (error) {
    // A hub that was just starting when this was called.
    if (found.served === undefined) throw error;
    return opened(settings, found.served, seal, around, true);
  }
  const hub = opened(settings, engine, seal, around, false);
  let entered: Awaited<ReturnType<typeof enter>> | undefined;
  const close = async (): Promise<void> => {
    await entered?.leave();
    await hub.close();
  };
  try {
    entered = await enter(engine, around.log);
    await loadFirst(hub.services);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...hub, close };
}

function opened(
  settings: Settings,
  engine: Copyable,
  seal: ReturnType<typeof openSealer>,
  around: Surroundings,
  running: boolean,
): OpenedHub {
  // Over the socket a call waits for whatever the hub is at.
  const patience = running ? { callMs: 15_000 } : {};
  const services = createServices(settings, { engine, seal, modules: systemModules, ...patience }, around);
  return {
    services,
    engine,
    running,
    close: async () => {
      await services.hasher.close();
      await services.guesser.close();
      await engine.close();
    },
  };
}

/** The systems of the configuration and of the store, if there is one; makes none. */
export async function knownSystems(settings: Settings, around: Surroundings): Promise<KnownSystem[]> {
  const known = new Map<string, KnownSystem>(settings.systems.map(({ id, side }) => [id, { id, side }]));
  const found = await withStore(settings, around, (store) => Array.fromAsync(everyRecord(store, systems)));
  for (const { id, side } of found ?? []) known.set(id, { id, side });
  return [...known.values()];
}

/** The people of the store, if there is one; makes none. */
export async function knownPeople(settings: Settings, around: Surroundings): Promise<readonly HubPerson[]> {
  return (await withStore(settings, around, (store) => hubPeople({ store }))) ?? [];
}

/** Reads in a store that is there; undefined where there is none. */
async function withStore<R>(
  settings: Settings,
  around: Surroundings,
  read: (store: Pick<Copyable, 'find'>) => Promise<R>,
): Promise<R | undefined> {
  const { store } = settings;
  if (store.kind === 'sqlite' && !existsSync(store.file)) return undefined;
  const seal = openSealer(settings);
  const engine =
    store.kind === 'sqlite'
      ? await openSqlite({ file: store.file, clock: around.clock, seal, readOnly: true })
      : await openEngine(settings, seal, around);
  try {
    return await read(engine);
  } finally {
    await engine.close();
  }
}
