import type { Logger } from '#platform/log.ts';
import { leases } from '../collections.ts';
import type { Engine } from '../port.ts';
import { keepLease, type Lease, newHolder } from './lease.ts';

const times = { ttlMs: 6000, everyMs: 1500 };
/** Ids of the records that say which processes use the store. */
const prefix = 'node:';
const maintenance = 'maintenance';

type Shared = Pick<Engine, 'exclusive' | 'get' | 'find' | 'commit'>;

/** Somebody works on the whole store and must be alone with it. */
export class StoreInMaintenance extends Error {
  constructor(holder: string) {
    super(`the store is being copied (by ${holder}); wait until that is done, or end it there`);
    this.name = 'StoreInMaintenance';
  }
}

/** Processes use the store that somebody wants for himself. */
export class StoreInUse extends Error {
  constructor(holders: readonly string[]) {
    super(`the store is in use by ${holders.join(', ')} (machine/process); stop the hub there first`);
    this.name = 'StoreInUse';
  }
}

/**
 * Says that this process uses the store, until `leave`. Whoever enters writes first and looks then, as `alone` does, so that of two
 * at the same moment at least one sees the other.
 *
 * @throws StoreInMaintenance
 */
export async function enter(engine: Shared, log?: Logger): Promise<{ leave(): Promise<void> }> {
  if (engine.exclusive) return { leave: async () => {} };
  const lease = keepLease(engine, `${prefix}${newHolder()}`, { ...times, log });
  try {
    await taken(lease);
    const holder = await liveHolder(engine, maintenance);
    if (holder !== undefined) throw new StoreInMaintenance(holder);
  } catch (error) {
    await lease.release();
    throw error;
  }
  return { leave: () => lease.release() };
}

/**
 * Has the store for this process alone, until `leave`: whoever wants to enter is refused meanwhile.
 *
 * @throws StoreInUse, StoreInMaintenance
 */
export async function alone(engine: Shared, log?: Logger): Promise<{ leave(): Promise<void> }> {
  if (engine.exclusive) return { leave: async () => {} };
  const before = await liveHolder(engine, maintenance);
  if (before !== undefined) throw new StoreInMaintenance(before);
  const lease = keepLease(engine, maintenance, { ...times, log });
  try {
    await taken(lease);
    const inUse = await othersIn(engine);
    if (inUse.length > 0) throw new StoreInUse(inUse);
  } catch (error) {
    await lease.release();
    throw error;
  }
  return { leave: () => lease.release() };
}

/** Who uses the store now, as far as anybody said so; those who died without a word are taken off the list. */
async function othersIn(engine: Shared): Promise<readonly string[]> {
  const { items } = await engine.find(leases, { where: { id: { prefix } }, limit: 1000 });
  const live = await Promise.all(items.map(({ id }) => liveHolder(engine, id)));
  return live.filter((holder) => holder !== undefined);
}

/** The holder of a lease, if it moves within the time that a lease lives; one that does not is removed. */
async function liveHolder(engine: Shared, id: string): Promise<string | undefined> {
  const first = await engine.get(leases, id);
  if (first === undefined) return undefined;
  const until = performance.now() + times.ttlMs;
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const now = await engine.get(leases, id);
    if (now === undefined) return undefined;
    if (now.version !== first.version || now.holder !== first.holder) return now.holder;
  }
  await engine
    .commit({ changes: [{ kind: 'remove', collection: leases, id, ifVersion: first.version }] })
    .catch(() => {});
  return undefined;
}

async function taken(lease: Lease): Promise<void> {
  const until = performance.now() + 10_000;
  while (!lease.held) {
    if (performance.now() > until) throw new Error('the store does not let this process in; does it answer?');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
