import { draft } from '#domain/audit/event.ts';
import { isActive } from '#domain/people/active.ts';
import type { Stored } from '#storage/collection.ts';
import { people, type Review, reviewItems, reviewTasks } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { everyRecord } from '../access/reading.ts';
import type { Services } from '../services.ts';
import { holdersOf } from './live.ts';
import { taskId } from './prepare.ts';
import { choosing } from './reviewers.ts';
import { letterAbout } from './tell.ts';

const page = 100;

/** What is still open with reviewers who left goes to whoever is asked next, who gets a mail; one event for each pair of them. */
export async function handOver(services: Services, review: Stored<Review>, held: () => boolean): Promise<void> {
  for await (const { reviewer } of everyRecord(services.store, reviewTasks, { where: { review: review.id } })) {
    if (!held()) return;
    if (!isActive(await services.store.get(people, reviewer), services.clock.now()))
      await handOverFrom(services, review, reviewer, held);
  }
}

async function handOverFrom(
  services: Services,
  review: Stored<Review>,
  reviewer: string,
  held: () => boolean,
): Promise<void> {
  const { store, clock } = services;
  const choose = choosing(services, review.reviewers);
  const where = { review: review.id, reviewer, state: 'open' };
  while (held()) {
    const { items } = await store.find(reviewItems, { where, limit: page });
    if (items.length === 0) return;
    const holders = await holdersOf(
      services,
      items.map(({ person }) => person),
    );
    const next = new Map<string, string[]>();
    for (const { id, person, role } of items) {
      const holder = holders.get(person);
      const to = (holder && (await choose(holder.person, role))) ?? '';
      next.set(to, [...(next.get(to) ?? []), id]);
    }
    // Back again while it was looked at.
    if (next.has(reviewer)) return;
    for (const [to, ids] of next) {
      const changes = ids.map((id): Change => {
        return {
          kind: 'update',
          collection: reviewItems,
          id,
          where: { state: 'open', reviewer },
          set: { reviewer: to },
        };
      });
      const event = draft({ actor: { kind: 'hub' } }, 'review.reassigned', 'success', {
        subject: { id: reviewer },
        detail: { review: review.id, count: ids.length, cause: 'reviewer-left' },
        before: { reviewer },
        after: { reviewer: to === '' ? null : to },
      });
      try {
        await store.writeNow({ changes, events: [event] });
      } catch (error) {
        // Somebody decided one of them at this moment: the rest is looked for again.
        if (!(error instanceof CommitConflict)) throw error;
      }
    }
    for (const to of next.keys()) if (to !== '') await ask(services, review, to, clock.now());
  }
}

/** Whoever had nothing to do in this review so far is told of it. */
async function ask(services: Services, review: Stored<Review>, reviewer: string, now: number): Promise<void> {
  const id = taskId(review.id, reviewer);
  if ((await services.store.get(reviewTasks, id)) !== undefined) return;
  const data = { review: review.id, reviewer, told: now };
  const letter = await letterAbout(services, review, reviewer, 'review-opened');
  try {
    await services.store.writeNow({ changes: [{ kind: 'insert', collection: reviewTasks, id, data }, ...letter] });
  } catch (error) {
    // Told by another process at this moment.
    if (!(error instanceof CommitConflict)) throw error;
  }
}
