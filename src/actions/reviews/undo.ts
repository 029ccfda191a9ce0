import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { isActive } from '#domain/people/active.ts';
import type { Stored } from '#storage/collection.ts';
import { type Assignment, assignments, type ReviewItem, reviewItems, reviews } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { guardedByPerson } from '../access/guarded.ts';
import { assigned, isSame } from '../assignments/assign.ts';
import { actorOf } from '../named.ts';
import { rightsOf } from '../people/rights.ts';
import type { Services } from '../services.ts';
import { decided, replaced, requireRunning, settled } from './decide.ts';
import { requireMayDecide } from './reviewers.ts';

/**
 * Takes a decision back while the review is open: one's own, or anybody's by who may assign roles. What was withdrawn is given back as
 * it was, unless its time is over, the person has left or a separation rule stands against it by now.
 * @throws HubError `not-found`, `forbidden`, `conflict`, `already-exists`, `stale`, SeparationBreached
 */
export async function undoDecision(
  services: Services,
  origin: Origin,
  id: string,
  ifVersion: number,
): Promise<Stored<ReviewItem>> {
  const { store } = services;
  const item = await store.get(reviewItems, id);
  if (item === undefined) throw new HubError('not-found');
  await requireMayDecide(services, origin, item);
  requireRunning(await store.get(reviews, item.review), services.clock.now());
  if (item.version !== ifVersion) throw new HubError('stale');
  if (item.state !== 'kept' && item.state !== 'change' && item.state !== 'withdrawn')
    throw new HubError('conflict', 'There is no decision to take back');
  const { id: _, version, expiresAt: _expiry, decision, taken, ...rest } = item;
  // Who reviews gives no role that somebody with the right to took.
  if (decision?.by !== actorOf(origin) && !(await rightsOf(services, origin)).has('hub:roles-assign'))
    throw new HubError('forbidden', 'Somebody else decided this; an administrator takes it back');
  const data: ReviewItem = { ...rest, state: 'open' };
  // A review that ends at the same moment leaves nothing open.
  const running: Change = {
    ...{ kind: 'update', collection: reviews, id: item.review, where: { state: 'open' }, set: { state: 'open' } },
  };
  const changes = [running, replaced(item, data)];
  const result = { ...data, id, version: version + 1 };
  const event = await decided(services, origin, item, data, { undone: true });
  if (taken === undefined || item.assignment === undefined) {
    await settled(() => store.write({ changes, events: [event] }));
    return result;
  }
  const assignment = item.assignment;
  await settled(() =>
    guardedByPerson(services, origin, item.person, async ({ person, assignments: standing }) => {
      if (taken.until !== undefined && taken.until <= services.clock.now())
        throw new HubError('conflict', 'What was withdrawn would have ended by now');
      const { endings, ...before } = taken;
      if (endings !== person.endings || !isActive(person, services.clock.now()))
        throw new HubError('conflict', 'This person has left: nothing that they had comes back');
      const given: Assignment = { person: person.id, role: item.role, ...before };
      if (standing.some((one) => isSame(one, given)))
        throw new HubError('already-exists', 'The person has this role for this time already');
      return {
        act: 'role.assigned',
        after: { assignments: [...standing, { ...given, id: assignment }] },
        changes: [{ kind: 'insert', collection: assignments, id: assignment, data: given }, ...changes],
        events: [event, await assigned(services, origin, person, assignment, given)],
        result: undefined,
      };
    }),
  );
  return result;
}
