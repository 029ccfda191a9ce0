import { outbox, provisioningStates } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { systemDirectory } from '../systems/directory.ts';
import { targetOf } from './target.ts';

/** Problems with the provisioning of one system that an administrator should see. Does not call the product. */
export interface ProvisioningAlarm {
  readonly system: string;
  readonly title: string;
  readonly mode: 'preview' | 'on';
  /** Accounts that differed from the policy when they were read last. */
  readonly drifted: number;
  /** Given up after 24 hours. */
  readonly failed: number;
  readonly waiting: number;
  /** Why the product cannot be asked. */
  readonly fault?: string;
}

/** Every system that accounts are carried into, in order of id. */
export async function provisioningAlarms(services: Services): Promise<ProvisioningAlarm[]> {
  const { store } = services;
  const { all } = await systemDirectory(services);
  const alarms: ProvisioningAlarm[] = [];
  for (const system of all) {
    const mode = targetOf(services, system)?.settings.mode ?? 'off';
    if (mode === 'off') continue;
    const count = (status: string) => store.count(outbox, { kind: 'provision', system: system.id, status });
    const [state, failed, waiting] = await Promise.all([
      store.engine.get(provisioningStates, system.id),
      count('failed'),
      count('waiting'),
    ]);
    const fault = state?.fault === undefined ? {} : { fault: state.fault.message };
    alarms.push({
      system: system.id,
      title: system.title,
      mode,
      drifted: state?.drifted ?? 0,
      failed,
      waiting,
      ...fault,
    });
  }
  return alarms;
}

/** Does it want a look? */
export function isAlarming({ drifted, failed, fault }: ProvisioningAlarm): boolean {
  return drifted > 0 || failed > 0 || fault !== undefined;
}
