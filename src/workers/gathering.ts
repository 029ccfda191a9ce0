import type { Worker } from 'node:cluster';
import type { MetricsOfWorker } from '#http/ops/fellows.ts';
import type { FromPrimary } from './messages.ts';

/** How long a worker may take to tell its metrics, in ms. */
const deadlineMs = 1500;

/** Asks all workers for their metrics and hands them to the one that was scraped. */
export class Gathering {
  readonly #open = new Map<number, { told: MetricsOfWorker[]; missing: number; done: () => void }>();
  #last = 0;

  start(asking: Worker, n: number, workers: readonly Worker[]): void {
    const round = ++this.#last;
    const told: MetricsOfWorker[] = [];
    const done = (): void => {
      clearTimeout(timer);
      if (this.#open.delete(round)) tell(asking, { say: 'all-metrics', n, all: told });
    };
    const timer = setTimeout(done, deadlineMs);
    this.#open.set(round, { told, missing: workers.length, done });
    for (const worker of workers) tell(worker, { say: 'tell-metrics', n: round });
  }

  told(round: number, metrics: MetricsOfWorker): void {
    const open = this.#open.get(round);
    if (open === undefined) return;
    open.told.push(metrics);
    open.missing -= 1;
    if (open.missing === 0) open.done();
  }
}

export function tell(worker: Worker, message: FromPrimary): void {
  if (worker.isConnected()) worker.send(message);
}
