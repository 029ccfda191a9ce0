import { draft, type Origin } from '#domain/audit/event.ts';
import { type FieldFault, HubError } from '#domain/errors.ts';
import { isHubRole } from '#domain/hub-roles.ts';
import { isActive } from '#domain/people/active.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type AccessRequest, accessRequests, type Person, people } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { assignmentsOf } from '../access/reading.ts';
import { breachesOfChange, type ChangeBreaches } from '../access/separation.ts';
import { actorOf } from '../named.ts';
import { about } from '../people/about.ts';
import { requireWithin, stillWithin } from '../people/rights.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';
import { digestOf, type RequestContent, shown } from './content.ts';
import { lettersToApprovers } from './letters.ts';

/** So many may be open for one person. */
const mostOpen = 20;

/**
 * Asks for a role. Whoever asks decides nothing; the request waits until somebody decides, or its time is over.
 * @throws HubError `not-found`, `invalid`, `already-exists`, `conflict` (too many are open)
 */
export async function askForRole(
  services: Services,
  origin: Origin,
  content: RequestContent,
): Promise<Stored<AccessRequest>> {
  const { store, clock, settings } = services;
  const person = await store.get(people, content.person);
  if (person === undefined) throw new HubError('not-found', 'There is no such person');
  requireWithin(origin, person);
  await checkContent(services, person, content);
  const open = await openOf(services, person.id);
  if (open.length >= mostOpen)
    throw new HubError('conflict', `${mostOpen} requests are open already; wait or withdraw one`);
  const now = clock.now();
  const id = uuidv7(now);
  const { role, from, until } = content;
  const reason = content.reason.trim();
  const asked = { person: person.id, role, reason, ...period(from, until) };
  const data: AccessRequest = {
    ...asked,
    digest: digestOf(asked),
    ...{ state: 'open', openKey: `${person.id}:${role}`, approvals: [] },
    ...{ by: actorOf(origin), at: now, openUntil: now + settings.requests.open },
  };
  const who = await about(services, origin, person);
  const event = draft(origin, 'access.requested', 'success', {
    subject: who.subject,
    after: shown(id, data),
    personal: { ...who.personal, detail: { reason } },
  });
  const changes: Change[] = [
    ...stillWithin(origin, person),
    { kind: 'insert', collection: accessRequests, id, data },
    ...(await lettersToApprovers(services, origin, person, data)),
  ];
  try {
    await store.write({ changes, events: [event] });
  } catch (error) {
    if (!(error instanceof CommitConflict) || error.change.collection !== accessRequests) throw error;
    throw new HubError('already-exists', 'This role is asked for already', { cause: error });
  }
  return { ...data, id, version: 1 };
}

export function period(from: number | undefined, until: number | undefined): Pick<RequestContent, 'from' | 'until'> {
  return { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
}

async function openOf({ store }: Services, person: string): Promise<Stored<AccessRequest>[]> {
  return (await store.find(accessRequests, { where: { person }, limit: 1000 })).items.filter(
    ({ state }) => state === 'open',
  );
}

/** @throws HubError `invalid` with every field that is not right */
export async function checkContent(services: Services, person: Person, content: RequestContent): Promise<void> {
  const { role, from, until, reason } = content;
  const faults: FieldFault[] = [];
  if (!isActive(person, services.clock.now())) faults.push({ path: 'person', message: 'is not active' });
  if (isHubRole(role))
    faults.push({ path: 'role', message: 'is a role of the hub; its owners give those by themselves' });
  else if (!(await policyInForce(services)).compiled.document.roles.has(role))
    faults.push({ path: 'role', message: 'is no role of the policy' });
  if (reason.trim() === '' || reason.length > 500)
    faults.push({ path: 'reason', message: 'say why, in 1 to 500 characters' });
  if (until !== undefined && until <= Math.max(from ?? 0, services.clock.now()))
    faults.push({ path: 'until', message: 'has to lie ahead, and after from' });
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
}

/** The separation rules that granting it would newly breach, as things stand: shown when it is asked and when it is decided. */
export async function foreseenBreaches(services: Services, content: RequestContent): Promise<ChangeBreaches> {
  const { store, clock } = services;
  const person = await store.get(people, content.person);
  if (person === undefined) return { prevented: [], accepted: [] };
  const { role, from, until, reason } = content;
  const before = { person, assignments: await assignmentsOf(store, person.id) };
  const coming = { id: 'asked', person: person.id, role, reason, by: 'hub', at: clock.now(), ...period(from, until) };
  const after = { ...before, assignments: [...before.assignments, coming] };
  return breachesOfChange(await policyInForce(services), before, after, clock.now());
}
