import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { SourceSettings } from '#domain/sources/source.ts';
import { sources } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { changeSource } from './change.ts';
import { createSource } from './create.ts';

/** Times a source is looked at again that another node changed in between. */
const attempts = 4;

/**
 * Brings the sources of the configuration into the store: idempotent, at each start (contract.md, "Settings"). One made in the
 * console is left alone, one that was disabled stays so, and nothing is ever removed.
 */
export async function applySources(
  services: Services,
  origin: Origin,
  configured: readonly SourceSettings[],
): Promise<void> {
  for (const settings of configured) {
    for (let attempt = 1; ; attempt++) {
      try {
        await applyOne(services, origin, settings);
        break;
      } catch (fault) {
        const raced = fault instanceof HubError && (fault.code === 'already-exists' || fault.code === 'stale');
        if (!raced || attempt === attempts) throw fault;
      }
    }
  }
}

async function applyOne(services: Services, origin: Origin, settings: SourceSettings): Promise<void> {
  const before = await services.store.get(sources, settings.id);
  if (before === undefined) await createSource(services, origin, settings, 'config');
  else if (before.origin === 'config') await changeSource(services, origin, settings);
}
