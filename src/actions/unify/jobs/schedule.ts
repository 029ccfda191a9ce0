import { unifyJobs } from '#storage/collections.ts';
import { keepLease } from '#storage/leases/lease.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Services } from '../../services.ts';
import { runJob } from './run.ts';

const lookMs = 100;
/** After a fault of the store, or one that nobody foresaw. */
const restMs = 5_000;

/**
 * Works on what was asked for, one job after the other, in one process of all. What a process left behind that ended is taken
 * up by the next.
 * @returns how to stop: a job under way stops after its commit in hand, and goes on with the next process.
 */
export function scheduleUnifications(services: Services): { stop(): Promise<void> } {
  const { store, log } = services;
  const lease = keepLease(store.engine, 'unify', { log });
  const ending = new AbortController();
  let seen: number | undefined;
  let restUntil = 0;
  let running: Promise<void> | undefined;

  const round = async (): Promise<void> => {
    const changes = store.changes(unifyJobs);
    for (const state of ['running', 'waiting']) {
      const { items } = await store.find(unifyJobs, { where: { state }, limit: 1 });
      const [job] = items;
      if (job === undefined) continue;
      await runJob(services, job, ending.signal);
      return;
    }
    seen = changes;
  };
  const timer = setInterval(() => {
    if (!lease.held) seen = undefined;
    if (running !== undefined || !lease.held || performance.now() < restUntil) return;
    if (seen === store.changes(unifyJobs)) return;
    running = round()
      .catch((error: unknown) => {
        if (error instanceof CommitConflict) return;
        restUntil = performance.now() + restMs;
        log.warn({ err: error }, 'work on a unification was interrupted; it will be taken up again');
      })
      .finally(() => {
        running = undefined;
      });
  }, lookMs);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      ending.abort(new Error('the hub stops'));
      await running;
      await lease.release();
    },
  };
}
