import type { Origin } from '#domain/audit/event.ts';
import type { Services } from '../services.ts';
import { algorithms, allKeys, makingOfKey } from './stored.ts';

/** Makes the keys that are missing, at the first start: one active key of each algorithm. */
export async function ensureKeys(services: Services, origin: Origin): Promise<void> {
  const present = new Set((await allKeys(services)).filter((key) => key.state === 'active').map((key) => key.alg));
  for (const alg of algorithms) {
    if (!present.has(alg)) await services.store.write(makingOfKey(services, origin, alg, 'active').commit);
  }
}
