import { reviewItemStates, reviewItems } from '#storage/collections.ts';
import type { Services } from '../services.ts';

export type ReviewCounts = Record<(typeof reviewItemStates)[number], number>;

/** How many items of a review are in each state; of one reviewer if wanted. */
export async function countsOf({ store }: Services, review: string, reviewer?: string): Promise<ReviewCounts> {
  const of = reviewer === undefined ? { review } : { review, reviewer };
  const counts = await Promise.all(reviewItemStates.map((state) => store.count(reviewItems, { ...of, state })));
  return Object.fromEntries(reviewItemStates.map((state, at) => [state, counts[at] ?? 0])) as ReviewCounts;
}

export function totalOf(counts: Partial<ReviewCounts>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
