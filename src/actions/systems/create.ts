import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { registrationFaults } from '#domain/systems/registration.ts';
import type { SystemSettings } from '#settings/settings.ts';
import type { Stored } from '#storage/collection.ts';
import { links, type System, systems } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { namesOf } from '../audit/names.ts';
import type { Services } from '../services.ts';
import { recordOf } from './record.ts';

/**
 * Makes a system known. Its secret is sealed before it is stored.
 *
 * An id that a removed system had may be taken again, for a system that was removed by mistake: its links are still there, so
 * each person has the `sub` that this system knows them by, and nobody else ever gets it (contract.md, "Protocol rules"). The
 * event says `returning`. Another product takes another id.
 * @throws HubError `invalid` with every fault, `already-exists` when id, client id or the API's audience is taken.
 */
export async function createSystem(
  services: Services,
  origin: Origin,
  settings: SystemSettings,
  madeIn: 'config' | 'console' = 'console',
): Promise<Stored<System>> {
  const faults = registrationFaults(settings, services.modules.get(settings.provider));
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
  const data = recordOf(services, settings, madeIn);
  const returning = await wasKnown(services, settings.id);
  try {
    await services.store.write({
      changes: [{ kind: 'insert', collection: systems, id: settings.id, data }],
      events: [
        draft(origin, 'system.created', 'success', {
          system: settings.id,
          personal: await namesOf(services, origin),
          detail: {
            title: data.title,
            side: data.side,
            provider: data.provider,
            clientId: data.clientId,
            ...(returning ? { returning } : {}),
          },
        }),
      ],
    });
  } catch (error) {
    if (error instanceof CommitConflict) {
      throw new HubError('already-exists', 'A system of that id, client id or audience exists already', {
        cause: error,
      });
    }
    throw error;
  }
  return { ...data, id: settings.id, version: 1 };
}

/** Did people have logins in a system of this id before? */
export async function wasKnown(services: Services, id: string): Promise<boolean> {
  return (await services.store.find(links, { where: { system: id }, limit: 1 })).items.length > 0;
}
