import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Services } from '#actions/services.ts';
import { withoutSpooled } from '#actions/sessions/spool/hidden.ts';
import { SignOutSpool } from '#actions/sessions/spool/spool.ts';
import type { SystemModule } from '#domain/providers/system-module.ts';
import { createDirectories } from '#federation/ldap/directory.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import { createGuesser } from '#platform/guessing/guesser.ts';
import type { Hasher } from '#platform/hashing/hasher.ts';
import { createHasher } from '#platform/hashing/pool.ts';
import { createLog, type Logger } from '#platform/log.ts';
import { createSealer, type Sealer } from '#platform/seal.ts';
import { createConnectors } from '#provisioning/connectors/connectors.ts';
import { ensureSecret } from '#settings/secret.ts';
import type { Settings } from '#settings/settings.ts';
import { assertWhole } from '#storage/moving/copy.ts';
import type { Engine } from '#storage/port.ts';
import type { Copyable, Movable, ServingEngine } from '#storage/serving.ts';
import { socketAddress } from '#storage/socket/address.ts';
import { connectEngine } from '#storage/socket/client.ts';
import { openSqlite } from '#storage/sqlite/engine.ts';
import { StoreLocked } from '#storage/sqlite/lock.ts';
import { createStore } from '#storage/store.ts';
import { watched } from '#storage/watch/watched.ts';

/** How long to wait for somebody who holds the store for a moment. */
const patienceMs = 10_000;

export interface Surroundings {
  readonly clock: Clock;
  readonly log: Logger;
  /** Who hashes passwords; undefined: threads of this process. Another one only where hashing is measured apart. */
  readonly hasher: Hasher | undefined;
  /** Under which name a process that serves comes again after its death, to have at once what it had; none for a command. */
  readonly node: string | undefined;
}

/** The clock of this machine and a log on standard error, where nothing else is handed in. */
export function surroundings(given: Partial<Surroundings> = {}): Surroundings {
  const { clock = systemClock, log = createLog(), hasher, node } = given;
  return { clock, log, hasher, node };
}

/**
 * Opens the store of these settings: the embedded one for this process alone, MongoDB beside others.
 *
 * @throws StoreLocked, StoreTooNew, WrongSecret, UnfitServer, StoreUnavailable
 */
export async function openEngine(
  settings: Settings,
  seal: Sealer,
  around: Pick<Surroundings, 'clock' | 'log'> & Partial<Pick<Surroundings, 'node'>>,
): Promise<ServingEngine> {
  const engine = await openAny(settings.store, seal, around);
  try {
    await assertWhole(engine.moving(), settings.store.kind === 'sqlite' ? settings.store.file : 'the store');
    return engine;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** Opens a store to be copied from or into; nothing is loaded into it. @throws as openEngine */
export function openForCopy(
  store: Settings['store'],
  seal: Sealer,
  around: Pick<Surroundings, 'clock' | 'log'>,
): Promise<Movable> {
  return openAny(store, seal, around);
}

async function openAny(
  store: Settings['store'],
  seal: Sealer,
  { clock, log, node }: Pick<Surroundings, 'clock' | 'log'> & Partial<Pick<Surroundings, 'node'>>,
): Promise<ServingEngine & Movable> {
  if (store.kind === 'mongodb') {
    // Loaded only where it is used: the driver is half as large as the hub.
    const { openMongo } = await import('#storage/mongodb/engine.ts');
    return openMongo({ url: store.url, clock, seal, log, ...(node === undefined ? {} : { node }) });
  }
  mkdirSync(dirname(store.file), { recursive: true, mode: 0o700 });
  return openSqlite({ file: store.file, clock, seal, log });
}

/** The engine of the hub that runs on this data folder, over its socket; undefined when none runs. */
export async function runningEngine(settings: Settings): Promise<Copyable | undefined> {
  // MongoDB takes the command line beside the hub.
  if (settings.store.kind !== 'sqlite') return undefined;
  const address = socketAddress(settings.data, process.cwd());
  return address === undefined ? undefined : connectEngine(address);
}

/**
 * Opens the embedded store as soon as it is free: a command of the command line holds it for a moment only.
 *
 * @param isServed asked while somebody holds it; true = it will not be free soon.
 * @throws StoreLocked when it is served, or not free within ten seconds
 */
export async function openWhenFree(
  settings: Settings,
  seal: Sealer,
  around: Surroundings,
  isServed: () => Promise<boolean>,
): Promise<ServingEngine> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      return await openEngine(settings, seal, around);
    } catch (error) {
      if (!(error instanceof StoreLocked) || Date.now() > until || (await isServed())) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** The master key of these settings, made at the first start, as what everything sealed is opened with. */
export function openSealer(settings: Settings): Sealer {
  mkdirSync(settings.data, { recursive: true, mode: 0o700 });
  return createSealer(ensureSecret(settings));
}

/**
 * What actions may use, over an engine that is open already: this process's own, or a running hub's over the socket.
 *
 * @param parts.callMs how long a call to the store may take; default what a waiting browser bears
 */
export function createServices(
  settings: Settings,
  parts: { engine: Engine; seal: Sealer; modules: readonly SystemModule[]; callMs?: number },
  { clock, log, hasher }: Surroundings,
): Services {
  const { seal } = parts;
  const engine = watched(parts.engine, parts);
  const signOuts = new SignOutSpool(settings.data, { engine, seal, log });
  return {
    settings,
    store: createStore(withoutSpooled(engine, signOuts)),
    signOuts,
    clock,
    seal,
    hasher: hasher ?? createHasher(settings.limits.hash),
    guesser: createGuesser(),
    modules: new Map(parts.modules.map((module) => [module.id, module])),
    log,
    directories: createDirectories({ clock }),
    connectors: createConnectors(),
  };
}
