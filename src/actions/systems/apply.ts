import type { Origin } from '#domain/audit/event.ts';
import type { SystemSettings } from '#settings/settings.ts';
import { systems } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { rewriteSystem } from './change.ts';
import { createSystem } from './create.ts';

export interface Applied {
  readonly created: readonly string[];
  readonly changed: readonly string[];
  /** Made or changed in the console, and so left alone. */
  readonly leftAlone: readonly string[];
}

/**
 * Brings the systems of the configuration into the store: idempotent, at each start (contract.md, "Settings"). An item made
 * in the console is left alone; nothing is ever removed.
 */
export async function applySystems(
  services: Services,
  origin: Origin,
  configured: readonly SystemSettings[],
): Promise<Applied> {
  const created: string[] = [];
  const changed: string[] = [];
  const leftAlone: string[] = [];
  for (const settings of configured) {
    const before = await services.store.get(systems, settings.id);
    if (before === undefined) {
      await createSystem(services, origin, settings, 'config');
      created.push(settings.id);
    } else if (before.origin === 'console') {
      leftAlone.push(settings.id);
    } else {
      const after = await rewriteSystem(services, origin, before, settings, before.enabled);
      if (after.version !== before.version) changed.push(settings.id);
    }
  }
  return { created, changed, leftAlone };
}
