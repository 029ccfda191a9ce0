import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { hubRoles } from '#domain/hub-roles.ts';
import { assignments } from '#storage/collections.ts';
import { everyRecord } from '../access/reading.ts';
import type { Services } from '../services.ts';
import { identitiesOf } from './identities.ts';

/**
 * A source says who somebody is: who could change one that an administrator signs in by would come to rights that they cannot be given.
 * An API token, which can never have rights over the hub's own roles, may switch such a source off and no more.
 * @throws HubError `forbidden`
 */
export async function refuseTokenOverSource(services: Services, origin: Origin, source: string): Promise<void> {
  if (origin.actor.kind !== 'system') return;
  const now = services.clock.now();
  const where = { role: { in: Object.keys(hubRoles) } };
  for await (const { person, until } of everyRecord(services.store, assignments, { where })) {
    if (until !== undefined && until <= now) continue;
    if ((await identitiesOf(services, person)).some((identity) => identity.source === source))
      throw new HubError(
        'forbidden',
        'Somebody with rights in the hub signs in by this source; change it in the console',
      );
  }
}
