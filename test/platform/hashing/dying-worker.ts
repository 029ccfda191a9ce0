/** A hashing thread with a weakness: some jobs end it, some take for ever, the others are echoed. For the pool's tests. */
import { parentPort } from 'node:worker_threads';
import type { Job } from '#platform/hashing/job.ts';

parentPort?.on('message', (job: Job) => {
  if (job.password === 'exit') process.exit(3);
  if (job.password === 'throw') throw new Error('thrown outside the answer');
  if (job.password === 'hang') return;
  parentPort?.postMessage({ kind: 'hash', hash: job.password });
});
