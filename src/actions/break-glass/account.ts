import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { breakGlass, type Person, people } from '#storage/collections.ts';
import { assignRole } from '../assignments/assign.ts';
import { createPerson } from '../people/create.ts';
import { findByLogin } from '../people/find.ts';
import type { Services } from '../services.ts';
import { glassAccountId, glassRecordId } from './account-id.ts';

const username = 'break-glass';

export async function glassAccount(services: Services): Promise<Stored<Person> | undefined> {
  const id = await glassAccountId(services);
  return id === undefined ? undefined : services.store.get(people, id);
}

/**
 * The sealed account, made with the first codes: a person without password, address or rights in any system but the hub. One of
 * that name that is there already is never taken: whoever made it may hold a way in, and it would come to own the hub.
 * @throws HubError `conflict` when somebody else has its name
 */
export async function ensureGlassAccount(services: Services, origin: Origin): Promise<Stored<Person>> {
  const known = await glassAccount(services);
  if (known !== undefined) return known;
  if ((await findByLogin(services, username)) !== undefined)
    throw new HubError('conflict', `Somebody has the username ${username}, which is the sealed account’s; rename them`);
  const person = await createPerson(services, origin, { username, name: 'Break-glass account' });
  await assignRole(services, origin, person.id, { role: 'hub-owner', reason: 'sealed account for emergencies' });
  await services.store.write({
    changes: [{ kind: 'put', collection: breakGlass, id: glassRecordId, data: { person: person.id } }],
  });
  return person;
}
