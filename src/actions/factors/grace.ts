import { isHubRole } from '#domain/hub-roles.ts';
import { factorGraces, meta } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { assignmentsOf } from '../access/reading.ts';
import type { Services } from '../services.ts';

const dayMs = 86_400_000;
/** Names when this hub first knew second factors: who was an admin before that has the whole grace. */
const recordId = 'factors';

/** Called at each start: notes when the hub's set-up, as far as second factors go, was. */
export async function ensureFactorsKnown(services: Services): Promise<void> {
  if ((await services.store.get(meta, recordId)) !== undefined) return;
  await services.store.write({
    changes: [{ kind: 'put', collection: meta, id: recordId, data: { since: services.clock.now() } }],
  });
}

/** Until when (ms) somebody with rights in the hub may do with a password alone: counted from the first of them. */
export async function adminGraceUntil(services: Services, person: string): Promise<number> {
  const since = (await services.store.get(meta, recordId))?.since;
  const given = (await assignmentsOf(services.store, person)).filter(({ role }) => isHubRole(role)).map(({ at }) => at);
  const first = Math.min(...given, services.clock.now());
  return Math.max(first, typeof since === 'number' ? since : 0) + services.settings.mfa.adminGrace;
}

/** Days that are left, begun ones counted. @returns 0 when it is over */
export function daysLeft(until: number, now: number): number {
  return Math.max(0, Math.ceil((until - now) / dayMs));
}

/**
 * May somebody without a second factor still set one up with the password alone, where one is asked for? The time counts from
 * the first asking, and anew after a reset; then somebody has to vouch for them.
 */
export async function mayStillEnrol(services: Services, person: string): Promise<boolean> {
  const asked = await services.store.get(factorGraces, person);
  return asked === undefined || services.clock.now() < asked.since + services.settings.mfa.grace;
}

/** Notes that a second factor was asked for; the first time counts. */
export async function noteAsked(services: Services, person: string): Promise<void> {
  if ((await services.store.get(factorGraces, person)) !== undefined) return;
  const data = { since: services.clock.now() };
  try {
    await services.store.writeNow({ changes: [{ kind: 'insert', collection: factorGraces, id: person, data }] });
  } catch (fault) {
    // Two tabs asked at the same moment.
    if (!(fault instanceof CommitConflict)) throw fault;
  }
}
