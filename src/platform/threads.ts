import { randomInt } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { HubError } from '#domain/errors.ts';

export interface ThreadOptions {
  /** The threads' program: answers each message with one of its own. */
  readonly program: URL;
  /** Threads that compute at the same time. */
  readonly slots: number;
  /** Tasks that may wait for a thread; one more is refused at once. */
  readonly queue: number;
  /** The most that a thread may keep on its heap, in MiB. */
  readonly heapMb: number;
  /** A thread without work ends after this long (ms) and gives its memory back; without it it stays. */
  readonly restMs?: number;
  /** What the threads do, for the log. */
  readonly name: string;
}

export interface Threads<Job, Answer> {
  /** @throws HubError `busy` when slots and queue are full, or the thread died. */
  run(job: Job): Promise<Answer>;
  /** Would the next task be refused? */
  full(): boolean;
  close(): Promise<void>;
}

interface Task<Job, Answer> {
  readonly job: Job;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (fault: Error) => void;
}

/**
 * Worker threads for what would hold up the event loop. A thread starts with the first task that needs it and lets the process
 * end when it is idle. One that dies takes its task with it (`busy`: another try makes sense) and is replaced on demand.
 */
export function createThreads<Job, Answer>(options: ThreadOptions): Threads<Job, Answer> {
  const idle: Worker[] = [];
  const busy = new Map<Worker, Task<Job, Answer>>();
  const resting = new Map<Worker, NodeJS.Timeout>();
  const waiting: Task<Job, Answer>[] = [];
  let closed = false;

  const next = (): void => {
    while (waiting.length > 0 && !closed) {
      const worker = idle.pop() ?? (busy.size < options.slots ? start() : undefined);
      if (worker === undefined) return;
      const task = waiting.shift();
      if (task === undefined) return;
      clearTimeout(resting.get(worker));
      busy.set(worker, task);
      worker.ref();
      worker.postMessage(task.job);
    }
  };

  const start = (): Worker => {
    const worker = new Worker(options.program, {
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: options.heapMb },
    });
    worker.on('message', (answer: Answer) => {
      const task = busy.get(worker);
      busy.delete(worker);
      worker.unref();
      idle.push(worker);
      if (options.restMs !== undefined) rest(worker, options.restMs);
      task?.resolve(answer);
      next();
    });
    const gone = (cause: unknown): void => {
      const task = busy.get(worker);
      busy.delete(worker);
      resting.delete(worker);
      const place = idle.indexOf(worker);
      if (place >= 0) idle.splice(place, 1);
      task?.reject(new HubError('busy', undefined, { retryAfter: 1, cause }));
      next();
    };
    worker.on('error', gone);
    worker.on('exit', (code) => gone(new Error(`a ${options.name} thread ended with code ${code}`)));
    return worker;
  };

  const rest = (worker: Worker, ms: number): void => {
    const timer = setTimeout(() => {
      const place = idle.indexOf(worker);
      if (place < 0) return;
      idle.splice(place, 1);
      void worker.terminate();
    }, ms);
    resting.set(worker, timer.unref());
  };

  const full = (): boolean => busy.size >= options.slots && waiting.length >= options.queue;
  // Not all at the same moment: they would meet again.
  const retryAfter = (): number => 2 + randomInt(4);

  return {
    full,
    run(job) {
      if (closed || full()) return Promise.reject(new HubError('busy', undefined, { retryAfter: retryAfter() }));
      return new Promise((resolve, reject) => {
        waiting.push({ job, resolve, reject });
        next();
      });
    },
    async close() {
      closed = true;
      for (const timer of resting.values()) clearTimeout(timer);
      const workers = [...idle, ...busy.keys()];
      for (const task of waiting.splice(0)) task.reject(new HubError('busy', undefined, { retryAfter: 1 }));
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
