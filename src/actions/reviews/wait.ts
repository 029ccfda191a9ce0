import { setTimeout } from 'node:timers/promises';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type Review, reviews } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { scheduleReviews } from './schedule.ts';

const lookMs = 100;

/**
 * Waits until a review is open, or closed, for those who have nothing else to do. Where this process may be the only one on the store,
 * it does the work as well; over a hub's socket the hub does.
 * @throws HubError `not-found` when it is gone
 */
export async function reviewSettled(services: Services, id: string): Promise<Stored<Review>> {
  const { store } = services;
  const own =
    store.engine.exclusive === true || store.engine.name === 'mongodb' ? scheduleReviews(services) : undefined;
  try {
    for (;;) {
      const review = await store.get(reviews, id);
      if (review === undefined) throw new HubError('not-found');
      if (review.state === 'open' || review.state === 'closed') return review;
      await setTimeout(lookMs);
    }
  } finally {
    await own?.stop();
  }
}
