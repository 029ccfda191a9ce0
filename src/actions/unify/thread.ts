import { Worker } from 'node:worker_threads';
import { HubError } from '#domain/errors.ts';
import type { Job, JobAnswer } from './job.ts';

/** One at a time in a process: a match of a large company takes most of a gigabyte. */
let running = false;

/**
 * Runs a job in a thread of its own. @throws HubError `busy` while another one runs
 */
export async function inThread(job: Job): Promise<JobAnswer> {
  if (running && job.kind === 'match')
    throw new HubError('busy', 'Another match is running; try again when it is done', { retryAfter: 10 });
  if (job.kind === 'match') running = true;
  try {
    return await new Promise<JobAnswer>((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url));
      worker.once('message', (answer: JobAnswer) => {
        resolve(answer);
        void worker.terminate();
      });
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the matching thread ended without an answer')));
      worker.postMessage(job);
    });
  } finally {
    if (job.kind === 'match') running = false;
  }
}
