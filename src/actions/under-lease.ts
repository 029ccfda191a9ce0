import { keepLease } from '#storage/leases/lease.ts';
import type { Services } from './services.ts';

/** A job that one process of all does again and again, behind the requests. */
export interface LeasedJob {
  /** The lease's name. */
  readonly name: string;
  /** How often it is looked whether there is something to do, and how long it rests after a fault; in ms. */
  readonly lookMs: number;
  readonly restMs: number;
  /** Is there something to do? Asked at each look, cheap. @param held whether this process may do it */
  due?(held: boolean): boolean;
  /**
   * One round. @param held to be asked before each effect: another process may have taken over, or the hub stops
   * @param stopping raised when the hub stops, for what can be left half-way
   */
  round(held: () => boolean, stopping: AbortSignal): Promise<void>;
  /** Says that a round failed; it is tried again after `restMs`. */
  failed(error: unknown): void;
  /** A last effect at a stop, while the lease is still held. */
  last?(): Promise<void>;
}

/**
 * Does the rounds of a job in this process while it holds the lease, never two at once.
 * @returns how to stop: nothing new is begun, what is under way is waited for, and the lease is given up.
 */
export function repeatUnderLease({ store, log }: Services, job: LeasedJob): { stop(): Promise<void> } {
  const lease = keepLease(store.engine, job.name, { log });
  const ending = new AbortController();
  const held = (): boolean => !ending.signal.aborted && lease.held;
  let restUntil = 0;
  let running: Promise<void> | undefined;

  const attempt = (work: () => Promise<void>): Promise<void> =>
    work().catch((error: unknown) => {
      restUntil = performance.now() + job.restMs;
      job.failed(error);
    });
  const timer = setInterval(() => {
    const due = job.due?.(held()) ?? true;
    if (running !== undefined || !due || !held() || performance.now() < restUntil) return;
    running = attempt(() => job.round(held, ending.signal)).finally(() => {
      running = undefined;
    });
  }, job.lookMs);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      ending.abort(new Error('the hub stops'));
      await running;
      const { last } = job;
      if (last !== undefined && lease.held) await attempt(() => last());
      await lease.release();
    },
  };
}
