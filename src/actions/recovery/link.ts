import type { Origin } from '#domain/audit/event.ts';
import { accountCondition, accountStateOf, isSameAccountState } from '#domain/people/account-state.ts';
import { isActive } from '#domain/people/active.ts';
import { hashedId, randomToken } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { credentials, oneTimeLinks, type Person, people } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { letterTo } from '../mail/queue.ts';
import { passwordId } from '../people/credential.ts';
import type { Services } from '../services.ts';

export type LinkPurpose = 'invite' | 'reset';

/**
 * What makes a link and queues the mail that carries it. Those before die with it in the same commit; of two made at the same
 * moment the newer one counts.
 */
export async function linkFor(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  purpose: LinkPurpose,
): Promise<Change[]> {
  const now = services.clock.now();
  const { resetLink, inviteLink } = services.settings.lifetimes;
  const until = now + (purpose === 'invite' ? inviteLink : resetLink);
  const token = randomToken();
  const password = await passwordChangedAt(services, person.id);
  const since = password === undefined ? {} : { password };
  const data = { purpose, person: person.id, used: false, createdAt: now, ...accountStateOf(person), ...since };
  return [
    ...(await linksOf(services, person.id)).map(removal),
    { kind: 'insert', collection: oneTimeLinks, id: hashedId(token), data, expiresAt: until },
    ...letterTo(services, origin, person, {
      template: purpose === 'invite' ? 'invitation' : 'reset',
      values: { until },
      path: `/sign-in/reset/${token}`,
      until,
    }),
  ];
}

/** When the password was chosen that a link is to replace: after another one the link opens nothing. Undefined where there is none. */
export async function passwordChangedAt(
  { store }: Pick<Services, 'store'>,
  person: string,
): Promise<number | undefined> {
  return (await store.get(credentials, passwordId(person)))?.changedAt;
}

/** All links of a person, newest first, whatever became of them. */
async function linksOf({ store }: Pick<Services, 'store'>, person: string) {
  const { items } = await store.find(oneTimeLinks, { where: { person }, limit: 1000 });
  return items.toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0) || (a.id < b.id ? 1 : -1));
}

function removal({ id }: { readonly id: string }): Change {
  return { kind: 'remove', collection: oneTimeLinks, id };
}

export interface OpenLink {
  readonly person: Stored<Person>;
  readonly purpose: LinkPurpose;
  /** When the present password was chosen, in ms; undefined where there is none. */
  readonly passwordChangedAt: number | undefined;
  /** Spends it, and ends the person's other links, in the commit of what it is good for: of several at once one succeeds. */
  readonly spending: readonly Change[];
}

/** On the change that spends a link: its conflict says that the link is over. */
export const linkTag = 'link';

/**
 * What this token opens now; looking uses nothing up. Undefined when it is used, replaced, too old, its account is not active, or was disabled,
 * given another address or another password since it was mailed.
 */
export async function openLink(services: Services, token: string): Promise<OpenLink | undefined> {
  const id = hashedId(token);
  const link = await services.store.get(oneTimeLinks, id);
  if (link === undefined || link.purpose === 'setup' || link.person === undefined || link.used) return undefined;
  if ((link.expiresAt ?? 0) <= services.clock.now()) return undefined;
  const all = await linksOf(services, link.person);
  if (all[0]?.id !== id) return undefined;
  const person = await services.store.get(people, link.person);
  if (!isActive(person, services.clock.now()) || !isSameAccountState(link, person)) return undefined;
  if ((await passwordChangedAt(services, person.id)) !== link.password) return undefined;
  // The address may move in the moment in which the link is used: the commit holds on to the account as it was when the mail went out.
  const unmoved: Change = {
    kind: 'update',
    collection: people,
    id: person.id,
    where: accountCondition(link),
    set: {},
    // Who chooses a password by a link may be another owner: what was begun before counts no more, as after a change of the address.
    add: { addresses: 1 },
    tag: linkTag,
  };
  const spent: Change = {
    kind: 'update',
    collection: oneTimeLinks,
    id,
    where: { used: false },
    set: { used: true },
    tag: linkTag,
  };
  return {
    person,
    purpose: link.purpose,
    passwordChangedAt: link.password,
    spending: [spent, unmoved, ...all.slice(1).map(removal)],
  };
}
