import type { Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import { people, type Review, type ReviewTask, reviewItems, reviews, reviewTasks } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { everyRecord } from '../access/reading.ts';
import { letterTo } from '../mail/queue.ts';
import type { Services } from '../services.ts';

const beforeDue = 3 * 24 * 60 * 60 * 1000;
const hub: Origin = { actor: { kind: 'hub' } };

/** When those who have not decided everything are reminded: three days before it ends, but not in its first half. */
export function remindAt({ openedAt = 0, due }: Pick<Review, 'openedAt' | 'due'>): number {
  return Math.max(due - beforeDue, (openedAt + due) / 2);
}

/**
 * Queues the mails of an open review: that it began, later that it ends soon. Each goes to a reviewer once, however many processes
 * are at it.
 */
export async function tellReviewers(services: Services, review: Stored<Review>, held: () => boolean): Promise<void> {
  const { store, clock } = services;
  const due = clock.now() >= remindAt(review);
  const stage = review.told === undefined ? 'told' : due && review.reminded === undefined ? 'reminded' : undefined;
  if (stage === undefined) return;
  for await (const task of everyRecord(store, reviewTasks, { where: { review: review.id } })) {
    if (!held()) return;
    if (task[stage] === undefined) await tell(services, review, task, stage);
  }
  const own: Change = {
    kind: 'update',
    collection: reviews,
    id: review.id,
    where: { state: 'open' },
    set: { [stage]: true },
  };
  await store.writeNow({ changes: [own] }).catch(unlessRaced);
}

async function tell(
  services: Services,
  review: Stored<Review>,
  task: Stored<ReviewTask>,
  stage: 'told' | 'reminded',
): Promise<void> {
  const { store, clock } = services;
  const letter = await letterAbout(services, review, task.reviewer, stage === 'told' ? 'review-opened' : 'review-due');
  const once: Change = {
    ...{
      kind: 'update',
      collection: reviewTasks,
      id: task.id,
      where: { [stage]: null },
      set: { [stage]: clock.now() },
    },
  };
  await store.writeNow({ changes: [once, ...letter] }).catch(unlessRaced);
}

/** The mail to one reviewer; none for who has nothing to decide. */
export async function letterAbout(
  services: Services,
  review: Stored<Review>,
  reviewer: string,
  template: 'review-opened' | 'review-due',
): Promise<Change[]> {
  const { store } = services;
  const person = await store.get(people, reviewer);
  const count = await store.count(reviewItems, { review: review.id, reviewer, state: 'open' });
  if (person === undefined || count === 0) return [];
  const values = { title: review.title, count, due: review.due };
  return letterTo(services, hub, person, { template, values, path: '/account/reviews', until: review.due });
}

/** Somebody else was quicker, and did it. */
function unlessRaced(error: unknown): void {
  if (!(error instanceof CommitConflict)) throw error;
}
