import type { Simulation } from '#domain/policy/simulate.ts';
import type { Services } from '../services.ts';
import { effectOfPolicy, type PolicyText, simulationOf } from './effect.ts';
import { policyInForce } from './in-force.ts';
import type { SweepOptions } from './what-if/run.ts';

/** What a policy would change for everybody in the store, compared with the one in force (or with `from`). */
export async function simulateOnStore(
  services: Services,
  after: PolicyText,
  options: {
    readonly from?: PolicyText | undefined;
    readonly at?: number | undefined;
    readonly onProgress?: SweepOptions['onProgress'];
  } = {},
): Promise<Simulation> {
  const before = options.from ?? (await policyInForce(services));
  const at = options.at ?? services.clock.now();
  return simulationOf(
    await effectOfPolicy(services, before, after, { at, ahead: false, onProgress: options.onProgress }),
  );
}
