import { ensureKeys } from '#actions/keys/ensure.ts';
import { ensurePeople } from '#actions/people/ensure.ts';
import { ensurePolicy } from '#actions/policy/ensure.ts';
import type { Services } from '#actions/services.ts';
import { applySystems } from '#actions/systems/apply.ts';
import type { Origin } from '#domain/audit/event.ts';

const origin: Origin = { actor: { kind: 'hub' } };

/**
 * What every opening of a store begins with, by the server and by the command line alike: the keys that are missing, the
 * systems of the configuration, the first policy and the first people, in this order: the policy is checked against the
 * systems, and people against its separation rules.
 */
export async function loadFirst(services: Services): Promise<void> {
  const { settings } = services;
  await ensureKeys(services, origin);
  await applySystems(services, origin, settings.systems);
  await ensurePolicy(services);
  await ensurePeople(services);
}
