import type { Origin } from '#domain/audit/event.ts';
import { hubRightsOf, rightsOver } from '#domain/hub-rights.ts';
import { hubRoles } from '#domain/hub-roles.ts';
import { isActive } from '#domain/people/active.ts';
import type { Stored } from '#storage/collection.ts';
import { type AccessRequest, assignments, type Person, people } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { assignmentsOf, everyRecord } from '../access/reading.ts';
import { letterTo } from '../mail/queue.ts';
import { findByLogin } from '../people/find.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';
import { takeTry } from '../signin/tries.ts';
import { holdsAllOf } from './approvers.ts';

/** Of administrators no more are written to; the console shows the request to all. */
const mostWritten = 10;
/** Asking, changing and asking again writes to nobody more often than this about one person. */
const roundsADay = { count: 20, windowMs: 24 * 60 * 60 * 1000 };
/** The reader's own language counts, never that of whoever acted. */
const toOthers = ({ locale: _, ...origin }: Origin): Origin => origin;

/**
 * Tells those who can decide that a request waits: the manager, where the manager may; else administrators of that department.
 * @param person who is to have the role
 */
export async function lettersToApprovers(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  request: Pick<AccessRequest, 'role' | 'by'>,
): Promise<Change[]> {
  const { taken } = await takeTry(services, [{ id: `mail:request:${person.id}`, limit: roundsADay }]);
  if (!taken) return [];
  const values = { who: person.name, role: await titleOf(services, request.role) };
  const letter = { template: 'request-waiting', values, about: person.id } as const;
  const manager = await decidingManager(services, person, request);
  if (manager !== undefined)
    return letterTo(services, toOthers(origin), manager, { ...letter, path: '/account/requests' });
  const admins = await administratorsOf(services, person, request);
  return admins.flatMap((one) => letterTo(services, toOthers(origin), one, { ...letter, path: '/admin/requests' }));
}

/** Tells the person, and who asked for them, what became of a request. */
export async function lettersOfOutcome(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  request: Pick<AccessRequest, 'role' | 'by'>,
  outcome: 'approved' | 'rejected' | 'expired',
): Promise<Change[]> {
  const values = { who: person.name, role: await titleOf(services, request.role) };
  const template = `request-${outcome}` as const;
  const letter = { template, values, path: '/account/requests' };
  const [kind, id = ''] = request.by.split(':', 2);
  const asker = kind === 'person' && id !== person.id ? await services.store.get(people, id) : undefined;
  return [
    ...letterTo(services, toOthers(origin), person, letter),
    ...(asker === undefined ? [] : letterTo(services, toOthers(origin), asker, { ...letter, about: person.id })),
  ];
}

async function titleOf(services: Services, role: string): Promise<string> {
  return (await policyInForce(services)).compiled.document.roles.get(role)?.title ?? role;
}

type Asked = Pick<AccessRequest, 'role' | 'by'>;

async function decidingManager(services: Services, person: Stored<Person>, { role, by }: Asked) {
  const manager = person.manager === undefined ? undefined : await findByLogin(services, person.manager);
  if (manager === undefined || manager.id === person.id || `person:${manager.id}` === by) return undefined;
  const may = isActive(manager, services.clock.now()) && (await holdsAllOf(services, manager.id, role));
  return may ? manager : undefined;
}

/** Whose hub roles let them decide it, the narrower ones first. */
async function administratorsOf(services: Services, person: Stored<Person>, { by }: Asked): Promise<Stored<Person>[]> {
  const { store, clock } = services;
  const roles = Object.entries(hubRoles)
    .filter(([, { grants }]) => grants.includes('hub:roles-assign'))
    .toSorted(([, a], [, b]) => a.grants.length - b.grants.length)
    .map(([role]) => role);
  const found = new Map<string, Stored<Person>>();
  const now = clock.now();
  for (const role of roles)
    for await (const { person: id } of everyRecord(store, assignments, { where: { role } })) {
      if (found.size >= mostWritten) return [...found.values()];
      if (id === person.id || `person:${id}` === by || found.has(id)) continue;
      const admin = await store.get(people, id);
      if (admin === undefined) continue;
      const rights = hubRightsOf(isActive(admin, now), await assignmentsOf(store, id), now);
      if (rightsOver(rights, person.department).has('hub:roles-assign')) found.set(id, admin);
    }
  return [...found.values()];
}
