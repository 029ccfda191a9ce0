import type { Stored } from '#storage/collection.ts';
import { type ReviewItem, reviewItems } from '#storage/collections.ts';
import type { Page } from '#storage/port.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';
import { type LastUsed, lastUsed } from './last-used.ts';
import { type Holder, holdersOf, type LiveItem, liveAmong, turns } from './live.ts';

/** An item with what it asks about as it stands now. */
export interface ReviewRow {
  readonly item: Stored<ReviewItem>;
  /** Undefined for somebody who is no more. */
  readonly holder: Holder | undefined;
  /** Undefined once it is withdrawn, has ended, or the rule gives it no more. */
  readonly live: LiveItem | undefined;
  readonly used: LastUsed | undefined;
}

/** @param items at most 1000 */
export async function rowsOf(services: Services, items: readonly Stored<ReviewItem>[]): Promise<ReviewRow[]> {
  const policy = await policyInForce(services);
  const now = services.clock.now();
  const holders = await holdersOf(
    services,
    items.map(({ person }) => person),
  );
  const liveOf = liveAmong(policy, holders, now);
  const lives = new Map(items.map((item) => [item.id, liveOf(item)]));
  const turn = turns();
  const used = new Map<string, Map<string, LastUsed>>();
  for (const [id, holder] of holders) {
    await turn();
    const theirs = items.filter(({ person }) => person === id).map((item) => lives.get(item.id));
    used.set(
      id,
      await lastUsed(
        services,
        holder,
        theirs.filter((live) => live !== undefined),
      ),
    );
  }
  return items.map((item) => {
    const live = lives.get(item.id);
    const last = live === undefined ? undefined : used.get(item.person)?.get(live.key);
    return { item, holder: holders.get(item.person), live, used: last };
  });
}

export interface ItemQuery {
  readonly state?: ReviewItem['state'] | undefined;
  readonly reviewer?: string | undefined;
  readonly person?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A page of the items of a review, one person's together. */
export function itemsPage({ store }: Services, review: string, query: ItemQuery): Promise<Page<ReviewItem>> {
  const { state, reviewer, person, limit, cursor } = query;
  // By its ids where that is all that is asked, for they stand in the order of the answer.
  const asked = state !== undefined || reviewer !== undefined;
  const where = {
    ...(asked ? { review } : {}),
    ...(state === undefined ? {} : { state }),
    ...(reviewer === undefined ? {} : { reviewer }),
    ...(person === undefined && asked
      ? {}
      : { id: { prefix: person === undefined ? `${review}.` : `${review}.${person}.` } }),
  };
  return store.find(reviewItems, { where, limit, ...(cursor === undefined ? {} : { cursor }) });
}
