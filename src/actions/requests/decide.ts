import { type AuditDraft, draft, type EventType, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import {
  type AccessRequest,
  type Assignment,
  accessRequests,
  assignments,
  type Person,
  people,
} from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { guardedByPerson } from '../access/guarded.ts';
import { assigned, assignmentOf } from '../assignments/assign.ts';
import { actorOf } from '../named.ts';
import { about } from '../people/about.ts';
import { stillWithin } from '../people/rights.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';
import { requireMayDecide } from './approvers.ts';
import { requireOpen } from './change.ts';
import { digestOf, shown } from './content.ts';
import { lettersOfOutcome } from './letters.ts';

export interface Decision {
  /** The version of the request that the decider saw. */
  readonly ifVersion: number;
  /** 1 to 500 characters. */
  readonly reason: string;
}

/**
 * Approves what a request asks for, as its digest names it; the last approval that is needed gives the role in the same commit.
 * @param decision.digest of the content that the approver saw
 * @throws HubError `not-found`, `forbidden`, `invalid`, `conflict` (decided already), `stale` (changed since), SeparationBreached
 */
export async function approveRequest(
  services: Services,
  origin: Origin,
  id: string,
  decision: Decision & { readonly digest: string },
): Promise<Stored<AccessRequest>> {
  const first = await decidable(services, origin, id, decision);
  return settled(() =>
    guardedByPerson<Stored<AccessRequest>>(
      services,
      origin,
      first.person,
      async ({ person, assignments: standing }) => {
        const request = await decidable(services, origin, id, decision);
        // Both: what is stored is what the hash says, and what the approver saw is what is stored.
        if (digestOf(request) !== request.digest || decision.digest !== request.digest) throw new HubError('stale');
        const by = actorOf(origin);
        const now = services.clock.now();
        const earlier = request.approvals.filter((one) => one.digest === request.digest);
        if (earlier.some((one) => one.by === by))
          throw new HubError('conflict', 'You approved this already; another has to');
        const approval = { by, at: now, digest: request.digest, reason: decision.reason };
        const approvals = [...request.approvals, approval];
        const done = earlier.length + 1 >= services.settings.requests.approvals;
        const event = await decided(services, origin, person, request, 'access.approved', decision.reason);
        const { id: _, version, ...open } = request;
        if (!done) {
          const data: AccessRequest = { ...open, approvals };
          return act({ ...data, id, version: version + 1 }, [replaced(id, version, data)], [event]);
        }
        const { role } = request;
        if (!(await policyInForce(services)).compiled.document.roles.has(role))
          throw new HubError('conflict', 'The policy has no such role any more');
        const same = (one: Assignment) => one.role === role && one.from === request.from && one.until === request.until;
        if (standing.some(same)) throw new HubError('already-exists', 'The person has this role for this time already');
        const assignment = uuidv7(now);
        const given: Assignment = assignmentOf(services, origin, person.id, request);
        const { openKey: _key, ...rest } = open;
        const data: AccessRequest = {
          ...rest,
          ...{ approvals, state: 'approved', assignment, decidedBy: by, decidedAt: now, decision: decision.reason },
        };
        const letters = await lettersOfOutcome(services, origin, person, request, 'approved');
        const insert: Change = { kind: 'insert', collection: assignments, id: assignment, data: given };
        return {
          ...act(
            { ...data, id, version: version + 1 },
            [insert, replaced(id, version, data), ...letters],
            [event, await assigned(services, origin, person, assignment, given)],
          ),
          after: { assignments: [...standing, { ...given, id: assignment }] },
        };
      },
    ),
  );
}

/**
 * Declines a request.
 * @throws HubError as `approveRequest`
 */
export async function rejectRequest(
  services: Services,
  origin: Origin,
  id: string,
  decision: Decision,
): Promise<Stored<AccessRequest>> {
  const request = await decidable(services, origin, id, decision);
  const person = await services.store.get(people, request.person);
  if (person === undefined) throw new HubError('not-found');
  const { id: _, version, openKey: _key, ...rest } = request;
  const data: AccessRequest = {
    ...rest,
    ...{ state: 'rejected', decidedBy: actorOf(origin), decidedAt: services.clock.now(), decision: decision.reason },
  };
  const event = await decided(services, origin, person, request, 'access.rejected', decision.reason);
  const changes = [
    ...stillWithin(origin, person),
    replaced(id, version, data),
    ...(await lettersOfOutcome(services, origin, person, request, 'rejected')),
  ];
  await settled(() => services.store.write({ changes, events: [event] }));
  return { ...data, id, version: version + 1 };
}

const act = (result: Stored<AccessRequest>, changes: readonly Change[], events: readonly AuditDraft[]) => ({
  ...{ act: 'role.assigned' as const, after: {}, changes, events, result },
});

function replaced(id: string, ifVersion: number, data: AccessRequest): Change {
  return { kind: 'replace', collection: accessRequests, id, data, ifVersion };
}

async function decidable(services: Services, origin: Origin, id: string, { ifVersion, reason }: Decision) {
  const request = await services.store.get(accessRequests, id);
  if (request === undefined) throw new HubError('not-found');
  await requireMayDecide(services, origin, request);
  requireOpen(request, services.clock.now());
  if (request.version !== ifVersion) throw new HubError('stale');
  if (reason.trim() === '' || reason.length > 500)
    throw new HubError('invalid', undefined, {
      faults: [{ path: 'reason', message: 'say why, in 1 to 500 characters' }],
    });
  return request;
}

async function decided(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  request: Stored<AccessRequest>,
  type: EventType,
  reason: string,
): Promise<AuditDraft> {
  const who = await about(services, origin, person);
  const personal = { ...who.personal, detail: { reason } };
  return draft(origin, type, 'success', { subject: who.subject, after: shown(request.id, request), personal });
}

/** Somebody decided at the same moment: whoever came second looks again. */
async function settled<R>(write: () => Promise<R>): Promise<R> {
  try {
    return await write();
  } catch (error) {
    const raced = error instanceof CommitConflict && error.change.collection === accessRequests;
    throw raced ? new HubError('stale', undefined, { cause: error }) : error;
  }
}
