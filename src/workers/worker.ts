import cluster from 'node:cluster';
import { once } from 'node:events';
import type { Fellows, MetricsOfWorker } from '#http/ops/fellows.ts';
import type { FromPrimary, FromWorker } from './messages.ts';

export interface WorkerSide extends Fellows {
  /** Tells the primary that this worker serves. */
  ready(port: number, setup: string | undefined): void;
  /** Lets go of the primary, so that the process can end. */
  leave(): void;
}

/** This process as one of several workers; undefined when it serves alone. */
export async function workerSide(): Promise<WorkerSide | undefined> {
  if (!cluster.isWorker) return undefined;
  const [first] = (await once(process, 'message')) as [FromPrimary];
  if (first.say !== 'place') throw new Error('the primary did not say which place this worker has');
  return new Side(first.place);
}

class Side implements WorkerSide {
  readonly place: number;
  readonly #waiting = new Map<number, (all: readonly MetricsOfWorker[]) => void>();
  #own: () => Promise<MetricsOfWorker> = async () => [];
  #last = 0;

  constructor(place: number) {
    this.place = place;
    process.on('message', (message: FromPrimary) => this.#heard(message));
  }

  tell(own: () => Promise<MetricsOfWorker>): void {
    this.#own = own;
  }

  gather(): Promise<readonly MetricsOfWorker[]> {
    const n = ++this.#last;
    return new Promise((resolve) => {
      this.#waiting.set(n, resolve);
      say({ say: 'gather-metrics', n });
    });
  }

  ready(port: number, setup: string | undefined): void {
    say({ say: 'ready', port, ...(setup === undefined ? {} : { setup }) });
  }

  leave(): void {
    cluster.worker?.disconnect();
  }

  #heard(message: FromPrimary): void {
    if (message.say === 'all-metrics') {
      this.#waiting.get(message.n)?.(message.all);
      this.#waiting.delete(message.n);
    } else if (message.say === 'tell-metrics') {
      void this.#own().then(
        (metrics) => say({ say: 'metrics', n: message.n, metrics }),
        () => {},
      );
    }
  }
}

function say(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}
