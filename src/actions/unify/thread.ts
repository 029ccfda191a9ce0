import { Worker } from 'node:worker_threads';
import type { Job, JobAnswer } from './job.ts';

/**
 * Runs a job in a thread of its own.
 * @param signal ends the thread; the promise rejects with its reason
 */
export async function inThread(job: Job, signal?: AbortSignal): Promise<JobAnswer> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./worker.ts', import.meta.url));
  const end = (): void => void worker.terminate();
  signal?.addEventListener('abort', end, { once: true });
  try {
    return await new Promise<JobAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(signal?.reason ?? new Error('the matching thread ended without an answer')));
      worker.postMessage(job);
    });
  } finally {
    signal?.removeEventListener('abort', end);
    end();
  }
}
