import { setImmediate } from 'node:timers/promises';
import type { Wanted } from '#domain/provisioning/account.ts';
import { newLogin } from '#domain/provisioning/login.ts';
import type { Stored } from '#storage/collection.ts';
import {
  type Link,
  links,
  type Person,
  type ProvisionedAccount,
  people,
  provisionedAccounts,
} from '#storage/collections.ts';
import { effectiveAccess } from '../access/effective.ts';
import { everyRecord } from '../access/reading.ts';
import { personLabel } from '../access/subject.ts';
import type { Services } from '../services.ts';
import type { Target } from './target.ts';

/** What the policy wants in one system, and what the hub has on record of it. */
export interface WantedThere {
  readonly wanted: readonly Wanted[];
  /** By person id. */
  readonly records: ReadonlyMap<string, Stored<ProvisionedAccount>>;
}

/** People looked at between two turns for everybody else. */
const turn = 50;

/**
 * What everybody should have in a system: the very native roles that claims are made of (`effectiveAccess`). Somebody who is gone from the
 * hub and left an account there should have an inactive one.
 */
export async function wantedOfAll(services: Services, target: Target): Promise<WantedThere> {
  const { store } = services;
  const system = target.system.id;
  const [linked, kept] = await Promise.all([
    Array.fromAsync(everyRecord(store.engine, links, { where: { system } })),
    Array.fromAsync(everyRecord(store.engine, provisionedAccounts, { where: { system } })),
  ]);
  const linkOf = new Map(linked.map((link) => [link.person, link]));
  const records = new Map(kept.map((one) => [one.person, one]));
  const left = new Set(records.keys());
  const wanted: Wanted[] = [];
  for await (const person of everyRecord(store.engine, people)) {
    left.delete(person.id);
    wanted.push(await wantedOf(services, target, person, linkOf.get(person.id), records.get(person.id)));
    if (wanted.length % turn === 0) await setImmediate();
  }
  for (const id of left) wanted.push(...gone(records.get(id)));
  return { wanted, records };
}

/** The same of a few. */
export async function wantedOfSome(
  services: Services,
  target: Target,
  persons: readonly string[],
): Promise<WantedThere> {
  const { store } = services;
  const system = target.system.id;
  const records = new Map<string, Stored<ProvisionedAccount>>();
  const wanted: Wanted[] = [];
  for (const id of persons) {
    const [person, kept, found] = await Promise.all([
      store.engine.get(people, id),
      store.engine.get(provisionedAccounts, accountId(system, id)),
      store.engine.find(links, { where: { person: id, system }, limit: 1 }),
    ]);
    if (kept !== undefined) records.set(id, kept);
    if (person === undefined) wanted.push(...gone(kept));
    else wanted.push(await wantedOf(services, target, person, found.items[0], kept));
  }
  return { wanted, records };
}

export function accountId(system: string, person: string): string {
  return `${system}:${person}`;
}

async function wantedOf(
  services: Services,
  { system, settings }: Target,
  person: Stored<Person>,
  link: Stored<Link> | undefined,
  record: Stored<ProvisionedAccount> | undefined,
): Promise<Wanted> {
  const access = await effectiveAccess(services, person);
  const here = access.systems.get(system.id);
  const { name, givenName, familyName, email } = person;
  return {
    person: person.id,
    label: personLabel(person),
    login: link?.login ?? record?.login ?? newLogin(settings, person),
    ...(record?.account === undefined ? {} : { account: record.account }),
    linked: link?.login !== undefined,
    active: access.active && (system.open || (here?.permissions.length ?? 0) > 0),
    roles: here?.nativeRoles ?? [],
    ...{ name, givenName, familyName, email },
  };
}

function gone(record: Stored<ProvisionedAccount> | undefined): Wanted[] {
  if (record?.account === undefined) return [];
  const login = record.login ?? '';
  const { person, account } = record;
  return [{ person, label: login, login, account, linked: false, active: false, roles: [], name: '' }];
}
