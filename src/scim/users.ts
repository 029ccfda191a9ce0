import { setImmediate } from 'node:timers/promises';
import { everyRecord } from '#actions/access/reading.ts';
import { createScimUser } from '#actions/scim/users/create.ts';
import { type Held, heldUser } from '#actions/scim/users/record.ts';
import { removeScimUser } from '#actions/scim/users/remove.ts';
import { showUser } from '#actions/scim/users/show.ts';
import { writeScimUser } from '#actions/scim/users/write.ts';
import type { Services } from '#actions/services.ts';
import { fold } from '#domain/people/folding.ts';
import { canonical, type ScimObject } from '#domain/scim/dialect.ts';
import { patched, readPatch } from '#domain/scim/patch.ts';
import { isWanted } from '#domain/scim/project.ts';
import { userShape } from '#domain/scim/schemas.ts';
import type { Stored } from '#storage/collection.ts';
import { people, type ScimUser, scimUsers } from '#storage/collections.ts';
import { answerWith, type ScimAnswer } from './answer.ts';
import type { Source } from './list.ts';
import { inOneCommit, projectionOf, type ScimRequest } from './request.ts';

async function answered(
  services: Services,
  request: ScimRequest,
  held: Held,
  status: 200 | 201 = 200,
): Promise<ScimAnswer> {
  const projection = projectionOf(request);
  const shown = await showUser(services, request.client, held, isWanted(projection, 'groups'));
  return answerWith(services, 'User', shown, projection, status);
}

/** POST /Users (RFC 7644, 3.3). */
export async function postUser(services: Services, request: ScimRequest): Promise<ScimAnswer> {
  const { client, origin, body } = request;
  // Read first: a fault in the question changes nothing.
  projectionOf(request);
  const user = canonical(body, userShape);
  const held = await inOneCommit(services, undefined, () => createScimUser(services, origin, client, user));
  return answered(services, request, held, 201);
}

/** GET /Users/{id} (RFC 7644, 3.4.1). */
export async function getUser(services: Services, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const answer = await answered(services, request, await heldUser(services, request.client, id));
  return request.ifNoneMatch !== undefined && request.ifNoneMatch === answer.headers?.etag
    ? { status: 304, headers: answer.headers, person: id }
    : answer;
}

/** PUT /Users/{id} (RFC 7644, 3.5.1): what is left out is unassigned; `active` left out stays. */
export async function putUser(services: Services, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const user = canonical(request.body, userShape);
  return write(services, request, id, () => user);
}

/** PATCH /Users/{id} (RFC 7644, 3.5.2). */
export async function patchUser(services: Services, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const operations = readPatch(request.body, userShape);
  return write(services, request, id, (user) => patched(user, operations, userShape));
}

async function write(
  services: Services,
  request: ScimRequest,
  id: string,
  change: (user: ScimObject) => ScimObject,
): Promise<ScimAnswer> {
  projectionOf(request);
  const { client, origin, ifMatch } = request;
  const held = await inOneCommit(services, ifMatch, () => writeScimUser(services, origin, client, id, change, ifMatch));
  return answered(services, request, held);
}

/** DELETE /Users/{id} (RFC 7644, 3.6): disables, never erases. */
export async function deleteUser(services: Services, request: ScimRequest, id: string): Promise<ScimAnswer> {
  const { client, origin, ifMatch } = request;
  await inOneCommit(services, ifMatch, () => removeScimUser(services, origin, client, id, ifMatch));
  return { status: 204, person: id };
}

/** The users of a client, for lists. */
export function userSource(services: Services, request: ScimRequest, withGroups: boolean): Source<Stored<ScimUser>> {
  const { store } = services;
  const { client } = request;
  const where = { client: client.id, state: 'live' };
  const one = async (test: Record<string, string>) =>
    (await store.find(scimUsers, { where: { client: client.id, ...test } })).items;
  return {
    kind: 'User',
    shape: userShape,
    count: () => store.count(scimUsers, where),
    every: () => everyRecord(store, scimUsers, { where }),
    async indexed(equal) {
      const id = equal.get('id');
      if (id !== undefined) return one({ person: id });
      const userName = equal.get('username');
      if (userName !== undefined) return one({ userNameKey: fold(userName) });
      const externalId = equal.get('externalid');
      if (externalId !== undefined) return one({ externalId });
      const email = equal.get('emails.value');
      // The address of the account is found by the index; further ones are looked for among all.
      const owner = email === undefined ? undefined : await store.one(people, 'logins', fold(email));
      const found = owner === undefined ? [] : await one({ person: owner.id });
      return found.length > 0 ? found : undefined;
    },
    async show(record) {
      if (record.state !== 'live') return undefined;
      const person = await store.get(people, record.person);
      return person === undefined ? undefined : showUser(services, client, { person, record }, withGroups);
    },
    pause: setImmediate,
  };
}
