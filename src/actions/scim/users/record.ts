import { fold } from '#domain/people/folding.ts';
import type { ScimObject } from '#domain/scim/dialect.ts';
import { ScimError } from '#domain/scim/error.ts';
import type { UserFields } from '#domain/scim/user.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people, type ScimUser, scimUsers } from '#storage/collections.ts';
import type { Services } from '../../services.ts';
import type { ScimClient } from '../client.ts';

export const scimUserId = (client: string, person: string): string => `${client}:${person}`;

/** A user of this client and the person behind it. */
export interface Held {
  readonly person: Stored<Person>;
  readonly record: Stored<ScimUser>;
}

/** @throws ScimError 404, also for a person whom this client neither made nor linked */
export async function heldUser({ store }: Services, client: ScimClient, id: string): Promise<Held> {
  const record = await store.get(scimUsers, scimUserId(client.id, id));
  const person = record?.state === 'live' ? await store.get(people, id) : undefined;
  if (record === undefined || person === undefined) throw new ScimError(404, 'There is no such user of this client');
  return { person, record };
}

const purpose = 'scim-rest';

export function sealRest({ seal }: Pick<Services, 'seal'>, rest: ScimObject): string | undefined {
  return Object.keys(rest).length === 0 ? undefined : seal.seal(purpose, JSON.stringify(rest));
}

export function openRest({ seal }: Pick<Services, 'seal'>, { restSealed }: ScimUser): ScimObject {
  return restSealed === undefined ? {} : (JSON.parse(seal.open(purpose, restSealed)) as ScimObject);
}

/** The client's own record of a user with these fields. */
export function recordOf(
  services: Services,
  client: ScimClient,
  person: string,
  { userName, externalId, rest }: Pick<UserFields, 'userName' | 'externalId' | 'rest'>,
  before?: ScimUser,
): ScimUser {
  const now = services.clock.now();
  const restSealed = sealRest(services, rest);
  return {
    client: client.id,
    person,
    state: 'live',
    userName,
    userNameKey: fold(userName),
    ...(externalId === undefined ? {} : { externalId }),
    ...(restSealed === undefined ? {} : { restSealed }),
    createdAt: before?.createdAt ?? now,
    changedAt: now,
  };
}
