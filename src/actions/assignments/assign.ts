import { type AuditDraft, draft, type JsonObject, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { mayAssign } from '#domain/hub-reach.ts';
import { limitableRoles } from '#domain/hub-rights.ts';
import { hubRoles, isHubRole } from '#domain/hub-roles.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type Assignment, assignments, type Person } from '#storage/collections.ts';
import { guardedByPerson } from '../access/guarded.ts';
import { actorOf } from '../named.ts';
import { about } from '../people/about.ts';
import { rightsOf } from '../people/rights.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';

export interface NewAssignment {
  readonly role: string;
  /** Milliseconds since 1970, inclusive; absent = at once. */
  readonly from?: number | undefined;
  /** Milliseconds since 1970, exclusive; absent = without an end. */
  readonly until?: number | undefined;
  /** A role of the hub over the people of these departments (exact values) alone; absent = over everybody. */
  readonly departments?: readonly string[] | undefined;
  /** Why; 1 to 500 characters. */
  readonly reason: string;
}

/**
 * Gives a person one role. The only way to a hub role, and only by somebody who may give those and holds every right of it.
 * @throws HubError `not-found`, `invalid`, `forbidden`, `already-exists`, `separation-breached`
 */
export async function assignRole(
  services: Services,
  origin: Origin,
  personId: string,
  given: NewAssignment,
): Promise<Stored<Assignment>> {
  await check(services, given);
  return guardedByPerson(services, origin, personId, async ({ person, assignments: standing }) => {
    await requireMayAssign(services, origin, given.role, person);
    if (standing.some((other) => isSame(other, given)))
      throw new HubError('already-exists', 'The person has this role for this time already');
    const id = uuidv7(services.clock.now());
    const data = assignmentOf(services, origin, personId, given);
    return {
      act: 'role.assigned',
      after: { assignments: [...standing, { ...data, id }] },
      changes: [{ kind: 'insert', collection: assignments, id, data }],
      events: [await assigned(services, origin, person, id, data)],
      result: { ...data, id, version: 1 },
    };
  });
}

/**
 * Refuses when the actor may not give, or take, this role.
 * @throws HubError `forbidden`
 */
export async function requireMayAssign(
  services: Services,
  origin: Origin,
  role: string,
  person: Stored<Person>,
): Promise<void> {
  const rights = await rightsOf(services, origin, person);
  const grants = isHubRole(role) ? hubRoles[role]?.grants : undefined;
  if (grants === undefined ? rights.has('hub:roles-assign') : mayAssign(rights, grants)) return;
  throw new HubError('forbidden', grants === undefined ? undefined : 'You may not give or take this role of the hub');
}

/** The same role for the same time over the same people? */
export function isSame(a: Pick<NewAssignment, 'role' | 'from' | 'until' | 'departments'>, b: NewAssignment): boolean {
  const key = ({ departments }: typeof a) => departments && JSON.stringify([...departments].sort());
  return a.role === b.role && a.from === b.from && a.until === b.until && key(a) === key(b);
}

async function check(services: Services, { role, from, until, reason, departments }: NewAssignment): Promise<void> {
  const faults = [];
  const known = isHubRole(role) || (await policyInForce(services)).compiled.document.roles.has(role);
  if (!known) faults.push({ path: 'role', message: 'is no role of the policy or of the hub' });
  if (reason.trim() === '' || reason.length > 500)
    faults.push({ path: 'reason', message: 'say why, in 1 to 500 characters' });
  if (until !== undefined && until <= Math.max(from ?? 0, services.clock.now()))
    faults.push({ path: 'until', message: 'has to lie ahead, and after from' });
  if (departments !== undefined) faults.push(...departmentFaults(role, departments));
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
}

const mostDepartments = 50;

function departmentFaults(role: string, departments: readonly string[]): { path: string; message: string }[] {
  const say = (message: string) => [{ path: 'departments', message }];
  if (!limitableRoles.includes(role)) return say(`only ${limitableRoles.join(' and ')} can be limited to departments`);
  if (departments.length === 0 || departments.length > mostDepartments)
    return say(`name 1 to ${mostDepartments}, or leave it out for the whole company`);
  if (departments.some((one) => one.trim() === '' || one.length > 200))
    return say('each takes 1 to 200 characters, exactly as it stands on the people');
  return [];
}

/** The stored form of an assignment. */
export function assignmentOf(services: Services, origin: Origin, person: string, given: NewAssignment): Assignment {
  const { role, from, until, departments, reason } = given;
  return {
    person,
    role,
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    ...(departments === undefined
      ? {}
      : { departments: [...new Set(departments.map((one) => one.normalize('NFC')))].sort() }),
    reason,
    by: actorOf(origin),
    at: services.clock.now(),
  };
}

/** An assignment as its events show it; the reason may speak of people and stands in the sealed part. */
export function shown(id: string, { role, from, until, departments }: Assignment): JsonObject {
  return {
    assignment: id,
    role,
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    ...(departments === undefined ? {} : { departments }),
  };
}

/** The event of a role that was given. */
export async function assigned(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  id: string,
  data: Assignment,
): Promise<AuditDraft> {
  const who = await about(services, origin, person);
  return draft(origin, 'role.assigned', 'success', {
    subject: who.subject,
    after: shown(id, data),
    personal: { ...who.personal, detail: { reason: data.reason } },
  });
}
