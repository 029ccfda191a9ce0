import type { Origin } from '#domain/audit/event.ts';
import { scimUsers } from '#storage/collections.ts';
import { disablePerson } from '../../people/change.ts';
import type { Services } from '../../services.ts';
import type { ScimClient } from '../client.ts';
import { leaveGroups } from '../groups/members.ts';
import { requireVersion } from '../precondition.ts';
import { heldUser } from './record.ts';
import { showUser } from './show.ts';

/**
 * DELETE (RFC 7644, 3.6): for the client the user is gone; the person is disabled, everything of theirs ends, and nothing is erased. What the
 * client's record keeps lets the same user come back to the same account.
 *
 * To be run in a unit of work. @throws ScimError 404; HubError `stale`, `last-admin`, `forbidden`
 */
export async function removeScimUser(
  services: Services,
  origin: Origin,
  client: ScimClient,
  id: string,
  ifMatch?: string,
): Promise<void> {
  const held = await heldUser(services, client, id);
  requireVersion(ifMatch, (await showUser(services, client, held, false)).version);
  await leaveGroups(services, origin, client, id);
  await disablePerson(services, origin, id, { reason: `deleted by SCIM client ${client.id}` });
  const { id: key, version: ifVersion, ...data } = held.record;
  await services.store.write({
    changes: [
      {
        kind: 'replace',
        collection: scimUsers,
        id: key,
        ifVersion,
        data: { ...data, state: 'removed', changedAt: services.clock.now() },
      },
    ],
  });
}
