import { Worker } from 'node:worker_threads';
import { HubError } from '#domain/errors.ts';
import type { Hasher } from './hasher.ts';
import type { Answer, Job } from './job.ts';

interface Task {
  readonly job: Job;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (fault: Error) => void;
}

export interface HasherOptions {
  /** Threads that compute at the same time. */
  readonly slots: number;
  /** Tasks that may wait for a thread; one more is refused at once. */
  readonly queue: number;
  /** The threads' program; another one only in tests. */
  readonly program?: URL;
}

/**
 * Worker threads that hash and check passwords. A thread starts with the first task that needs it and lets the process
 * end when it is idle. One that dies takes its task with it (`busy`: another try makes sense) and is replaced on demand.
 */
export function createHasher(options: HasherOptions): Hasher {
  const program = options.program ?? new URL('./worker.ts', import.meta.url);
  const idle: Worker[] = [];
  const busy = new Map<Worker, Task>();
  const waiting: Task[] = [];
  let closed = false;

  const next = (): void => {
    while (waiting.length > 0 && !closed) {
      const worker = idle.pop() ?? (busy.size < options.slots ? start() : undefined);
      if (worker === undefined) return;
      const task = waiting.shift();
      if (task === undefined) return;
      busy.set(worker, task);
      worker.ref();
      worker.postMessage(task.job);
    }
  };

  const start = (): Worker => {
    // Hashing keeps nothing on the heap; small limits keep an idle thread small.
    const worker = new Worker(program, { resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 32 } });
    worker.on('message', (answer: Answer) => {
      const task = busy.get(worker);
      busy.delete(worker);
      worker.unref();
      idle.push(worker);
      task?.resolve(answer);
      next();
    });
    const gone = (cause: unknown): void => {
      const task = busy.get(worker);
      busy.delete(worker);
      const place = idle.indexOf(worker);
      if (place >= 0) idle.splice(place, 1);
      task?.reject(new HubError('busy', undefined, { retryAfter: 1, cause }));
      next();
    };
    worker.on('error', gone);
    worker.on('exit', (code) => gone(new Error(`a hashing thread ended with code ${code}`)));
    return worker;
  };

  const run = (job: Job): Promise<Answer> => {
    const full = busy.size >= options.slots && waiting.length >= options.queue;
    if (closed || full) return Promise.reject(new HubError('busy', undefined, { retryAfter: 1 }));
    return new Promise((resolve, reject) => {
      waiting.push({ job, resolve, reject });
      next();
    });
  };

  const failed = (answer: Answer): never => {
    throw new Error(`hashing failed: ${answer.kind === 'failed' ? answer.message : 'unexpected answer'}`);
  };

  return {
    async hash(password) {
      const answer = await run({ kind: 'hash', password });
      return answer.kind === 'hash' ? answer.hash : failed(answer);
    },
    async verify(hash, password) {
      const answer = await run({ kind: 'verify', hash, password });
      return answer.kind === 'verify' ? { matches: answer.matches, outdated: answer.outdated } : failed(answer);
    },
    async close() {
      closed = true;
      const workers = [...idle, ...busy.keys()];
      for (const task of waiting.splice(0)) task.reject(new HubError('busy', undefined, { retryAfter: 1 }));
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
