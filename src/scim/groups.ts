import { setImmediate } from 'node:timers/promises';
import { everyRecord } from '#actions/access/reading.ts';
import {
  createScimGroup,
  fieldsOfGroup,
  heldGroup,
  memberIds,
  removeScimGroup,
  showGroup,
  writeScimGroup,
} from '#actions/scim/groups/groups.ts';
import type { Services } from '#actions/services.ts';
import { fold } from '#domain/people/folding.ts';
import { canonical } from '#domain/scim/dialect.ts';
import { ScimError } from '#domain/scim/error.ts';
import { type PatchOperation, readPatch } from '#domain/scim/patch.ts';
import { isWanted } from '#domain/scim/project.ts';
import { groupShape } from '#domain/scim/schemas.ts';
import type { Stored } from '#storage/collection.ts';
import { type ScimGroup, scimGroups, scimMembers } from '#storage/collections.ts';
import { answerWith, type ScimAnswer } from './answer.ts';
import type { Source } from './list.ts';
import { inOneCommit, projectionOf, type ScimRequest } from './request.ts';

async function answered(
  services: Services,
  request: ScimRequest,
  group: Stored<ScimGroup>,
  status: 200 | 201 = 200,
): Promise<ScimAnswer> {
  const projection = projectionOf(request);
  return answerWith(
    services,
    'Group',
    await showGroup(services, group, isWanted(projection, 'members')),
    projection,
    status,
  );
}

/** POST /Groups. */
export async function postGroup(services: Services, request: ScimRequest): Promise<ScimAnswer> {
  const { client, origin, body } = request;
  projectionOf(request);
  const told = fieldsOfGroup(canonical(body, groupShape));
  const group = await inOneCommit(services, undefined, () => createScimGroup(services, origin, client, told));
  return answered(services, request, group, 201);
}

/** GET /Groups/{id}. */
export async function getGroup(services: Services, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const answer = await answered(services, request, await heldGroup(services, request.client, id));
  return request.ifNoneMatch !== undefined && request.ifNoneMatch === answer.headers?.etag
    ? { status: 304, headers: answer.headers }
    : answer;
}

/** PUT /Groups/{id}: the members are exactly these. */
export async function putGroup(services: Services, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const { client, origin, ifMatch, body } = request;
  projectionOf(request);
  const { members, ...told } = fieldsOfGroup(canonical(body, groupShape));
  const group = await inOneCommit(services, ifMatch, () =>
    writeScimGroup(services, origin, client, id, () => ({ ...told, members: () => members }), ifMatch),
  );
  return answered(services, request, group);
}

/** PATCH /Groups/{id}: members come and go by their ids, so that nobody has to send all the others. */
export async function patchGroup(services: Services, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const { client, origin, ifMatch, body } = request;
  projectionOf(request);
  const operations = readPatch(body, groupShape);
  const group = await inOneCommit(services, ifMatch, () =>
    writeScimGroup(services, origin, client, id, (before) => afterPatch(before, operations), ifMatch),
  );
  // Entra and Okta need no body; members of a large group would be a large one.
  return operations.some(({ attribute }) => attribute.name === 'members')
    ? { status: 204, headers: (await answered(services, { ...request, query: without }, group)).headers ?? {} }
    : answered(services, request, group);
}

const without = new Map([['excludedAttributes', 'members']]);

/** @throws ScimError invalidValue, invalidPath, mutability */
function afterPatch(before: Stored<ScimGroup>, operations: readonly PatchOperation[]) {
  let { displayName, externalId } = before;
  const steps: ((members: Set<string>) => void)[] = [];
  for (const { op, attribute, path, filter, value } of operations) {
    if (attribute.name === 'members') steps.push(memberStep(op, filter, value, path));
    else if (attribute.name === 'displayName') {
      if (op === 'remove' || typeof value !== 'string')
        throw new ScimError(400, 'displayName cannot be removed', 'invalidValue');
      displayName = value;
    } else externalId = op === 'remove' || typeof value !== 'string' ? undefined : value;
  }
  if (displayName.length > 200)
    throw new ScimError(400, 'displayName has to be at most 200 characters', 'invalidValue');
  const members = (now: ReadonlySet<string>): ReadonlySet<string> => {
    const after = new Set(now);
    for (const step of steps) step(after);
    return after;
  };
  return { displayName, externalId, members };
}

function memberStep(
  op: PatchOperation['op'],
  filter: string | undefined,
  value: PatchOperation['value'],
  path: string,
): (members: Set<string>) => void {
  if (filter !== undefined) {
    const id = /^value eq "([^"\\]*)"$/.exec(filter)?.[1];
    if (op !== 'remove' || id === undefined || path !== `members[${filter}]`)
      throw new ScimError(400, `${path}: members are removed by members[value eq "id"]`, 'invalidPath');
    return (members) => members.delete(id);
  }
  if (path !== 'members') throw new ScimError(400, `${path} cannot be written; send members themselves`, 'invalidPath');
  const ids = value === undefined ? undefined : memberIds(value);
  return (members) => {
    if (op === 'replace' || (op === 'remove' && ids === undefined)) members.clear();
    for (const id of ids ?? []) {
      if (op === 'remove') members.delete(id);
      else members.add(id);
    }
  };
}

/** DELETE /Groups/{id}: its members lose the name; nobody is disabled. */
export async function deleteGroup(services: Services, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const { client, origin, ifMatch } = request;
  await inOneCommit(services, ifMatch, () => removeScimGroup(services, origin, client, id, ifMatch));
  return { status: 204 };
}

/** The groups of a client, for lists. */
export function groupSource(services: Services, request: ScimRequest, withMembers: boolean): Source<Stored<ScimGroup>> {
  const { store } = services;
  const { client } = request;
  const own = async (test: Record<string, string>) =>
    (await store.find(scimGroups, { where: { client: client.id, ...test } })).items;
  return {
    kind: 'Group',
    shape: groupShape,
    count: () => store.count(scimGroups, { client: client.id }),
    every: () => everyRecord(store, scimGroups, { where: { client: client.id } }),
    async indexed(equal) {
      const id = equal.get('id');
      if (id !== undefined) return own({ id });
      const name = equal.get('displayname');
      if (name !== undefined) return own({ nameKey: fold(name) });
      const externalId = equal.get('externalid');
      if (externalId !== undefined) return own({ externalId });
      const member = equal.get('members.value');
      if (member === undefined) return undefined;
      const found = await Array.fromAsync(everyRecord(store, scimMembers, { where: { person: member } }));
      const groups = await Promise.all(found.map(({ group }) => store.get(scimGroups, group)));
      return groups.filter((group) => group !== undefined && group.client === client.id) as Stored<ScimGroup>[];
    },
    show: (group) => showGroup(services, group, withMembers),
    pause: setImmediate,
  };
}
