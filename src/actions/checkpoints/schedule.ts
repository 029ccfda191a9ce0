import { readCheckpoint } from '#domain/audit/checkpoint.ts';
import type { Services } from '../services.ts';
import { repeatUnderLease } from '../under-lease.ts';
import { newestCheckpoint, thinCheckpoints } from './folder.ts';
import { covered, type Taken, takeCheckpoint } from './take.ts';

const everyMs = 60_000;
const everyEvents = 1000;
const lookMs = 1000;
const thinEveryMs = 3_600_000;
/** After a fault, so that a store that takes nothing does not leave a file behind each second. */
const restMs = 20_000;

/**
 * A checkpoint each minute or each 1,000 events, whichever comes first, and none while nothing happens: the record of a
 * checkpoint is itself an event, and that one alone asks for no further checkpoint. One process of all takes them; they lie in its
 * data folder.
 *
 * @param sendOn hands a checkpoint to where the settings send it; what becomes of that is its own affair.
 */
export function scheduleCheckpoints(
  services: Services,
  sendOn: (taken: Taken) => Promise<void>,
): { stop(): Promise<void> } {
  const newest = newestCheckpoint(services.settings);
  let known = newest === undefined ? 0 : covered(readCheckpoint(newest.jws).heads);
  let last = services.clock.now();
  let thinned = 0;

  const look = async (force: boolean): Promise<void> => {
    const now = services.clock.now();
    const events = covered(await services.store.audit.heads());
    const fresh = events - known;
    if (fresh <= 0 || !(force || fresh >= everyEvents || now - last >= everyMs)) return;
    const taken = await takeCheckpoint(services, { actor: { kind: 'hub' } });
    // The record of the checkpoint itself came after it.
    known = taken.events + 1;
    last = now;
    if (now - thinned >= thinEveryMs) {
      thinned = now;
      thinCheckpoints(services.settings, now);
    }
    await sendOn(taken);
  };
  return repeatUnderLease(services, {
    name: 'checkpoints',
    lookMs,
    restMs,
    round: () => look(false),
    // So that a stop leaves nothing uncovered.
    last: () => look(true),
    failed: (error) => services.log.error({ err: error }, 'no checkpoint could be taken; it will be tried again'),
  });
}
