import { draft, type Origin } from '#domain/audit/event.ts';
import { fold } from '#domain/people/folding.ts';
import type { ScimObject } from '#domain/scim/dialect.ts';
import { ScimError } from '#domain/scim/error.ts';
import { fieldsOfUser, type UserFields } from '#domain/scim/user.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people, type ScimUser, scimUsers } from '#storage/collections.ts';
import { about } from '../../people/about.ts';
import { changePerson } from '../../people/change.ts';
import { createPerson } from '../../people/create.ts';
import { hasHubRights } from '../../people/rights.ts';
import type { Services } from '../../services.ts';
import type { ScimClient } from '../client.ts';
import { withManager } from './manager.ts';
import { type Held, recordOf, scimUserId } from './record.ts';

/**
 * Makes a user of a client (RFC 7644, 3.3): a new person; or one that this client had deleted; or, where the settings allow it, one
 * with the same employee number. Never by name or address: those of somebody else are refused.
 *
 * To be run in a unit of work.
 * @throws ScimError 409 uniqueness, 400; HubError as `createPerson` and `changePerson`
 */
export async function createScimUser(
  services: Services,
  origin: Origin,
  client: ScimClient,
  user: ScimObject,
): Promise<Held> {
  const told = fieldsOfUser(user);
  const before = await ownRecord(services, client, told);
  const status = told.active === false ? ('disabled' as const) : ('active' as const);
  const patch = { ...(await withManager(services, client, told, undefined)), status };
  if (before !== undefined) return revive(services, origin, client, before, told, patch);
  const adopted = await adoptable(services, client, told);
  const person =
    adopted === undefined
      ? await createPerson(services, origin, patch, { scim: client.id })
      : await changePerson(services, origin, adopted.id, patch, { reason: `SCIM client ${client.id}` });
  return link(services, origin, client, person, told, adopted !== undefined);
}

/** What this client already has under this name or number. @throws ScimError 409 where it is no deleted user that this one is */
async function ownRecord(
  { store }: Services,
  client: ScimClient,
  { userName, externalId }: UserFields,
): Promise<Stored<ScimUser> | undefined> {
  const of = async (where: Record<string, string>) =>
    (await store.find(scimUsers, { where: { client: client.id, ...where }, limit: 1 })).items[0];
  const byName = await of({ userNameKey: fold(userName) });
  const byNumber = externalId === undefined ? undefined : await of({ externalId });
  const found = byNumber ?? byName;
  if (found === undefined) return undefined;
  if (found.state === 'live') {
    const what = byNumber === undefined ? 'userName' : 'externalId';
    throw new ScimError(409, `A user of this client has this ${what} already`, 'uniqueness');
  }
  // A login is given to somebody else one day: the number decides, where there is one.
  const same = byNumber !== undefined || found.externalId === undefined || externalId === undefined;
  if (!same || (byName !== undefined && byName.id !== found.id))
    throw new ScimError(
      409,
      'userName belongs to a deleted user with another externalId; change the username and email of that account in the hub first',
      'uniqueness',
    );
  return found;
}

async function revive(
  services: Services,
  origin: Origin,
  client: ScimClient,
  before: Stored<ScimUser>,
  told: UserFields,
  patch: Parameters<typeof changePerson>[3],
): Promise<Held> {
  const reason = `SCIM client ${client.id}`;
  const person = await changePerson(services, origin, before.person, patch, { reason });
  const { id, version: ifVersion } = before;
  const data = recordOf(services, client, person.id, told, before);
  await services.store.write({ changes: [{ kind: 'replace', collection: scimUsers, id, ifVersion, data }] });
  return { person, record: { ...data, id, version: ifVersion + 1 } };
}

/** A person who may be linked by the key that the settings name; never one with rights in the hub, nor a user of this client. */
async function adoptable(
  services: Services,
  client: ScimClient,
  { patch }: UserFields,
): Promise<Stored<Person> | undefined> {
  if (client.adopt === undefined || typeof patch.employeeNumber !== 'string') return undefined;
  const person = await services.store.one(people, 'employeeNumber', patch.employeeNumber);
  if (person === undefined || (await hasHubRights(services, person))) return undefined;
  const own = await services.store.get(scimUsers, scimUserId(client.id, person.id));
  return own === undefined ? person : undefined;
}

async function link(
  services: Services,
  origin: Origin,
  client: ScimClient,
  person: Stored<Person>,
  told: UserFields,
  adopted: boolean,
): Promise<Held> {
  const id = scimUserId(client.id, person.id);
  const data = recordOf(services, client, person.id, told);
  const who = await about(services, origin, person);
  const { userName, externalId = null } = told;
  await services.store.write({
    changes: [{ kind: 'insert', collection: scimUsers, id, data }],
    events: [
      draft(origin, 'person.linked', 'success', {
        subject: who.subject,
        system: client.id,
        detail: { protocol: 'scim', adopted },
        personal: { ...who.personal, detail: { userName, externalId } },
      }),
    ],
  });
  return { person, record: { ...data, id, version: 1 } };
}
