import type { AuditDraft, EventType, Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type Assignment, type Person, people } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { requireWithin } from '../people/rights.ts';
import { policyInForce } from '../policy/in-force.ts';
import { actGuard, retryingRaces, rightsTag } from '../policy/rights.ts';
import type { Services } from '../services.ts';
import { assignmentsOf } from './reading.ts';
import { acceptedEvents, breachesOfChange, type PersonState, refusePrevented } from './separation.ts';

/** What an act on one person is going to do. */
export interface GuardedAct<R> {
  /** The event the act leaves, for the record of a refusal. */
  readonly act: EventType;
  /** What the person's record and assignments will be; what is left out stays as it is. */
  readonly after: { readonly person?: Person; readonly assignments?: PersonState['assignments'] };
  /** Everything but the person's own record, which is written from `after.person`. */
  readonly changes: readonly Change[];
  /** Changes that come before the person's record: of somebody who gives up what the person takes. */
  readonly first?: readonly Change[];
  readonly events: readonly AuditDraft[];
  readonly result: R;
}

/**
 * Runs an act that can change what one person may do: assigning and withdrawing a role, changing attributes, enabling.
 * Refuses it when it would newly breach a `prevent` rule (recorded in a commit of its own), records `warn` rules with it,
 * and is safe against races: the commit replaces the person's record at the version that was looked at and holds only under
 * the policy that was asked. Of two acts on one person at the same moment one is planned anew, so two halves of a conflict
 * never meet (README.md beside this file).
 *
 * @param plan sees the person and all single assignments as they are now; may be called again after a lost race, so it has
 *   no effects of its own. It checks versions the caller has seen (`If-Match`) against `state.person.version`.
 * A right that is limited to departments holds for this person as they are in the commit, and as they will be.
 * @throws HubError `not-found`, `forbidden`, SeparationBreached, CommitConflict; inside a unit of work the last comes at its end.
 */
export async function guardedByPerson<R>(
  services: Services,
  origin: Origin,
  personId: string,
  plan: (state: {
    readonly person: Stored<Person>;
    readonly assignments: readonly Stored<Assignment>[];
  }) => GuardedAct<R> | Promise<GuardedAct<R>>,
): Promise<R> {
  const { store, clock } = services;
  return retryingRaces(async () => {
    const policy = await policyInForce(services);
    const person = await store.get(people, personId);
    if (person === undefined) throw new HubError('not-found', 'There is no such person');
    const before = { person, assignments: await assignmentsOf(store, personId) };
    requireWithin(origin, person);
    const { act, after, first = [], changes, events, result } = await plan(before);
    if (after.person !== undefined) requireWithin(origin, after.person);
    const state: PersonState = { ...before, ...after };
    const { prevented, accepted } = breachesOfChange(policy, before, state, clock.now());
    const who = { id: personId, person };
    if (prevented.length > 0) await refusePrevented(services, origin, who, prevented, act);
    await store.write({
      changes: [...first, personGuard(person, after.person), ...actGuard(policy), ...changes],
      events: [...events, ...acceptedEvents(origin, who, accepted, act)],
    });
    return result;
  });
}

/** Writes the person's record, changed or not, on condition that it is still the one that was looked at. */
function personGuard(before: Stored<Person>, after: Person = before): Change {
  // A record spread from the stored one brings its id and version along; they are not data.
  const { id: _id, version: _version, ...data } = { ...after } as Stored<Person>;
  return { kind: 'replace', collection: people, id: before.id, ifVersion: before.version, data, tag: rightsTag };
}
