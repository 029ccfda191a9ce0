import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { SystemSettings } from '#settings/settings.ts';
import { systems } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { rewriteSystem } from './change.ts';
import { createSystem } from './create.ts';

/** Times a system is looked at again that somebody changed in between. */
const attempts = 4;

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
    const outcome = await patiently(() => applyOne(services, origin, settings));
    if (outcome === 'created') created.push(settings.id);
    else if (outcome === 'changed') changed.push(settings.id);
    else if (outcome === 'left alone') leftAlone.push(settings.id);
  }
  return { created, changed, leftAlone };
}

async function applyOne(
  services: Services,
  origin: Origin,
  settings: SystemSettings,
): Promise<'created' | 'changed' | 'left alone' | 'same'> {
  const before = await services.store.get(systems, settings.id);
  if (before === undefined) {
    await createSystem(services, origin, settings, 'config');
    return 'created';
  }
  if (before.origin === 'console') return 'left alone';
  const after = await rewriteSystem(services, origin, before, settings, before.enabled);
  return after.version === before.version ? 'same' : 'changed';
}

/** Another node that starts at the same moment may be applying the same list: what it did meanwhile is looked at again. */
async function patiently<R>(work: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (fault) {
      const raced = fault instanceof HubError && (fault.code === 'already-exists' || fault.code === 'stale');
      if (!raced || attempt === attempts) throw fault;
    }
  }
}
