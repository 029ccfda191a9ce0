import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { hubRoles } from '#domain/hub-roles.ts';
import { isOpenIdProvider, type SourceSettings } from '#domain/sources/source.ts';
import { assignments } from '#storage/collections.ts';
import { everyRecord } from '../access/reading.ts';
import type { Services } from '../services.ts';
import { identitiesOf } from './identities.ts';

/** A source as far as it matters to who may change it. */
type Reached = Pick<SourceSettings, 'id' | 'provider'>;

/**
 * What people type into the sign-in form may be tried at a directory: whoever sets one up, or leads one elsewhere, comes to read
 * passwords. So no API token does.
 * @throws HubError `forbidden`
 */
export function refuseTokenOverDirectory(origin: Origin, { provider }: Reached): void {
  if (origin.actor.kind === 'system' && !isOpenIdProvider(provider))
    throw new HubError(
      'forbidden',
      'Passwords pass through a directory; set it up in the console or the configuration',
    );
}

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
