import type { PersonPatch } from '#domain/people/fields.ts';
import { ScimError } from '#domain/scim/error.ts';
import type { UserFields } from '#domain/scim/user.ts';
import { people, scimUsers } from '#storage/collections.ts';
import type { Services } from '../../services.ts';
import type { ScimClient } from '../client.ts';
import { scimUserId } from './record.ts';

/**
 * The patch with the manager, whom the client names by id and the hub keeps by e-mail or username.
 * @param before the manager as the hub has it: one whom this client cannot name stays when it names nobody
 * @throws ScimError invalidValue for an id that is no user of this client
 */
export async function withManager(
  { store }: Services,
  client: ScimClient,
  { patch, manager }: UserFields,
  shownBefore: string | undefined,
): Promise<PersonPatch> {
  if (manager === shownBefore) return patch;
  if (manager === undefined) return { ...patch, manager: null };
  const record = await store.get(scimUsers, scimUserId(client.id, manager));
  const person = record?.state === 'live' ? await store.get(people, manager) : undefined;
  if (person === undefined)
    throw new ScimError(400, 'manager.value is no user of this client; create the manager first', 'invalidValue');
  return { ...patch, manager: person.email ?? person.username ?? null };
}
