/** A sweep in a thread of its own: people come in chunks, each is acknowledged, `null` asks for the answer. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Question, SweptPerson } from './question.ts';
import { sweepFor } from './sweep.ts';

export type FromThread = { readonly kind: 'taken' } | { readonly kind: 'answer'; readonly answer: unknown };

const sweep = sweepFor(workerData as Question);
parentPort?.on('message', (people: readonly SweptPerson[] | null) => {
  if (people === null) {
    parentPort?.postMessage({ kind: 'answer', answer: sweep.answer() } satisfies FromThread);
    return;
  }
  for (const person of people) sweep.add(person);
  parentPort?.postMessage({ kind: 'taken' } satisfies FromThread);
});
