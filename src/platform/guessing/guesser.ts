import { createThreads } from '../threads.ts';
import type { Answer, Question } from './question.ts';

/** Says how hard a password is to guess. */
export interface Guesser {
  /**
   * @param words what somebody who knows the person and the company tries first
   * @returns the number of guesses it takes, as its decimal logarithm
   * @throws HubError `busy` when too many ask at once
   */
  guesses(password: string, words: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

/** More than these may wait nowhere: a new password is rare, and an import asks for a few at a time. */
const queue = 64;
const restMs = 30_000;

export function createGuesser(): Guesser {
  const program = new URL('./worker.ts', import.meta.url);
  const threads = createThreads<Question, Answer>({ program, slots: 1, queue, heapMb: 128, restMs, name: 'guessing' });
  return {
    async guesses(password, words) {
      const answer = await threads.run({ password, words });
      if ('failed' in answer) throw new Error(`guessing failed: ${answer.failed}`);
      return answer.log10;
    },
    close: () => threads.close(),
  };
}
