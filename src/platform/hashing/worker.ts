/** A hashing thread: takes one job, computes it synchronously, answers. It holds no state and reads nothing else. */
import { parentPort } from 'node:worker_threads';
import type { Answer, Job } from './job.ts';
import { hashPassword, isCurrent } from './schemes/argon2.ts';
import { matchesHash } from './schemes/index.ts';

/**
 * The hub's own hashes are of the NFC form. Another product may have hashed what was typed as it was typed,
 * so for a foreign hash both forms are tried where they differ.
 */
function matches(hash: string, password: string): boolean {
  const normal = password.normalize('NFC');
  if (matchesHash(hash, normal)) return true;
  return normal !== password && !isCurrent(hash) && matchesHash(hash, password);
}

function answer(job: Job): Answer {
  if (job.kind === 'hash') return { kind: 'hash', hash: hashPassword(job.password.normalize('NFC')) };
  return { kind: 'verify', matches: matches(job.hash, job.password), outdated: !isCurrent(job.hash) };
}

parentPort?.on('message', (job: Job) => {
  try {
    parentPort?.postMessage(answer(job));
  } catch (fault) {
    const message = fault instanceof Error ? fault.message : 'unknown';
    parentPort?.postMessage({ kind: 'failed', message } satisfies Answer);
  }
});
