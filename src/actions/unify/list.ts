import { type Proposal, proposals } from '#storage/collections.ts';
import type { Services } from '../services.ts';

/** How many proposals of a kind stand in each state. */
export type Counts = Readonly<Record<Proposal['kind'], Readonly<Record<Proposal['state'], number>>>>;

const kinds = ['sure', 'doubt', 'alone', 'aside'] as const;
const states = ['open', 'accepted', 'rejected', 'settled', 'undone'] as const;

/** The figures of a unification, straight from the indexes. */
export async function countsOf({ store }: Services, unification: string): Promise<Counts> {
  const counts: Record<string, Record<string, number>> = {};
  for (const kind of kinds) {
    const told: Record<string, number> = {};
    for (const state of states) told[state] = await store.count(proposals, { unification, kind, state });
    counts[kind] = told;
  }
  return counts as Counts;
}
