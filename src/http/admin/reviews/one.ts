import type { Request, Response } from 'express';
import { everyRecord } from '#actions/access/reading.ts';
import { countsOf } from '#actions/reviews/list.ts';
import { reviewReport } from '#actions/reviews/report.ts';
import { itemsPage } from '#actions/reviews/rows.ts';
import type { Services } from '#actions/services.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { datesOf, render } from '#http/render/page.ts';
import { nameOf, reviewCards } from '#http/reviews.ts';
import type { Stored } from '#storage/collection.ts';
import { people, type Review, reviewItemStates, reviewItems, reviews, reviewTasks } from '#storage/collections.ts';
import { text, withQuery } from '../route.ts';
import { progressOf } from './list.ts';
import { scopeInWords } from './words.ts';

const pageSize = 40;
const mostReviewers = 200;
const mostFindings = 50;

/** `/admin/reviews/:id`: how far it is, who has still to decide, what was decided, what the policy's author is asked. */
export async function accessReviewPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const state = context(res);
  const review = await reviewOf(services, req);
  const shown = reviewItemStates.find((one) => one === text(req.query.state));
  const wanted = shown ?? (review.state === 'open' && req.query.state === undefined ? 'open' : undefined);
  const cursor = text(req.query.cursor);
  const page = await itemsPage(services, review.id, {
    ...{ state: wanted, limit: pageSize },
    ...(cursor === '' ? {} : { cursor }),
  });
  const findings = await itemsPage(services, review.id, { state: 'change', limit: mostFindings });
  const dates = datesOf(state);
  const { texts } = state;
  const counts = review.counts ?? (await countsOf(services, review.id));
  const working = review.state === 'opening' || review.state === 'closing';
  render(res, 'admin/review', {
    active: 'reviews',
    review: {
      ...review,
      scopeWords: await scopeInWords(state, review.scope),
      dueDate: dates.date(review.due - 1),
      byName: await nameOf(services, review.by, texts.t('access.operator')),
      closed: review.closedAt === undefined ? undefined : dates.near(review.closedAt),
    },
    ...progressOf(counts),
    states: reviewItemStates,
    state: wanted,
    reviewers: await reviewersOf(services, review),
    nobody: await services.store.count(reviewItems, { review: review.id, reviewer: '', state: 'open' }),
    cards: await reviewCards(state, page.items),
    findings: await reviewCards(state, findings.items),
    mayRun: viewer(res).hub.has('hub:roles-assign'),
    mayReadPolicy: viewer(res).hub.has('hub:policy-read'),
    mayWrite: viewer(res).hub.has('hub:policy-write'),
    base: `/admin/reviews/${review.id}/items/`,
    working,
    refresh: working ? 2 : undefined,
    next: page.next === null ? undefined : withQuery(req, { cursor: page.next }),
    first: cursor === '' ? undefined : withQuery(req, { cursor: undefined }),
  });
}

/** Whom it asks, those with the most to do first. */
async function reviewersOf({ store }: Services, review: Stored<Review>) {
  const rows = [];
  for await (const { reviewer } of everyRecord(store, reviewTasks, { where: { review: review.id } })) {
    if (rows.length === mostReviewers) break;
    const of = { review: review.id, reviewer };
    rows.push({
      name: (await store.get(people, reviewer))?.name ?? reviewer,
      left: await store.count(reviewItems, { ...of, state: 'open' }),
      total: await store.count(reviewItems, of),
    });
  }
  return rows.filter(({ total }) => total > 0).toSorted((a, b) => b.left - a.left);
}

/** `/admin/reviews/:id/report.csv`: a line for each item. */
export async function reviewCsv(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const review = await reviewOf(services, req);
  res.setHeader('Cache-Control', 'no-store');
  res.attachment(`review-${review.id}.csv`);
  res.type('text/csv');
  for await (const part of reviewReport(services, review)) {
    if (res.destroyed) return;
    if (!res.write(part)) await new Promise((resolve) => res.once('drain', resolve).once('close', resolve));
  }
  res.end();
}

/** @throws HubError `not-found` */
export async function reviewOf({ store }: Services, req: Request): Promise<Stored<Review>> {
  const review = await store.get(reviews, String(req.params.id ?? ''));
  if (review === undefined) throw new HubError('not-found');
  return review;
}
