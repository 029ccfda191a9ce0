import { keepLease } from '#storage/leases/lease.ts';
import type { Services } from '../services.ts';
import { lapseAcceptances } from './acceptances.ts';
import { expireAssignments } from './assignments.ts';
import { expireRequests } from './requests.ts';

const lookMs = 2000;
/** After a fault of the store. */
const restMs = 10_000;

/** A look for what is due. `held` is asked before each effect: another process may have taken over. */
export type Look = (services: Services, held: () => boolean) => Promise<void>;

/**
 * Writes down what ended by time, soon after it did. One process of all does it.
 * @returns how to stop: nothing new is begun, what is under way is waited for.
 */
export function scheduleDeadlines(services: Services): { stop(): Promise<void> } {
  const lease = keepLease(services.store.engine, 'deadlines', { log: services.log });
  const looks: readonly Look[] = [expireAssignments, lapseAcceptances, expireRequests];
  let closed = false;
  let restUntil = 0;
  let running: Promise<void> | undefined;
  const held = (): boolean => !closed && lease.held;

  const round = async (): Promise<void> => {
    for (const look of looks) if (held()) await look(services, held);
  };
  const timer = setInterval(() => {
    if (running !== undefined || !held() || performance.now() < restUntil) return;
    running = round()
      .catch((error: unknown) => {
        restUntil = performance.now() + restMs;
        services.log.warn({ err: error }, 'what ended could not be put on record; it will be tried again');
      })
      .finally(() => {
        running = undefined;
      });
  }, lookMs);
  timer.unref();
  return {
    stop: async () => {
      closed = true;
      clearInterval(timer);
      await running;
      await lease.release();
    },
  };
}
