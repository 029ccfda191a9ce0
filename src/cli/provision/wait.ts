import { setTimeout as sleep } from 'node:timers/promises';
import { provisioningStatus, troubled } from '#actions/provisioning/status.ts';
import type { Services } from '#actions/services.ts';
import { startAccounts } from '#provisioning/accounts.ts';

export interface Progress {
  readonly waiting: number;
  readonly failed: number;
  /** The product's own fault, while it cannot be asked. */
  readonly away?: string;
}

const lookMs = 200;
const sayMs = 2000;

/**
 * Waits until everybody of a system was tried. While a hub runs it carries them; otherwise this process does, under the same lease. Ends
 * early when the product cannot be asked: what is left goes on waiting for the hub.
 */
export async function waitUntilCarried(
  services: Services,
  system: string,
  say: (line: string) => void,
): Promise<Progress> {
  const began = services.clock.now();
  const { engine } = services.store;
  const own = engine.exclusive === true || engine.name === 'mongodb' ? startAccounts(services, system) : undefined;
  try {
    for (let saidAt = performance.now(); ; ) {
      const { waiting, failed, state } = await provisioningStatus(services, system);
      const stuck = (await troubled(services, system, waiting)).filter(({ status }) => status === 'waiting').length;
      const away = state.fault !== undefined && state.fault.at >= began ? state.fault.message : undefined;
      if (waiting === stuck || away !== undefined) return { waiting, failed, ...(away === undefined ? {} : { away }) };
      if (performance.now() - saidAt >= sayMs) {
        saidAt = performance.now();
        say(`${waiting} accounts are still to be carried`);
      }
      await sleep(lookMs);
    }
  } finally {
    await own?.stop();
  }
}
