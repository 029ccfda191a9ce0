import type { Stored } from '#storage/collection.ts';
import { type Review, reviewItems, reviews, reviewTasks } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { everyRecord } from '../access/reading.ts';
import type { Services } from '../services.ts';
import { planItems } from './plan.ts';

/** So many records a commit: what others wait for meanwhile stays short. */
const chunk = 40;

/**
 * Makes the items of a review that somebody began, and opens it. Whoever takes it up makes them anew from the start; a process that
 * lost it writes nothing more, since every commit holds only under its own number.
 * @param held asked before each commit: another process may have taken over
 */
export async function prepareReview(services: Services, review: Stored<Review>, held: () => boolean): Promise<void> {
  const { store, clock } = services;
  const { id } = review;
  const run = review.run + 1;
  const fence = (set: object, seen: number = run): Change => ({
    ...{ kind: 'update', collection: reviews, id, where: { state: 'opening', run: seen }, set },
  });
  await store.writeNow({ changes: [fence({ run }, review.run)] });

  const write = async (changes: readonly Change[]): Promise<boolean> => {
    for (let at = 0; at < changes.length; at += chunk) {
      if (!held()) return false;
      await store.writeNow({ changes: [fence({ run }), ...changes.slice(at, at + chunk)] });
    }
    return true;
  };
  const made = new Set<string>();
  const reviewers = new Set<string>();
  for await (const page of planItems(services, review)) {
    const puts = page.map(({ key, data }): Change => {
      made.add(`${id}.${key}`);
      if (data.reviewer !== '') reviewers.add(data.reviewer);
      return { kind: 'put', collection: reviewItems, id: `${id}.${key}`, data: { review: id, ...data } };
    });
    if (!(await write(puts))) return;
  }
  const left: Change[] = [];
  for await (const item of everyRecord(store, reviewItems, itemsOf(id)))
    if (!made.has(item.id)) left.push({ kind: 'remove', collection: reviewItems, id: item.id });
  const tasks = [...reviewers].map((reviewer): Change => {
    return { kind: 'put', collection: reviewTasks, id: taskId(id, reviewer), data: { review: id, reviewer } };
  });
  if (await write([...left, ...tasks]))
    await store.writeNow({ changes: [fence({ state: 'open', openedAt: clock.now() })] });
}

/** The query of all items of a review, one person's together. */
export function itemsOf(review: string) {
  return { where: { id: { prefix: `${review}.` } } };
}

export function taskId(review: string, reviewer: string): string {
  return `${review}.${reviewer}`;
}
