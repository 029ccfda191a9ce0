import { type AuditDraft, draft, type JsonObject, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { fieldsOf } from '#domain/people/record.ts';
import type { Stored } from '#storage/collection.ts';
import { type AccessRequest, type Assignment, accessRequests, assignments, type Person } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { guardedByPerson } from '../access/guarded.ts';
import { everyRecord } from '../access/reading.ts';
import { shown } from '../assignments/assign.ts';
import { actorOf } from '../named.ts';
import { rightsTag } from '../policy/rights.ts';
import { shown as shownRequest } from '../requests/content.ts';
import type { Services } from '../services.ts';
import { about } from './about.ts';
import { alteration, type ChangeOptions } from './change.ts';
import { requireReach } from './rights.ts';

/**
 * Somebody leaves, at once and as one act: the account is disabled, every session, refresh token and remembered browser ends, each
 * system entered is told, the roles given singly end and open requests with them. Letting them in again brings none of it back.
 * @param why `last-day`: only if they are active and their last day is over
 * @throws HubError `not-found`, `stale`, `forbidden`, `last-admin`; `too-early` for a last day that is not over
 */
export async function leavePerson(
  services: Services,
  origin: Origin,
  id: string,
  options: ChangeOptions = {},
  why: 'by-hand' | 'last-day' = 'by-hand',
): Promise<Stored<Person>> {
  return guardedByPerson(services, origin, id, async ({ person, assignments: standing }) => {
    const now = services.clock.now();
    if (options.ifVersion !== undefined && options.ifVersion !== person.version) throw new HubError('stale');
    if (why === 'last-day' && !(person.leavesAt !== undefined && person.leavesAt <= now))
      throw new HubError('too-early', 'Their last day is not over');
    await requireReach(services, origin, person);
    const out = await disabling(services, origin, person, options.reason, { why, lastDay: person.lastDay ?? null });
    const roles = standing.filter(({ until }) => until === undefined || until > now);
    const requests = await openRequests(services, origin, person);
    const who = await about(services, origin, person);
    return {
      act: 'person.disabled',
      after: { person: out.data, assignments: standing.filter((one) => !roles.includes(one)) },
      changes: [...out.changes, ...roles.map(removal), ...requests.changes],
      events: [
        ...out.events,
        ...roles.map(({ id: assignment, version: _, ...role }) =>
          draft(origin, 'role.withdrawn', 'success', { ...who, before: shown(assignment, role), detail: { why } }),
        ),
        ...requests.events,
      ],
      result: { ...out.data, id, version: person.version + 1 },
    };
  });
}

/** What is disabled already stays as it is. */
async function disabling(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  reason: string | undefined,
  detail: JsonObject,
): Promise<{ data: Person; changes: readonly Change[]; events: readonly AuditDraft[] }> {
  if (person.status === 'disabled') return { data: person, changes: [], events: [] };
  const fields = { ...fieldsOf(person), status: 'disabled' } as const;
  const { data, rest } = await alteration(services, origin, person, fields, reason);
  const events = rest.events.map((event) => (event.type === 'person.disabled' ? { ...event, detail } : event));
  return { data, changes: rest.changes, events };
}

function removal({ id, version }: Stored<Assignment>): Change {
  return { kind: 'remove', collection: assignments, id, ifVersion: version, tag: rightsTag };
}

/** What they asked for, or others for them, is asked no more: else an approval of tomorrow would give it. */
async function openRequests(services: Services, origin: Origin, person: Stored<Person>) {
  const changes: Change[] = [];
  const events: AuditDraft[] = [];
  const who = await about(services, origin, person);
  for await (const request of everyRecord(services.store, accessRequests, { where: { person: person.id } })) {
    if (request.state !== 'open') continue;
    const { id, version: ifVersion, openKey: _, ...rest } = request;
    const decision = { state: 'withdrawn', decidedBy: actorOf(origin), decidedAt: services.clock.now() } as const;
    const data: AccessRequest = { ...rest, ...decision };
    changes.push({ kind: 'replace', collection: accessRequests, id, data, ifVersion });
    events.push(draft(origin, 'access.withdrawn', 'success', { ...who, before: shownRequest(id, request) }));
  }
  return { changes, events };
}
