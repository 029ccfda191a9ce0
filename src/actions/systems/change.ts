import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { registrationFaults } from '#domain/systems/registration.ts';
import type { SystemSettings } from '#settings/settings.ts';
import type { Stored } from '#storage/collection.ts';
import { type System, systems } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { namesOf } from '../audit/names.ts';
import { openProvisioning } from '../provisioning/sealed.ts';
import type { Services } from '../services.ts';
import { differences, openClientSecret, recordOf } from './record.ts';

/** What may be changed: everything but the id; `enabled: false` shuts the door at once. */
export type SystemChange = Partial<Omit<SystemSettings, 'id'>> & { enabled?: boolean };

/**
 * Changes a system; what the change does not name stays.
 * @param ifVersion the version the caller saw.
 * @throws HubError `not-found`, `stale`, `invalid`, `already-exists` (client id, audience).
 */
export async function changeSystem(
  services: Services,
  origin: Origin,
  id: string,
  change: SystemChange,
  ifVersion?: number,
): Promise<Stored<System>> {
  const before = await services.store.get(systems, id);
  if (before === undefined) throw new HubError('not-found', 'There is no such system');
  if (ifVersion !== undefined && before.version !== ifVersion) throw new HubError('stale');
  const { enabled = before.enabled, ...settings } = change;
  return rewriteSystem(services, origin, before, { ...settingsOf(services, before), ...settings, id }, enabled);
}

/** Writes a system anew as its settings say; nothing happens when nothing differs. */
export async function rewriteSystem(
  services: Services,
  origin: Origin,
  before: Stored<System>,
  settings: SystemSettings,
  enabled: boolean,
): Promise<Stored<System>> {
  const faults = registrationFaults(settings, services.modules.get(settings.provider));
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
  const after: System = { ...recordOf(services, settings, before.origin, before), enabled };
  const changed = differences(before, after);
  if (changed === undefined) return before;
  try {
    await services.store.write({
      changes: [{ kind: 'replace', collection: systems, id: before.id, ifVersion: before.version, data: after }],
      events: [
        draft(origin, 'system.changed', 'success', {
          system: before.id,
          ...changed,
          personal: await namesOf(services, origin),
        }),
      ],
    });
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    throw new HubError(error.reason === 'unique' ? 'already-exists' : 'stale', undefined, { cause: error });
  }
  return { ...after, id: before.id, version: before.version + 1 };
}

/** A stored system back in the shape of its settings, its secret opened. */
export function settingsOf(services: Services, system: Stored<System>): SystemSettings {
  const {
    version: _version,
    expiresAt: _expiresAt,
    origin: _origin,
    enabled: _enabled,
    createdAt: _createdAt,
    changedAt: _changedAt,
    clientSecretSealed: _sealed,
    previousSecretSealed: _previous,
    previousSecretUntil: _until,
    audience: _audience,
    provisioning: _provisioning,
    provisioningSealed: _provisioningSealed,
    ...rest
  } = system;
  const clientSecret = openClientSecret(services, system);
  const provisioning = openProvisioning(services, system);
  return {
    ...(rest as SystemSettings),
    ...(provisioning === undefined ? {} : { provisioning }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
  };
}
