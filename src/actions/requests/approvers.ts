import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { withIncluded } from '#domain/policy/inclusion.ts';
import { type AccessRequest, type Person, people } from '#storage/collections.ts';
import { assignmentsOf } from '../access/reading.ts';
import { subjectOfPerson } from '../access/subject.ts';
import { actorOf } from '../named.ts';
import { findByLogin } from '../people/find.ts';
import { requireWithin, rightsOf } from '../people/rights.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';

/**
 * Refuses when the actor may not decide this request.
 * @throws HubError `forbidden`
 */
export async function requireMayDecide(services: Services, origin: Origin, request: AccessRequest): Promise<void> {
  if (isOwn(origin, request)) throw new HubError('forbidden', 'Nobody decides a request of their own');
  const { kind, id } = origin.actor;
  const person = await services.store.get(people, request.person);
  if (person !== undefined) requireWithin(origin, person);
  if ((await rightsOf(services, origin, person)).has('hub:roles-assign')) return;
  const asManager =
    kind === 'person' && id !== undefined && person !== undefined && (await manages(services, id, person));
  if (!asManager) throw new HubError('forbidden');
  if (!(await holdsAllOf(services, id, request.role)))
    throw new HubError('forbidden', 'The role grants more than you may do yourself; an administrator decides');
}

/** Is it about the actor, or did the actor ask for it? */
export function isOwn(origin: Origin, request: AccessRequest): boolean {
  const actor = actorOf(origin);
  return actor === `person:${request.person}` || actor === request.by;
}

/** Does the `manager` attribute of a person name this account, by e-mail or username? */
export async function manages(services: Services, id: string, person: Pick<Person, 'manager'>): Promise<boolean> {
  return person.manager !== undefined && (await findByLogin(services, person.manager))?.id === id;
}

/** May this person do everything that the role grants, with what it includes? */
export async function holdsAllOf(services: Services, id: string, role: string): Promise<boolean> {
  const { store, clock } = services;
  const [{ compiled }, person] = await Promise.all([policyInForce(services), store.get(people, id)]);
  if (person === undefined) return false;
  const subject = subjectOfPerson(person, await assignmentsOf(store, id));
  const held = compiled.access(subject, clock.now()).systems;
  return [...withIncluded(compiled.document, new Set([role]))].every((one) =>
    [...(compiled.document.roles.get(one)?.grants ?? [])].every(([system, permissions]) =>
      permissions.every((permission) => held.get(system)?.includes(permission) === true),
    ),
  );
}
