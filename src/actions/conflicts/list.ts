import type { Stored } from '#storage/collection.ts';
import { type Acceptance, acceptances } from '#storage/collections.ts';
import { everyRecord } from '../access/reading.ts';
import { type StandingConflict, standingConflicts } from '../policy/conflicts.ts';
import type { Services } from '../services.ts';
import { acceptanceId, isAccepted } from './accept.ts';
import { conflictCause } from './cause.ts';

/** A breach that stands, and whether somebody answers for it. One conflict is one row, however many ways lead to it. */
export interface ConflictWithAcceptance extends StandingConflict {
  /** `lapsed`: it was accepted, that has ended, and the breach still stands. */
  readonly state: 'open' | 'accepted' | 'lapsed';
  /** The one that counts, or the last that did. */
  readonly acceptance?: Stored<Acceptance>;
  /** Whole days that the acceptance still counts, the last one included. */
  readonly daysLeft?: number;
}

const dayMs = 86_400_000;

/** Every standing breach with its acceptance. As dear as `standingConflicts`, plus one read of the acceptances. */
export async function conflictsWithAcceptance(services: Services): Promise<readonly ConflictWithAcceptance[]> {
  const now = services.clock.now();
  const known = new Map<string, Stored<Acceptance>>();
  for await (const one of everyRecord(services.store, acceptances)) known.set(one.id, one);
  return (await standingConflicts(services)).map((conflict) => {
    const acceptance = known.get(acceptanceId(conflict.personId, conflict.separation));
    if (acceptance === undefined) return { ...conflict, state: 'open' };
    if (!isAccepted(acceptance, now))
      return { ...conflict, acceptance, state: acceptance.state === 'revoked' ? 'open' : 'lapsed' };
    return { ...conflict, acceptance, state: 'accepted', daysLeft: Math.ceil((acceptance.until - now) / dayMs) };
  });
}

/** So many are looked at for an alarm; who has more of them has the list. */
const mostAlarms = 500;

/** Acceptances that ran out while the breach still stands. Looks at those people alone. */
export async function lapsedAcceptances(services: Services): Promise<readonly Stored<Acceptance>[]> {
  const { items } = await services.store.find(acceptances, { where: { state: 'lapsed' }, limit: mostAlarms });
  const standing: Stored<Acceptance>[] = [];
  for (const one of items) {
    if ((await conflictCause(services, one.person, one.separation)) !== undefined) standing.push(one);
  }
  return standing;
}
