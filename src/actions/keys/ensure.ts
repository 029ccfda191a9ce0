import type { Origin } from '#domain/audit/event.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Services } from '../services.ts';
import { algorithms, allKeys, makingOfKey } from './stored.ts';
import { turnOfKeys } from './turn.ts';

/** Times a start looks again that lost a race for the keys to another. */
const attempts = 5;

/** Makes the keys that are missing, at the first start: one active key of each algorithm, however many hubs start at once. */
export async function ensureKeys(services: Services, origin: Origin): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const turn = await turnOfKeys(services);
    const present = new Set((await allKeys(services)).filter((key) => key.state === 'active').map((key) => key.alg));
    const missing = algorithms.filter((alg) => !present.has(alg));
    if (missing.length === 0) return;
    const made = missing.map((alg) => makingOfKey(services, origin, alg, 'active').commit);
    try {
      return await services.store.write({
        changes: [turn, ...made.flatMap((commit) => commit.changes)],
        events: made.flatMap((commit) => commit.events ?? []),
      });
    } catch (error) {
      if (!(error instanceof CommitConflict) || attempt === attempts) throw error;
    }
  }
}
