import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { mayTouch } from '#domain/hub-reach.ts';
import { type HubPermission, hubPermissions, hubRoles, hubScopes, isHubRole } from '#domain/hub-roles.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';
import { effectiveAccess } from '../access/effective.ts';
import { assignmentsOf } from '../access/reading.ts';
import type { Services } from '../services.ts';

/**
 * What the actor of an act may do in the hub. The operator at the machine and the hub itself may do everything; a system
 * acts with an API token and can hold no more than the widest scope gives.
 */
export async function rightsOf(services: Services, origin: Origin): Promise<ReadonlySet<HubPermission>> {
  const { kind, id } = origin.actor;
  if (kind === 'operator' || kind === 'hub') return new Set(hubPermissions);
  if (kind === 'system') return new Set(hubScopes['hub:admin']);
  return id === undefined ? new Set() : (await effectiveAccess(services, id)).hub;
}

/**
 * What somebody may do in the hub now, or could as soon as they are enabled or a date comes: who takes over such an account
 * today has those rights tomorrow.
 */
async function rightsAtStake(
  { store, clock }: Services,
  person: Pick<Stored<Person>, 'id'>,
): Promise<ReadonlySet<HubPermission>> {
  const now = clock.now();
  const roles = (await assignmentsOf(store, person.id)).filter(
    ({ role, until }) => isHubRole(role) && (until === undefined || until > now),
  );
  return new Set(roles.flatMap(({ role }) => hubRoles[role]?.grants ?? []));
}

/** Has somebody rights in the hub, now or from a day to come? */
export async function hasHubRights(services: Services, person: Pick<Stored<Person>, 'id'>): Promise<boolean> {
  return (await rightsAtStake(services, person)).size > 0;
}

/**
 * Somebody with rights in the hub, disabled or not, is changed only by those who hold as much (see domain/hub-reach.ts).
 * @throws HubError `forbidden`
 */
export async function requireReach(services: Services, origin: Origin, person: Stored<Person>): Promise<void> {
  const target = await rightsAtStake(services, person);
  if (target.size === 0) return;
  if (!mayTouch(await rightsOf(services, origin), target))
    throw new HubError('forbidden', 'This person has rights in the hub that you do not have');
}

/**
 * An API token gives nobody with rights in the hub a way to sign in, and takes none: by that road it would come to rights that it
 * cannot be given. @throws HubError `forbidden`
 */
export async function refuseTokenOver(services: Services, origin: Origin, person: Stored<Person>): Promise<void> {
  if (origin.actor.kind === 'system' && (await rightsAtStake(services, person)).size > 0)
    throw new HubError('forbidden', 'An API token cannot change how somebody with rights in the hub signs in');
}
