import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Services } from '#actions/services.ts';
import type { SystemModule } from '#domain/providers/system-module.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import type { Hasher } from '#platform/hashing/hasher.ts';
import { createHasher } from '#platform/hashing/pool.ts';
import { createLog, type Logger } from '#platform/log.ts';
import { createSealer, type Sealer } from '#platform/seal.ts';
import { ensureSecret } from '#settings/secret.ts';
import type { Settings } from '#settings/settings.ts';
import type { Engine } from '#storage/port.ts';
import { openSqlite, type SqliteEngine } from '#storage/sqlite/engine.ts';
import { createStore } from '#storage/store.ts';

export interface Surroundings {
  readonly clock: Clock;
  readonly log: Logger;
  /** Who hashes passwords; undefined: threads of this process. Another one only where hashing is measured apart. */
  readonly hasher: Hasher | undefined;
}

/** The clock of this machine and a log on standard error, where nothing else is handed in. */
export function surroundings(given: Partial<Surroundings> = {}): Surroundings {
  return { clock: given.clock ?? systemClock, log: given.log ?? createLog(), hasher: given.hasher };
}

/** Opens the embedded store of these settings for this process alone. @throws StoreLocked, StoreTooNew */
export async function openEngine(
  settings: Settings,
  seal: Sealer,
  { clock, log }: Pick<Surroundings, 'clock' | 'log'>,
): Promise<SqliteEngine> {
  if (settings.store.kind !== 'sqlite') {
    throw new Error('store: this version has the embedded store alone; write sqlite:<path>');
  }
  mkdirSync(dirname(settings.store.file), { recursive: true, mode: 0o700 });
  return openSqlite({ file: settings.store.file, clock, seal, log });
}

/** The master key of these settings, made at the first start, as what everything sealed is opened with. */
export function openSealer(settings: Settings): Sealer {
  mkdirSync(settings.data, { recursive: true, mode: 0o700 });
  return createSealer(ensureSecret(settings));
}

/** What actions may use, over an engine that is open already: this process's own, or a running hub's over the socket. */
export function createServices(
  settings: Settings,
  parts: { engine: Engine; seal: Sealer; modules: readonly SystemModule[] },
  { clock, log, hasher }: Surroundings,
): Services {
  return {
    settings,
    store: createStore(parts.engine),
    clock,
    seal: parts.seal,
    hasher: hasher ?? createHasher(settings.limits.hash),
    modules: new Map(parts.modules.map((module) => [module.id, module])),
    log,
  };
}
