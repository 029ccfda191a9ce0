/** The guessing thread: everything it needs is loaded with it, and goes with it. */
import { parentPort } from 'node:worker_threads';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import type { Answer, Question } from './question.ts';

const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

function answer({ password, words }: Question): Answer {
  try {
    return { log10: zxcvbn.check(password, [...words]).guessesLog10 };
  } catch (fault) {
    return { failed: fault instanceof Error ? fault.message : 'unknown' };
  }
}

parentPort?.on('message', (question: Question) => parentPort?.postMessage(answer(question)));
