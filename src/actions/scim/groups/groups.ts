import { draft, type EventType, type Origin } from '#domain/audit/event.ts';
import { fold } from '#domain/people/folding.ts';
import type { ScimObject } from '#domain/scim/dialect.ts';
import { ScimError } from '#domain/scim/error.ts';
import { groupSchema } from '#domain/scim/schemas.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type ScimGroup, scimGroups } from '#storage/collections.ts';
import { namedActor } from '../../people/about.ts';
import type { Services } from '../../services.ts';
import type { ScimClient, ScimShown } from '../client.ts';
import { requireVersion, versionTag } from '../precondition.ts';
import { changeMembers, membersOf } from './members.ts';

/** Most members of a group: what one request has to change at most when it is renamed. */
const mostMembers = 20_000;

/** @throws ScimError 404, also for a group of another client */
export async function heldGroup({ store }: Services, client: ScimClient, id: string): Promise<Stored<ScimGroup>> {
  const group = await store.get(scimGroups, id);
  if (group?.client !== client.id) throw new ScimError(404, 'There is no such group of this client');
  return group;
}

/** A group as its client sees it. @param withMembers false where nobody asked for them */
export async function showGroup(
  services: Services,
  group: Stored<ScimGroup>,
  withMembers: boolean,
): Promise<ScimShown> {
  const { id, displayName, externalId, version, createdAt, changedAt } = group;
  const members = withMembers
    ? [...(await membersOf(services, id))].sort().map((value) => ({ value, type: 'User' }))
    : [];
  return {
    resource: {
      schemas: [groupSchema],
      id,
      ...(externalId === undefined ? {} : { externalId }),
      displayName,
      ...(members.length === 0 ? {} : { members }),
    },
    id,
    version: versionTag(version),
    createdAt,
    changedAt,
  };
}

/** What a client says about a group; `members` undefined: nothing about them. */
export interface GroupFields {
  readonly displayName: string;
  readonly externalId: string | undefined;
  readonly members: ReadonlySet<string>;
}

/** Reads a whole group in the hub's form. @throws ScimError invalidValue */
export function fieldsOfGroup(group: ScimObject): GroupFields {
  const { displayName, externalId, members = [] } = group;
  if (typeof displayName !== 'string') throw new ScimError(400, 'displayName is missing', 'invalidValue');
  if (displayName.length > 200)
    throw new ScimError(400, 'displayName has to be at most 200 characters', 'invalidValue');
  return {
    displayName,
    externalId: typeof externalId === 'string' ? externalId : undefined,
    members: memberIds(members),
  };
}

/** @throws ScimError invalidValue for a group as a member: rules of the policy know none */
export function memberIds(members: ScimObject[string]): Set<string> {
  const ids = new Set<string>();
  for (const member of Array.isArray(members) ? members : [members]) {
    const { value, type } =
      typeof member === 'object' && !Array.isArray(member) ? member : { value: member, type: 'User' };
    if (typeof type === 'string' && type.toLowerCase() === 'group')
      throw new ScimError(400, 'A group cannot be a member of a group; send the users themselves', 'invalidValue');
    if (typeof value !== 'string')
      throw new ScimError(400, 'Each member needs the id of a user as its value', 'invalidValue');
    ids.add(value);
  }
  if (ids.size > mostMembers) throw new ScimError(413, `At most ${mostMembers} members`, 'tooMany');
  return ids;
}

/** To be run in a unit of work. @throws ScimError 409 uniqueness, 400; HubError as `changePerson` */
export async function createScimGroup(
  services: Services,
  origin: Origin,
  client: ScimClient,
  told: GroupFields,
): Promise<Stored<ScimGroup>> {
  await refuseNamesake(services, client, told);
  const now = services.clock.now();
  const id = uuidv7(now);
  const data = groupOf(client, told, now, now);
  await services.store.write({
    changes: [{ kind: 'insert', collection: scimGroups, id, data }],
    events: [await groupEvent(services, origin, client, 'scim.group-created', id, told.displayName)],
  });
  const members = { from: undefined, to: told.displayName, add: told.members, remove: [], stay: [] };
  await changeMembers(services, origin, client, { group: id, ...members });
  return { ...data, id, version: 1 };
}

