import type { Services } from '../services.ts';
import { allKeys, readyAt } from './stored.ts';

/** What may be shown of a key: never its private half. Times in ms. */
export interface KeyView {
  readonly id: string;
  readonly alg: 'ES256' | 'RS256';
  readonly state: 'next' | 'active' | 'retired';
  readonly createdAt: number;
  /** Of a next key: from when it may sign without `now`. */
  readonly readyAt?: number;
  readonly activatedAt?: number;
  readonly leavesAt?: number;
  readonly leakedAt?: number;
}

export async function listKeys(services: Services): Promise<readonly KeyView[]> {
  return (await allKeys(services)).map((key) => ({
    id: key.id,
    alg: key.alg,
    state: key.state,
    createdAt: key.createdAt,
    ...(key.state === 'next' ? { readyAt: readyAt(key) } : {}),
    ...(key.activatedAt === undefined ? {} : { activatedAt: key.activatedAt }),
    ...(key.leakedAt === undefined ? {} : { leakedAt: key.leakedAt }),
    ...(key.leavesAt === undefined ? {} : { leavesAt: key.leavesAt }),
  }));
}
