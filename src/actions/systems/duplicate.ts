import type { Origin } from '#domain/audit/event.ts';
import { idFrom } from '#domain/providers/registration.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { settingsOf } from './change.ts';
import { type Connected, freeId } from './connect.ts';
import { createSystem } from './create.ts';
import { guideFor } from './guide.ts';
import { bySecret, newClientSecret } from './secret.ts';

/**
 * Makes a second system like this one, for a test installation or another company's: the same addresses and settings, with an
 * id, a client id and a secret of its own. The audience of its API belongs to the first alone, and so do scopes of the hub and
 * the carrying of accounts, which would otherwise have two masters.
 * @throws HubError `already-exists`, `invalid`
 */
export async function duplicateSystem(
  services: Services,
  origin: Origin,
  system: Stored<System>,
  as: { readonly title: string; readonly id?: string | undefined },
): Promise<Connected> {
  const {
    api: _api,
    machine: _machine,
    clientSecret: _secret,
    clientId: _clientId,
    provisioning: _carried,
    ...kept
  } = settingsOf(services, system);
  const id = as.id ?? (await freeId(services, idFrom(as.title, system.id)));
  const secret = bySecret(system.auth) ? newClientSecret() : undefined;
  const settings = {
    ...kept,
    id,
    clientId: id,
    title: as.title,
    ...(secret === undefined ? {} : { clientSecret: secret }),
  };
  const made = await createSystem(services, origin, settings);
  return { system: made, ...(secret === undefined ? {} : { secret }), guide: guideFor(services, made, secret) };
}
