import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { mayAssign } from '#domain/hub-reach.ts';
import { hubRoles, isHubRole } from '#domain/hub-roles.ts';
import { isActive } from '#domain/people/active.ts';
import { fold } from '#domain/people/folding.ts';
import { type Person, people, type Review, type ReviewItem } from '#storage/collections.ts';
import { requireMayAssign } from '../assignments/assign.ts';
import { findByLogin } from '../people/find.ts';
import { rightsOf } from '../people/rights.ts';
import type { Services } from '../services.ts';

/** Whom a review asks: see `Review`. */
export type Asked = Review['reviewers'];

/**
 * Who reviews a role of somebody: their manager, the role's owner, who is named, the fallback; the first who is active and not the
 * person. A role of the hub takes somebody who could give it. Undefined where nobody is left: then whoever may assign roles decides.
 */
export function choosing(
  services: Services,
  { managers, owners, named, fallback }: Asked,
): (person: Pick<Person, 'manager'> & { readonly id: string }, role: string) => Promise<string | undefined> {
  const byLogin = remembered(async (login) => (await findByLogin(services, login))?.id);
  const active = remembered(async (id) => isActive(await services.store.get(people, id), services.clock.now()));
  const rights = remembered((id) => rightsOf(services, { actor: { kind: 'person', id } }));
  const ownerOf = new Map(owners.map(({ role, person }) => [role, person]));

  const fits = async (candidate: string, role: string): Promise<boolean> => {
    if (!(await active(candidate))) return false;
    return !isHubRole(role) || mayAssign(await rights(candidate), hubRoles[role]?.grants ?? []);
  };
  return async (person, role) => {
    const manager = managers && person.manager !== undefined ? await byLogin(fold(person.manager)) : undefined;
    for (const candidate of [manager, ownerOf.get(role), named, fallback])
      if (candidate !== undefined && candidate !== person.id && (await fits(candidate, role))) return candidate;
    return undefined;
  };
}

function remembered<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const answer = known.get(key) ?? ask(key);
    known.set(key, answer);
    return answer;
  };
}

/**
 * Refuses when the actor may not decide this item: it is their own, or they are neither who is asked nor hold `hub:roles-assign`.
 * @throws HubError `forbidden`
 */
export async function requireMayDecide(services: Services, origin: Origin, item: ReviewItem): Promise<void> {
  const { kind, id } = origin.actor;
  if (isOwn(origin, item)) throw new HubError('forbidden', 'Nobody reviews their own access');
  const asked = kind === 'person' && id === item.reviewer;
  if (!asked && !(await rightsOf(services, origin)).has('hub:roles-assign'))
    throw new HubError('forbidden', 'Somebody else is asked about this');
  if (!isHubRole(item.role)) return;
  const person = await services.store.get(people, item.person);
  if (person === undefined) throw new HubError('not-found');
  await requireMayAssign(services, origin, item.role, person);
}

/** Is it about the actor? */
export function isOwn({ actor }: Origin, item: Pick<ReviewItem, 'person'>): boolean {
  return actor.kind === 'person' && actor.id === item.person;
}

/** @throws HubError `forbidden` unless the actor may begin and end reviews */
export async function requireMayRun(services: Services, origin: Origin): Promise<void> {
  if (!(await rightsOf(services, origin)).has('hub:roles-assign')) throw new HubError('forbidden');
}
