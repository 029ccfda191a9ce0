import cluster, { type Worker } from 'node:cluster';
import type { Logger } from '#platform/log.ts';
import { Gathering, tell } from './gathering.ts';
import type { FromWorker } from './messages.ts';

/** However the workers stop, they are gone after this, in ms: of the ten seconds of a stop the last half is the primary's. */
const lastMs = 9500;
/** A worker that lived shorter than this (ms) is started again only after a pause, longer each time. */
const livedMs = 10_000;
const firstPauseMs = 250;
const longestPauseMs = 30_000;

export interface PrimaryOptions {
  readonly workers: number;
  readonly log: Logger;
  /** Called once, when the first worker serves. */
  readonly serving: (port: number, setup: string | undefined) => void;
}

/**
 * Runs so many workers on one port until a signal: the first alone, so that a fault of the settings or the store is told once and
 * ends everything; then the others. One that dies is replaced; a signal drains all of them.
 *
 * @returns the exit code
 */
export function runWorkers(options: PrimaryOptions): Promise<number> {
  return new Primary(options).run();
}

class Primary {
  readonly #options: PrimaryOptions;
  readonly #gathering = new Gathering();
  readonly #ready = new Set<Worker>();
  /** Place -> how often in a row its worker died young. */
  readonly #failures = new Map<number, number>();
  readonly #finished = Promise.withResolvers<number>();
  #served = false;
  #stopping = false;
  #clean = true;

  constructor(options: PrimaryOptions) {
    this.#options = options;
  }

  run(): Promise<number> {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.#stop(signal));
    this.#fork(1);
    return this.#finished.promise;
  }

  #fork(place: number): void {
    if (this.#stopping) return;
    const worker = cluster.fork();
    const began = performance.now();
    worker.on('online', () => tell(worker, { say: 'place', place }));
    worker.on('message', (message: FromWorker) => this.#heard(worker, message));
    worker.on('error', (error) => this.#options.log.warn({ err: error, worker: place }, 'a worker cannot be reached'));
    worker.on('exit', (code, signal) => {
      this.#ready.delete(worker);
      this.#died(place, performance.now() - began, code, signal);
    });
  }

  #heard(worker: Worker, message: FromWorker): void {
    if (message.say === 'metrics') this.#gathering.told(message.n, message.metrics);
    else if (message.say === 'gather-metrics') this.#gathering.start(worker, message.n, [...this.#ready]);
    else {
      this.#ready.add(worker);
      if (this.#served) return;
      this.#served = true;
      this.#options.serving(message.port, message.setup);
      for (let place = 2; place <= this.#options.workers; place++) this.#fork(place);
    }
  }

  #died(place: number, livedFor: number, code: number, signal: string | null): void {
    if (this.#stopping || !this.#served) {
      this.#clean &&= code === 0;
      if (Object.keys(cluster.workers ?? {}).length === 0) this.#finished.resolve(this.#clean ? 0 : code || 1);
      return;
    }
    const failures = livedFor < livedMs ? (this.#failures.get(place) ?? 0) + 1 : 0;
    this.#failures.set(place, failures);
    const pauseMs = failures === 0 ? 0 : Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
    this.#options.log.error({ worker: place, exit: code, signal, pauseMs }, 'a worker died; another takes its place');
    setTimeout(() => this.#fork(place), pauseMs).unref();
  }

  #stop(signal: string): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#options.log.info({ signal }, 'stopping');
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    if (workers.length === 0) this.#finished.resolve(0);
    for (const worker of workers) worker.process.kill('SIGTERM');
    setTimeout(() => {
      this.#clean = false;
      for (const worker of workers) worker.process.kill('SIGKILL');
    }, lastMs).unref();
  }
}
