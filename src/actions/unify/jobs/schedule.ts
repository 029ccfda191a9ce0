import { unifyJobs } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Services } from '../../services.ts';
import { repeatUnderLease } from '../../under-lease.ts';
import { runJob } from './run.ts';

/**
 * Works on what was asked for, one job after the other, in one process of all. What a process left behind that ended is taken
 * up by the next.
 * @returns how to stop: a job under way stops after its commit in hand, and goes on with the next process.
 */
export function scheduleUnifications(services: Services): { stop(): Promise<void> } {
  const { store, log } = services;
  /** The count of changes at which there was nothing to do. */
  let seen: number | undefined;

  const round = async (stopping: AbortSignal): Promise<void> => {
    const changes = store.changes(unifyJobs);
    for (const state of ['running', 'waiting']) {
      const { items } = await store.find(unifyJobs, { where: { state }, limit: 1 });
      const [job] = items;
      if (job === undefined) continue;
      await runJob(services, job, stopping);
      return;
    }
    seen = changes;
  };
  return repeatUnderLease(services, {
    name: 'unify',
    lookMs: 100,
    restMs: 5_000,
    due: (held) => {
      if (!held) seen = undefined;
      return seen !== store.changes(unifyJobs);
    },
    round: (_held, stopping) =>
      round(stopping).catch((error: unknown) => {
        // Somebody was quicker; the next look sees what there is now.
        if (!(error instanceof CommitConflict)) throw error;
      }),
    failed: (error) => log.warn({ err: error }, 'work on a unification was interrupted; it will be taken up again'),
  });
}
