import type { Stored } from '#storage/collection.ts';
import { assignments, people, policyVersions, type Review, reviews } from '#storage/collections.ts';
import type { Store } from '#storage/store.ts';
import type { Look } from '../deadlines/schedule.ts';
import type { Services } from '../services.ts';
import { repeatUnderLease } from '../under-lease.ts';
import { closeWhenDue } from './close.ts';
import { finishReview } from './finish.ts';
import { handOver } from './hand-over.ts';
import { prepareReview } from './prepare.ts';
import { refreshReview } from './refresh.ts';
import { tellReviewers } from './tell.ts';

/** Looking at every item costs a walk: not more often than this, however much changes. A decision looks for itself. */
const refreshMs = 30_000;

/** What an open review was last compared with. */
const looked = new WeakMap<Store, { people?: number; rights?: string; at: number; none?: number }>();

/** One look at every review that is not over: makes items, sends mails, hands over, ends. `held` is asked before each effect. */
export const lookAtReviews: Look = async (services, held) => {
  const { store } = services;
  const last = looked.get(store) ?? { at: Number.NEGATIVE_INFINITY };
  looked.set(store, last);
  const changes = store.changes(reviews);
  if (last.none === changes) return;
  const { items } = await store.find(reviews, {
    where: { state: { in: ['opening', 'open', 'closing'] } },
    limit: 1000,
  });
  if (items.length === 0) {
    last.none = changes;
    return;
  }
  // Counted before it is looked at: a change in between makes the next look do it again.
  const counted = store.changes(people);
  const rights = [counted, store.changes(assignments), store.changes(policyVersions)].join(' ');
  const compare = rights !== last.rights && performance.now() - last.at > refreshMs;
  for (const review of items) {
    if (!held()) return;
    await lookAt(services, review, held, { left: counted !== last.people, compare });
  }
  last.people = counted;
  if (compare) Object.assign(last, { rights, at: performance.now() });
};

async function lookAt(
  services: Services,
  review: Stored<Review>,
  held: () => boolean,
  { left, compare }: { readonly left: boolean; readonly compare: boolean },
): Promise<void> {
  if (review.state === 'opening') return prepareReview(services, review, held);
  if (review.state === 'closing') return finishReview(services, review, held);
  if (left) await handOver(services, review, held);
  if (compare) await refreshReview(services, review, held);
  await tellReviewers(services, review, held);
  await closeWhenDue(services, review);
}

/** Does the work of reviews in one process of all. @returns how to stop */
export function scheduleReviews(services: Services): { stop(): Promise<void> } {
  return repeatUnderLease(services, {
    name: 'reviews',
    lookMs: 500,
    restMs: 10_000,
    round: (held) => lookAtReviews(services, held),
    failed: (error) => services.log.warn({ err: error }, 'a look at the access reviews failed; it will be done again'),
  });
}
