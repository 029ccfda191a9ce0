import { ensureFactorsKnown } from '#actions/factors/grace.ts';
import { ensureKeys } from '#actions/keys/ensure.ts';
import { ensurePeople } from '#actions/people/ensure.ts';
import { ensurePolicy } from '#actions/policy/ensure.ts';
import type { Services } from '#actions/services.ts';
import { ensureSetup } from '#actions/setup/setup.ts';
import { applySources } from '#actions/sources/apply.ts';
import { applySystems } from '#actions/systems/apply.ts';
import type { Origin } from '#domain/audit/event.ts';
import { inTurn } from '#storage/leases/turn.ts';

const origin: Origin = { actor: { kind: 'hub' } };

/**
 * What every opening of a store begins with, by the server and by the command line alike: the keys that are missing, the
 * systems and sources of the configuration, the first policy and the first people, in this order: the policy is checked against the
 * systems, and people against its separation rules. Of several processes that start at once one does it, and the others find it
 * done; each step is conditional besides. Last is noted since when second
 * factors are known.
 */
export function loadFirst(services: Services): Promise<void> {
  return inTurn(services.store.engine, 'start', () => load(services), { log: services.log });
}

/** The same for a hub that is to serve: whoever is to own it, too. @returns the path of the one-time address, if there is one. */
export function loadFirstAndSetUp(services: Services): Promise<string | undefined> {
  const work = async (): Promise<string | undefined> => {
    await load(services);
    return ensureSetup(services);
  };
  return inTurn(services.store.engine, 'start', work, { log: services.log });
}

async function load(services: Services): Promise<void> {
  const { settings } = services;
  await ensureKeys(services, origin);
  await applySystems(services, origin, settings.systems);
  await applySources(services, origin, settings.sources);
  await ensurePolicy(services);
  await ensurePeople(services);
  await ensureFactorsKnown(services);
}
