import { type AuditDraft, draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type Assignment, assignments, type Person } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { guardedByPerson } from '../access/guarded.ts';
import { about } from '../people/about.ts';
import { requireReach } from '../people/rights.ts';
import { rightsTag } from '../policy/rights.ts';
import type { Services } from '../services.ts';
import { requireMayAssign, shown } from './assign.ts';
import { ownerRole, ownerStays } from './owners.ts';

/**
 * Takes a role that was given singly.
 * @param options.ifVersion the assignment's version that the caller saw
 * @throws HubError `not-found`, `forbidden`, `last-admin`, `stale`, `conflict` (it has ended already: history is not taken away)
 */
export async function withdrawRole(
  services: Services,
  origin: Origin,
  personId: string,
  assignmentId: string,
  options: { readonly ifVersion?: number | undefined; readonly reason?: string | undefined } = {},
): Promise<void> {
  return guardedByPerson(services, origin, personId, async ({ person, assignments: standing }) => {
    // Found through its owner: somebody else's assignment is not there.
    const assignment = standing.find(({ id }) => id === assignmentId);
    if (assignment === undefined) throw new HubError('not-found', 'The person has no such role');
    const { version, ...before } = assignment;
    if (options.ifVersion !== undefined && options.ifVersion !== version) throw new HubError('stale');
    await requireMayAssign(services, origin, before.role, person);
    if (before.until !== undefined && before.until <= services.clock.now())
      throw new HubError('conflict', 'This assignment has ended by itself and stays in the history');
    await requireReach(services, origin, person);
    const { changes, event } = await taking(services, origin, person, assignment, options);
    return {
      act: 'role.withdrawn',
      after: { assignments: standing.filter((other) => other !== assignment) },
      changes,
      events: [event],
      result: undefined,
    };
  });
}

/**
 * What takes an assignment away, for the commit of an act that may do so.
 * @param why.review the access review that decided it
 * @throws HubError `last-admin`
 */
export async function taking(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  assignment: Stored<Assignment>,
  why: { readonly reason?: string | undefined; readonly review?: string },
): Promise<{ changes: Change[]; event: AuditDraft }> {
  const { id, version, ...before } = assignment;
  const guard = before.role === ownerRole && before.until === undefined ? await ownerStays(services, person.id) : [];
  const who = await about(services, origin, person);
  const event = draft(origin, 'role.withdrawn', 'success', {
    subject: who.subject,
    ...(why.review === undefined ? {} : { detail: { review: why.review } }),
    before: shown(id, before),
    personal: { ...who.personal, ...(why.reason === undefined ? {} : { detail: { reason: why.reason } }) },
  });
  return {
    changes: [{ kind: 'remove', collection: assignments, id, ifVersion: version, tag: rightsTag }, ...guard],
    event,
  };
}
