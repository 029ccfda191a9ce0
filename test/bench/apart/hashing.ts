import { availableParallelism } from 'node:os';
import { createHasher } from '#platform/hashing/pool.ts';
import { passphrase } from '../company.ts';

export interface Hashing {
  /** Milliseconds of CPU for one password. */
  readonly cpu: number;
  readonly perSecond: number;
}

/** What was left out of the sign-ins: checking one password against the hub's own kind of hash, in its own threads. */
export async function measureHashing(count: number): Promise<Hashing> {
  const slots = availableParallelism();
  const hasher = createHasher({ slots, queue: count });
  const hash = await hasher.hash(passphrase);
  await Promise.all(Array.from({ length: slots }, () => hasher.verify(hash, passphrase)));
  const before = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: count }, () => hasher.verify(hash, passphrase)));
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  await hasher.close();
  return { cpu: (user + system) / 1000 / count, perSecond: count / seconds };
}
