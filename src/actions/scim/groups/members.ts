import type { Origin } from '#domain/audit/event.ts';
import { ScimError } from '#domain/scim/error.ts';
import { people, scimGroups, scimMembers, scimUsers } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { everyRecord } from '../../access/reading.ts';
import { changePerson } from '../../people/change.ts';
import type { Services } from '../../services.ts';
import type { ScimClient } from '../client.ts';
import { scimUserId } from '../users/record.ts';

/** Ids of the people in a group. */
export async function membersOf({ store }: Services, group: string): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const { person } of everyRecord(store, scimMembers, { where: { group } })) found.add(person);
  return found;
}

export interface MemberChange {
  readonly group: string;
  /** Names that the members lose and gain in their list `groups`: two for a group that is renamed, for those who stay. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly add: Iterable<string>;
  readonly remove: Iterable<string>;
  readonly stay: Iterable<string>;
}

/**
 * Brings members into a group and out of it, and their list attribute `groups` with them, so that rules of the policy follow. All of it
 * is staged in the request's unit of work: one member whom a separation rule refuses, and nothing of it happens.
 *
 * @throws ScimError invalidValue for a member who is no user of this client; HubError as `changePerson`
 */
export async function changeMembers(
  services: Services,
  origin: Origin,
  client: ScimClient,
  { group, from, to, add, remove, stay }: MemberChange,
): Promise<void> {
  const changes: Change[] = [];
  const rename = async (person: string, lost: string | undefined, gained: string | undefined) =>
    renamed(services, origin, client, person, group, lost, gained);
  for (const person of add) {
    const record = await services.store.get(scimUsers, scimUserId(client.id, person));
    if (record?.state !== 'live')
      throw new ScimError(
        400,
        `The member ${person.slice(0, 64)} is no user of this client; create it first`,
        'invalidValue',
      );
    const data = { client: client.id, group, person };
    changes.push({ kind: 'insert', collection: scimMembers, id: memberId(group, person), data });
    await rename(person, undefined, to);
  }
  for (const person of remove) {
    changes.push({ kind: 'remove', collection: scimMembers, id: memberId(group, person) });
    await rename(person, from, undefined);
  }
  if (from !== to) for (const person of stay) await rename(person, from, to);
  if (changes.length > 0) await services.store.write({ changes });
}

/** A user who is deleted is in no group any more. */
export async function leaveGroups(
  services: Services,
  origin: Origin,
  client: ScimClient,
  person: string,
): Promise<void> {
  for await (const member of everyRecord(services.store, scimMembers, { where: { person } })) {
    if (member.client !== client.id) continue;
    const group = await services.store.get(scimGroups, member.group);
    const none = { add: [], stay: [], to: undefined };
    await changeMembers(services, origin, client, {
      ...none,
      group: member.group,
      from: group?.displayName,
      remove: [person],
    });
  }
}

const memberId = (group: string, person: string): string => `${group}:${person}`;

async function renamed(
  services: Services,
  origin: Origin,
  client: ScimClient,
  id: string,
  group: string,
  lost: string | undefined,
  gained: string | undefined,
): Promise<void> {
  const person = await services.store.get(people, id);
  if (person === undefined) return;
  const now = person.attributes.groups ?? [];
  const names = new Set(typeof now === 'string' ? [now] : now);
  if (lost !== undefined && !(await alsoNamed(services, id, group, lost))) names.delete(lost);
  if (gained !== undefined) names.add(gained);
  const groups = [...names].sort();
  await changePerson(services, origin, id, { attributes: { groups } }, { reason: `SCIM client ${client.id}` });
}

/** Another group of the same name that the person is in, of another client perhaps. */
async function alsoNamed({ store }: Services, person: string, group: string, name: string): Promise<boolean> {
  for await (const member of everyRecord(store, scimMembers, { where: { person } }))
    if (member.group !== group && (await store.get(scimGroups, member.group))?.displayName === name) return true;
  return false;
}
