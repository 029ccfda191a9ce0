import type { Services } from '../services.ts';
import { repeatUnderLease } from '../under-lease.ts';
import { lapseAcceptances } from './acceptances.ts';
import { expireAssignments } from './assignments.ts';
import { leaveAfterLastDay } from './leavers.ts';
import { expireRequests } from './requests.ts';

/** A look for what is due. `held` is asked before each effect: another process may have taken over. */
export type Look = (services: Services, held: () => boolean) => Promise<void>;

const looks: readonly Look[] = [leaveAfterLastDay, expireAssignments, lapseAcceptances, expireRequests];

/**
 * Writes down what ended by time, soon after it did. One process of all does it.
 * @returns how to stop: nothing new is begun, what is under way is waited for.
 */
export function scheduleDeadlines(services: Services): { stop(): Promise<void> } {
  return repeatUnderLease(services, {
    name: 'deadlines',
    lookMs: 2000,
    restMs: 10_000,
    round: async (held) => {
      for (const look of looks) if (held()) await look(services, held);
    },
    failed: (error) =>
      services.log.warn({ err: error }, 'what ended could not be put on record; it will be tried again'),
  });
}
