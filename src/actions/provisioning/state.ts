import { type ProvisioningState, provisioningStates } from '#storage/collections.ts';
import type { Services } from '../services.ts';

/** Notes something about provisioning of a system, beside what is known already. */
export async function keepState(services: Services, system: string, set: Partial<ProvisioningState>): Promise<void> {
  const before = await services.store.engine.get(provisioningStates, system);
  const place = { collection: provisioningStates, id: system };
  await services.store.write({
    changes: [before === undefined ? { kind: 'put', ...place, data: set } : { kind: 'update', ...place, set }],
  });
}
