import type { Engine } from '../port.ts';
import { keepLease, type LeaseOptions } from './lease.ts';
import { quickTimes } from './times.ts';

/**
 * Runs `work` while no other process runs work of the same name: waits for its turn, however long the others take. A turn
 * that is lost on the way (a process that stood still) is no fence: what `work` writes has to be conditional all the same.
 */
export async function inTurn<R>(
  engine: Pick<Engine, 'exclusive' | 'get' | 'commit' | 'ping'>,
  name: string,
  work: () => Promise<R>,
  options: LeaseOptions = {},
): Promise<R> {
  const lease = keepLease(engine, name, { ...quickTimes, ...options });
  try {
    while (!lease.held) {
      // A store that is gone ends the waiting.
      await engine.ping();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return await work();
  } finally {
    await lease.release();
  }
}
