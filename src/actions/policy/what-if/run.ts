import { Worker } from 'node:worker_threads';
import type { CompiledPolicy } from '#domain/policy/compile.ts';
import { people } from '#storage/collections.ts';
import type { PersonState } from '../../access/separation.ts';
import type { Services } from '../../services.ts';
import { everybody } from '../people.ts';
import type { AnswerTo, Question, SweptPerson } from './question.ts';
import { sweepFor } from './sweep.ts';
import type { FromThread } from './worker.ts';

/**
 * From so many people on a thread is worth its start (some 400 ms, most of it loading). One policy is asked about once for all
 * who are alike, 20 µs a person: the event loop gets its turn after each chunk, some 10 ms. A comparison of two takes longer.
 */
const usualThreadFrom: { readonly [kind in Question['kind']]: number } = {
  change: 3_000,
  conflicts: 20_000,
  holders: 20_000,
};
/** Chunks on their way to the thread; more wait in the store. */
const mostUnderway = 4;

export interface SweepOptions {
  /** Policies that are compiled already, by text; of use only while no thread is. */
  readonly compiled?: ReadonlyMap<string, CompiledPolicy>;
  /** A thread is started from so many people on. */
  readonly threadFrom?: number;
  /** Called after each chunk. */
  readonly onProgress?: ((done: number, all: number) => void) | undefined;
}

/** Asks a question about everybody in the store, as committed. */
export async function askEverybody<Q extends Question>(
  { store }: Pick<Services, 'store'>,
  question: Q,
  options: SweepOptions = {},
): Promise<AnswerTo<Q>> {
  const all = await store.count(people);
  const progress = (done: number) => options.onProgress?.(done, all);
  return all < (options.threadFrom ?? usualThreadFrom[question.kind])
    ? here(question, everybody(store), options, progress)
    : oneAtATime(() => there(question, everybody(store), progress));
}

type Everybody = readonly (PersonState & { readonly id: string })[];

/** Only what a sweep looks at: most of what a record weighs is for search. */
function swept({ id, person, assignments }: Everybody[number]): SweptPerson {
  const {
    logins: _logins,
    searchTerms: _terms,
    sortName: _sort,
    createdAt: _created,
    changedAt: _changed,
    ...rest
  } = person;
  return { id, person: rest, assignments: assignments.map(({ id, role, from, until }) => ({ id, role, from, until })) };
}

async function here<Q extends Question>(
  question: Q,
  chunks: AsyncIterable<Everybody>,
  { compiled }: SweepOptions,
  progress: (done: number) => void,
): Promise<AnswerTo<Q>> {
  const sweep = sweepFor(question, compiled);
  let done = 0;
  for await (const chunk of chunks) {
    for (const person of chunk) sweep.add(swept(person));
    done += chunk.length;
    progress(done);
  }
  return sweep.answer();
}

async function there<Q extends Question>(
  question: Q,
  chunks: AsyncIterable<Everybody>,
  progress: (done: number) => void,
): Promise<AnswerTo<Q>> {
  const thread = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: question,
    resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 },
  });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  thread.on('error', failed.reject);
  thread.on('exit', (code) => failed.reject(new Error(`the what-if thread ended with code ${code}`)));
  let underway = 0;
  let room = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<AnswerTo<Q>>();
  thread.on('message', (message: FromThread) => {
    if (message.kind === 'answer') return answer.resolve(message.answer as AnswerTo<Q>);
    underway -= 1;
    room.resolve();
    room = Promise.withResolvers();
  });
  try {
    let done = 0;
    for await (const chunk of chunks) {
      while (underway >= mostUnderway) await Promise.race([room.promise, failed.promise]);
      underway += 1;
      thread.postMessage(chunk.map(swept));
      done += chunk.length;
      progress(done);
    }
    thread.postMessage(null);
    return await Promise.race([answer.promise, failed.promise]);
  } finally {
    await thread.terminate();
  }
}

let last: Promise<unknown> = Promise.resolve();

/** Two sweeps at once would take twice the memory and be no sooner done. */
function oneAtATime<R>(act: () => Promise<R>): Promise<R> {
  const turn = last.then(act, act);
  last = turn.catch(() => undefined);
  return turn;
}