/**
 * Writes a group: its names, and who is in it.
 * @param change what it is to be; members that are named in `add` and `remove` need no list of all the others
 */
export async function writeScimGroup(
  services: Services,
  origin: Origin,
  client: ScimClient,
  id: string,
  change: (group: Stored<ScimGroup>) => {
    readonly displayName: string;
    readonly externalId: string | undefined;
    readonly members: (now: ReadonlySet<string>) => ReadonlySet<string>;
  },
  ifMatch?: string,
): Promise<Stored<ScimGroup>> {
  const before = await heldGroup(services, client, id);
  requireVersion(ifMatch, versionTag(before.version));
  const { displayName, externalId, members } = change(before);
  if (fold(displayName) !== before.nameKey || externalId !== before.externalId)
    await refuseNamesake(services, client, { displayName, externalId }, id);
  const now = await membersOf(services, id);
  const wanted = members(now);
  const add = [...wanted].filter((person) => !now.has(person));
  const remove = [...now].filter((person) => !wanted.has(person));
  const stay = [...now].filter((person) => wanted.has(person));
  if (add.length + remove.length === 0 && displayName === before.displayName && externalId === before.externalId)
    return before;
  const { version: ifVersion } = before;
  const data = groupOf(client, { displayName, externalId }, before.createdAt, services.clock.now());
  await services.store.write({
    changes: [{ kind: 'replace', collection: scimGroups, id, ifVersion, data }],
    events: [
      await groupEvent(services, origin, client, 'scim.group-changed', id, displayName, {
        added: add.length,
        removed: remove.length,
      }),
    ],
  });
  await changeMembers(services, origin, client, {
    group: id,
    from: before.displayName,
    to: displayName,
    add,
    remove,
    stay,
  });
  return { ...data, id, version: ifVersion + 1 };
}

/** To be run in a unit of work. @throws ScimError 404; HubError `stale`, and as `changePerson` */
export async function removeScimGroup(
  services: Services,
  origin: Origin,
  client: ScimClient,
  id: string,
  ifMatch?: string,
): Promise<void> {
  const group = await heldGroup(services, client, id);
  requireVersion(ifMatch, versionTag(group.version));
  const remove = await membersOf(services, id);
  const members = { from: group.displayName, to: undefined, add: [], remove, stay: [] };
  await changeMembers(services, origin, client, { group: id, ...members });
  await services.store.write({
    changes: [{ kind: 'remove', collection: scimGroups, id, ifVersion: group.version }],
    events: [await groupEvent(services, origin, client, 'scim.group-removed', id, group.displayName)],
  });
}

function groupOf(
  client: ScimClient,
  { displayName, externalId }: Pick<GroupFields, 'displayName' | 'externalId'>,
  createdAt: number,
  changedAt: number,
): ScimGroup {
  const number = externalId === undefined ? {} : { externalId };
  return { client: client.id, displayName, nameKey: fold(displayName), ...number, createdAt, changedAt };
}

async function refuseNamesake(
  { store }: Services,
  client: ScimClient,
  { displayName, externalId }: Pick<GroupFields, 'displayName' | 'externalId'>,
  self?: string,
): Promise<void> {
  for (const [what, where] of [
    ['displayName', { nameKey: fold(displayName) }],
    ['externalId', externalId === undefined ? undefined : { externalId }],
  ] as const) {
    if (where === undefined) continue;
    const found = (await store.find(scimGroups, { where: { client: client.id, ...where }, limit: 1 })).items[0];
    if (found !== undefined && found.id !== self)
      throw new ScimError(409, `A group of this client has this ${what} already`, 'uniqueness');
  }
}

async function groupEvent(
  services: Services,
  origin: Origin,
  client: ScimClient,
  type: EventType,
  group: string,
  displayName: string,
  counts: { added: number; removed: number } | undefined = undefined,
) {
  return draft(origin, type, 'success', {
    system: client.id,
    detail: { group, displayName, ...counts },
    personal: await namedActor(services, origin),
  });
}
