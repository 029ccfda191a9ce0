import { isActive } from '#domain/people/active.ts';
import { fold } from '#domain/people/folding.ts';
import { fieldsOf } from '#domain/people/record.ts';
import { enterpriseSchema, userSchema } from '#domain/scim/schemas.ts';
import { userOf } from '#domain/scim/user.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people, scimGroups, scimMembers, scimUsers } from '#storage/collections.ts';
import { everyRecord } from '../../access/reading.ts';
import type { Services } from '../../services.ts';
import type { ScimClient, ScimShown } from '../client.ts';
import { versionTag } from '../precondition.ts';
import { type Held, openRest, scimUserId } from './record.ts';

/** A user as its client sees it. @param withGroups false where nobody asked for them: they cost a look-up each */
export async function showUser(
  services: Services,
  client: ScimClient,
  { person, record }: Held,
  withGroups = true,
): Promise<ScimShown> {
  const user = userOf({
    id: person.id,
    fields: fieldsOf(person),
    toldName: person.nameDerived ? undefined : person.name,
    active: isActive(person, services.clock.now()),
    userName: record.userName,
    externalId: record.externalId,
    rest: openRest(services, record),
    manager: await managerOf(services, client, person),
  });
  const groups = withGroups ? await groupsOf(services, client, person.id) : [];
  const schemas = [userSchema, ...(enterpriseSchema in user ? [enterpriseSchema] : [])];
  return {
    resource: { schemas, ...user, ...(groups.length === 0 ? {} : { groups }) },
    id: person.id,
    version: versionTag(record.version, person.version),
    createdAt: record.createdAt,
    changedAt: Math.max(record.changedAt, person.changedAt),
  };
}

/** The manager, where they are a user of this client too; the hub knows them by e-mail or username. */
async function managerOf({ store }: Services, client: ScimClient, { manager }: Stored<Person>) {
  if (manager === undefined) return undefined;
  const person = await store.one(people, 'logins', fold(manager));
  const record = person && (await store.get(scimUsers, scimUserId(client.id, person.id)));
  return record?.state === 'live' ? record.person : undefined;
}

async function groupsOf({ store }: Services, client: ScimClient, person: string) {
  const found: { value: string; display: string }[] = [];
  for await (const member of everyRecord(store, scimMembers, { where: { person } })) {
    const group = member.client === client.id ? await store.get(scimGroups, member.group) : undefined;
    if (group !== undefined) found.push({ value: group.id, display: group.displayName });
  }
  return found;
}
