import { createThreads } from '../threads.ts';
import type { Hasher } from './hasher.ts';
import type { Answer, Job } from './job.ts';

export interface HasherOptions {
  /** Threads that compute at the same time. */
  readonly slots: number;
  /** Tasks that may wait for a thread; one more is refused at once. */
  readonly queue: number;
  /** The threads' program; another one only in tests. */
  readonly program?: URL;
}

/** Worker threads that hash and check passwords. */
export function createHasher(options: HasherOptions): Hasher {
  const { slots, queue, program = new URL('./worker.ts', import.meta.url) } = options;
  // Hashing keeps nothing on the heap; a small limit keeps an idle thread small.
  const threads = createThreads<Job, Answer>({ program, slots, queue, heapMb: 32, name: 'hashing' });
  const failed = (answer: Answer): never => {
    throw new Error(`hashing failed: ${answer.kind === 'failed' ? answer.message : 'unexpected answer'}`);
  };
  return {
    async hash(password) {
      const answer = await threads.run({ kind: 'hash', password });
      return answer.kind === 'hash' ? answer.hash : failed(answer);
    },
    async verify(hash, password) {
      const answer = await threads.run({ kind: 'verify', hash, password });
      return answer.kind === 'verify' ? { matches: answer.matches, outdated: answer.outdated } : failed(answer);
    },
    full: () => threads.full(),
    close: () => threads.close(),
  };
}
