import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { mayTouch } from '#domain/hub-reach.ts';
import { type HubRights, hasAnyRight, noRights, rightsBy, rightsOver } from '#domain/hub-rights.ts';
import { type HubPermission, hubPermissions, hubScopes } from '#domain/hub-roles.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { effectiveAccess } from '../access/effective.ts';
import { assignmentsOf } from '../access/reading.ts';
import { glassAccountId } from '../break-glass/account-id.ts';
import type { Services } from '../services.ts';

type Target = Pick<Stored<Person>, 'id' | 'department'>;

/**
 * What the actor of an act may do in the hub. The operator at the machine and the hub itself may do everything; a system
 * acts with an API token and can hold no more than the widest scope gives.
 */
async function hubRights(services: Services, origin: Origin): Promise<HubRights> {
  const { kind, id } = origin.actor;
  if (kind === 'operator' || kind === 'hub') return { everywhere: new Set(hubPermissions), limited: new Map() };
  if (kind === 'system') return { everywhere: new Set(hubScopes['hub:admin']), limited: new Map() };
  return id === undefined ? noRights : (await effectiveAccess(services, id)).hubRights;
}

/** What the actor may do in the hub over everybody; with a person, over that person. */
export async function rightsOf(
  services: Services,
  origin: Origin,
  person?: Pick<Person, 'department'>,
): Promise<ReadonlySet<HubPermission>> {
  const rights = await hubRights(services, origin);
  return person === undefined ? rights.everywhere : rightsOver(rights, person.department);
}

/**
 * What somebody may do in the hub now, or could as soon as they are enabled or a date comes: who takes over such an account
 * today has those rights tomorrow.
 */
async function rightsAtStake({ store, clock }: Services, { id }: Pick<Target, 'id'>): Promise<HubRights> {
  const now = clock.now();
  return rightsBy((await assignmentsOf(store, id)).filter(({ until }) => until === undefined || until > now));
}

/** Does a right that holds within some departments alone reach a person of this one? */
export function isWithin({ within }: Pick<Origin, 'within'>, { department }: Pick<Person, 'department'>): boolean {
  return within === undefined || (department !== undefined && within.includes(department));
}

/** @throws HubError `forbidden` for somebody outside of the departments that the actor administers */
export function requireWithin(origin: Origin, person: Pick<Person, 'department'>): void {
  if (!isWithin(origin, person))
    throw new HubError('forbidden', 'This person is not of a department that you administer');
}

/** What a limited right says of the fields of somebody new, or as they are to be. */
export function withinFaults(origin: Origin, fields: Pick<Person, 'department'>): { path: string; message: string }[] {
  if (isWithin(origin, fields)) return [];
  return [{ path: 'department', message: `has to be one that you administer: ${(origin.within ?? []).join(', ')}` }];
}

/** Has somebody rights in the hub, now or from a day to come? */
export async function hasHubRights(services: Services, person: Pick<Stored<Person>, 'id'>): Promise<boolean> {
  return hasAnyRight(await rightsAtStake(services, person));
}

/**
 * For the commit of an act on somebody whose record it does not write: a limited right holds only if they are still of the
 * department that was looked at. Their version is raised by it, so that acts on one person exclude one another.
 */
export function stillWithin(origin: Origin, { id, department }: Target): Change[] {
  if (origin.within === undefined) return [];
  return [{ kind: 'update', collection: people, id, where: { department: department ?? null }, set: {} }];
}

/**
 * Nobody is reached outside of the departments of a limited right; and somebody with rights in the hub, disabled or not, is
 * changed only by those who hold as much (see domain/hub-reach.ts).
 * @throws HubError `forbidden`
 */
export async function requireReach(services: Services, origin: Origin, person: Target): Promise<void> {
  requireWithin(origin, person);
  const target = await rightsAtStake(services, person);
  if (!hasAnyRight(target)) return;
  if (!mayTouch(await hubRights(services, origin), target, person.department))
    throw new HubError('forbidden', 'This person has rights in the hub that you do not have');
}

/**
 * For acts that give a way to sign in, or take one. An API token does neither for somebody with rights in the hub: by that road it would
 * come to rights that it cannot be given. Nobody does for the account in the envelope, which comes in by its codes alone; a session
 * begun with one would else leave a way behind that nobody is told of. @throws HubError `forbidden`
 */
export async function refuseWayIn(services: Services, origin: Origin, person: Target): Promise<void> {
  if (person.id === (await glassAccountId(services)))
    throw new HubError('forbidden', 'The sealed account comes in by its printed codes alone');
  if (origin.actor.kind === 'system' && hasAnyRight(await rightsAtStake(services, person)))
    throw new HubError('forbidden', 'An API token cannot change how somebody with rights in the hub signs in');
}
