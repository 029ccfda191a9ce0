import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type Endings, endingsAfter } from '#actions/checkpoints/endings.ts';
import { newestCheckpoint } from '#actions/checkpoints/folder.ts';
import { takeCheckpoint } from '#actions/checkpoints/take.ts';
import { endStandIns } from '#actions/factors/new-epoch.ts';
import { disablePerson } from '#actions/people/change.ts';
import type { Services } from '#actions/services.ts';
import { readCheckpoint } from '#domain/audit/checkpoint.ts';
import { draft } from '#domain/audit/event.ts';
import type { Sealer } from '#platform/seal.ts';
import { systemModules } from '#providers/index.ts';
import type { Settings } from '#settings/settings.ts';
import { createServices, openEngine, openSealer, runningEngine, type Surroundings } from '#src/services.ts';
import { people } from '#storage/collections.ts';
import type { Heads } from '#storage/port.ts';
import type { ServingEngine } from '#storage/serving.ts';
import { openSqlite } from '#storage/sqlite/engine.ts';
import { takeLock } from '#storage/sqlite/lock.ts';
import { WrongUse } from '../io.ts';
import { operatorOrigin } from '../operator.ts';
import { type Lost, lossesSince } from './losses.ts';
import { copyBeside, isDatabase, putInPlace, removeCopy } from './place.ts';

export interface Restored {
  readonly file: string;
  /** The epoch that begins: sessions, grants, tokens, codes and links from before are dead. */
  readonly epoch: number;
  /** Ids of people who were disabled after the backup was made, and are disabled again. */
  readonly disabledAgain: readonly string[];
  /** Disabled after the backup was made, but not in it. */
  readonly notInBackup: readonly string[];
  /** What was done after the backup and is not in it; undefined when the replaced store could not tell. */
  readonly lost?: readonly Lost[];
  /** Sign-ins, entries and the like after the backup. */
  readonly passing?: number;
  /** Where the replaced store lies. */
  readonly replaced?: string;
}

/**
 * Puts a backup in place of the store (security.md, first paragraph): a new epoch begins, people who were disabled since are disabled
 * again as far as later checkpoints know them, what else is lost is listed.
 */
export async function restore(settings: Settings, around: Surroundings, file: string): Promise<Restored> {
  const { store } = settings;
  if (store.kind !== 'sqlite') throw new Error('restore is for the embedded store; MongoDB has its own tools');
  if (!existsSync(file)) throw new WrongUse(`${file} does not exist`);
  if (!isDatabase(file)) throw new Error(`${file} is no backup: it is not a SQLite database`);
  const running = await runningEngine(settings);
  if (running !== undefined) {
    await running.close();
    throw new Error('The hub is running on this store; stop it first.');
  }
  const newest = newestCheckpoint(settings);
  const now = new Date(around.clock.now()).toISOString();
  if (newest !== undefined && readCheckpoint(newest.jws).at >= now) {
    throw new Error(
      `The newest checkpoint is of ${readCheckpoint(newest.jws).at}, later than this machine's clock; set the clock.`,
    );
  }
  const seal = openSealer(settings);
  mkdirSync(dirname(store.file), { recursive: true, mode: 0o700 });
  const lock = takeLock(store.file);
  let prepared: Prepared;
  let replaced: string | undefined;
  try {
    const copy = copyBeside(file, store.file);
    prepared = await prepare(settings, around, seal, copy, basename(file));
    replaced = putInPlace(copy, store.file, now);
  } finally {
    removeCopy(store.file);
    lock.release();
  }
  const losses = replaced === undefined ? undefined : await lossesSince(replaced, prepared.heads, seal, around);
  await checkpointed(settings, around, seal);
  return {
    file,
    epoch: prepared.epoch,
    ...prepared.disabled,
    ...(losses === undefined ? {} : { lost: losses.acts, passing: losses.passing }),
    ...(replaced === undefined ? {} : { replaced }),
  };
}

interface Prepared {
  readonly epoch: number;
  /** Where the backup's chains stood. */
  readonly heads: Heads;
  readonly disabled: { readonly disabledAgain: string[]; readonly notInBackup: string[] };
}

/** Everything that has to be true of the copy before it may be anybody's store. */
async function prepare(
  settings: Settings,
  around: Surroundings,
  seal: Sealer,
  copy: string,
  name: string,
): Promise<Prepared> {
  const engine = await openSqlite({ file: copy, clock: around.clock, seal, log: around.log });
  return using(settings, around, seal, engine, async (services) => {
    const heads = await engine.audit.heads();
    const event = draft(operatorOrigin(), 'backup.restored', 'success', { detail: { file: name } });
    const epoch = await engine.beginNewEpoch(event);
    await endStandIns(services);
    return { epoch, heads, disabled: await disableAgain(services, endingsAfter(settings, heads)) };
  });
}

async function disableAgain(
  services: Services,
  endings: Endings,
): Promise<{ disabledAgain: string[]; notInBackup: string[] }> {
  const disabledAgain: string[] = [];
  const notInBackup: string[] = [];
  for (const id of endings.disabled) {
    const person = await services.store.get(people, id);
    if (person === undefined) notInBackup.push(id);
    else if (person.status === 'active') {
      await disablePerson(services, operatorOrigin(), id, { reason: 'disabled after the backup was made' });
      disabledAgain.push(id);
    }
  }
  return { disabledAgain, notInBackup };
}

/** The restored store's own checkpoint is the newest from now on; without it the store would not be let start. */
async function checkpointed(settings: Settings, around: Surroundings, seal: Sealer): Promise<void> {
  const engine = await openEngine(settings, seal, around);
  await using(settings, around, seal, engine, (services) => takeCheckpoint(services, operatorOrigin()));
}

async function using<R>(
  settings: Settings,
  around: Surroundings,
  seal: Sealer,
  engine: ServingEngine,
  work: (services: Services) => Promise<R>,
): Promise<R> {
  const services = createServices(settings, { engine, seal, modules: systemModules }, around);
  try {
    return await work(services);
  } finally {
    await services.hasher.close();
    await services.guesser.close();
    await engine.close();
  }
}
