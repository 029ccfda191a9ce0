import type { Origin } from '#domain/audit/event.ts';
import type { ScimObject } from '#domain/scim/dialect.ts';
import { enterpriseSchema } from '#domain/scim/schemas.ts';
import { fieldsOfUser, type UserFields } from '#domain/scim/user.ts';
import { scimUsers } from '#storage/collections.ts';
import { changePerson } from '../../people/change.ts';
import type { Services } from '../../services.ts';
import type { ScimClient } from '../client.ts';
import { requireVersion } from '../precondition.ts';
import { withManager } from './manager.ts';
import { type Held, heldUser, openRest, recordOf } from './record.ts';
import { showUser } from './show.ts';

/**
 * Writes a whole user (PUT), or what a PATCH makes of the one that is there; `active: false` disables the person and ends everything.
 *
 * To be run in a unit of work.
 * @param change what the user is to be, out of what it is
 * @throws ScimError 404, 400; HubError `stale` for another version, and as `changePerson`
 */
export async function writeScimUser(
  services: Services,
  origin: Origin,
  client: ScimClient,
  id: string,
  change: (user: ScimObject) => ScimObject,
  ifMatch?: string,
): Promise<Held> {
  const held = await heldUser(services, client, id);
  const shown = await showUser(services, client, held, false);
  requireVersion(ifMatch, shown.version);
  const before = shown.resource as unknown as ScimObject;
  const told = fieldsOfUser(change(before));
  const status = told.active === undefined ? held.person.status : told.active ? 'active' : 'disabled';
  const patch = { ...(await withManager(services, client, told, managerOf(before))), status };
  // A name that the client says as before, or not at all as before, leaves alone what an administrator made of it.
  const { name, ...others } = patch;
  const named = name === fieldsOfUser(before).patch.name ? others : patch;
  // Of two writes of one version the second is refused, also where only the client's own record differs.
  const person = await changePerson(services, origin, id, named, {
    reason: `SCIM client ${client.id}`,
    ...(ifMatch === undefined ? {} : { ifVersion: held.person.version }),
  });
  return { person, record: await writeRecord(services, client, held, told) };
}

function managerOf(user: ScimObject): string | undefined {
  const enterprise = user[enterpriseSchema] as ScimObject | undefined;
  const manager = enterprise?.manager as ScimObject | undefined;
  return typeof manager?.value === 'string' ? manager.value : undefined;
}

async function writeRecord(services: Services, client: ScimClient, { person, record }: Held, told: UserFields) {
  const sameRest = JSON.stringify(openRest(services, record)) === JSON.stringify(told.rest);
  if (sameRest && record.userName === told.userName && record.externalId === told.externalId) return record;
  const { id, version: ifVersion } = record;
  const data = recordOf(services, client, person.id, told, record);
  await services.store.write({ changes: [{ kind: 'replace', collection: scimUsers, id, ifVersion, data }] });
  return { ...data, id, version: ifVersion + 1 };
}
