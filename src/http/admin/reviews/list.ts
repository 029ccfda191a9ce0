import type { Request, Response } from 'express';
import { countsOf, type ReviewCounts, totalOf } from '#actions/reviews/list.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { datesOf, render } from '#http/render/page.ts';
import { reviews } from '#storage/collections.ts';
import { numberedPage } from '../numbered.ts';
import { pageAsked, pagesOf } from '../pages.ts';
import { scopeInWords } from './words.ts';

const pageSize = 30;

/** `/admin/reviews`: which reviews there are, and how far each is. */
export async function reviewsPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const state = context(res);
  const total = await services.store.count(reviews);
  const page = pageAsked(req, total, pageSize);
  const items = await numberedPage(services.store, reviews, { sort: '-id' }, page, pageSize);
  const dates = datesOf(state);
  const rows = items.map(async (review) => {
    const counts = review.counts ?? (await countsOf(services, review.id));
    return {
      ...{ id: review.id, title: review.title, state: review.state },
      scope: await scopeInWords(state, review.scope),
      due: dates.date(review.due - 1),
      ...progressOf(counts),
    };
  });
  render(res, 'admin/reviews', {
    active: 'reviews',
    mayRun: viewer(res).hub.has('hub:roles-assign'),
    rows: await Promise.all(rows),
    pages: pagesOf(req, total, pageSize),
  });
}

/** How much of a review is decided: all in all, and by how it was. */
export function progressOf(counts: Partial<ReviewCounts>) {
  const all = { open: 0, kept: 0, withdrawn: 0, change: 0, gone: 0, undecided: 0, lapsed: 0, ...counts };
  const total = totalOf(all);
  return { total, left: all.open, done: total - all.open - all.undecided - all.lapsed, counts: all };
}
