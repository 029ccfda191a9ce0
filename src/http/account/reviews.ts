import type { Request, RequestHandler, Response } from 'express';
import { decideItem, keepAll } from '#actions/reviews/decide.ts';
import { undoDecision } from '#actions/reviews/undo.ts';
import type { Services } from '#actions/services.ts';
import { HubError } from '#domain/errors.ts';
import { isHubRole } from '#domain/hub-roles.ts';
import { refusedAsLine } from '#http/admin/refused.ts';
import { repeat } from '#http/admin/repeat.ts';
import { text } from '#http/admin/route.ts';
import { context } from '#http/context.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { datesOf, render } from '#http/render/page.ts';
import { reviewCards } from '#http/reviews.ts';
import type { Stored } from '#storage/collection.ts';
import { type Review, type ReviewItem, reviewItems, reviews } from '#storage/collections.ts';

const path = '/account/reviews';
const pageSize = 60;
/** Of what one decided the first; all of it is in the report. */
const mostDecided = 100;

/** What waits for my decision in open reviews, a card a person; below it what I decided and may still take back. */
export const reviewsPage: RequestHandler = async (req, res) => {
  const state = context(res);
  const { services } = state.deps;
  const { store } = services;
  const me = viewer(res).person.id;
  const cursor = text(req.query.cursor);
  const waiting = await store.find(reviewItems, {
    ...{ where: { reviewer: me, state: 'open' }, limit: pageSize },
    ...(cursor === '' ? {} : { cursor }),
  });
  const decided = await store.find(reviewItems, {
    where: { reviewer: me, state: { in: ['kept', 'withdrawn', 'change'] } },
    limit: mostDecided,
  });
  const open = await openReviews(services, [...waiting.items, ...decided.items]);
  const mine = waiting.items.filter(({ review }) => open.has(review));
  const dates = datesOf(state);
  render(res, 'account/reviews', {
    total: await store.count(reviewItems, { reviewer: me, state: 'open' }),
    campaigns: await Promise.all(
      [...open.values()]
        .filter(({ id }) => mine.some(({ review }) => review === id))
        .map(async (review) => ({
          ...{ id: review.id, title: review.title, undecided: review.undecided },
          until: dates.date(review.due - 1),
          cards: await reviewCards(
            state,
            mine.filter((one) => one.review === review.id),
          ),
        })),
    ),
    decided: await reviewCards(
      state,
      decided.items.filter(({ review }) => open.has(review)),
    ),
    next: waiting.next === null ? undefined : `${path}?cursor=${encodeURIComponent(waiting.next)}`,
    first: cursor === '' ? undefined : path,
  });
};

/** The reviews of these items in which decisions are still taken. */
async function openReviews(
  { store, clock }: Services,
  items: readonly ReviewItem[],
): Promise<Map<string, Stored<Review>>> {
  const open = new Map<string, Stored<Review>>();
  for (const id of new Set(items.map(({ review }) => review))) {
    const review = await store.get(reviews, id);
    if (review?.state === 'open' && review.due > clock.now()) open.set(id, review);
  }
  return open;
}

export const decideReview: RequestHandler = (req, res) => decideAndReturn(req, res, idOf(req), path);
export const undoReview: RequestHandler = (req, res) => undoAndReturn(req, res, idOf(req), path);

/** Keeps all that is shown of one person, as the form names it. */
export const keepAllReviews: RequestHandler = async (req, res) => {
  const { services } = context(res).deps;
  await refusedAsLine(res, path, async () => {
    const seen = field(req, 'seen')
      .split(' ')
      .filter((one) => one !== '')
      .map((one) => {
        const [id = '', version = '', digest = ''] = one.split('~');
        return { id, ifVersion: Number(version), digest };
      });
    const count = await keepAll(services, originOf(req, res), seen);
    flash(res, { tone: 'good', key: 'reviews.done.keptAll', values: { count } });
  });
};

const idOf = (req: Request): string => String(req.params.id ?? '');

/** Takes the form of a decision and leads back to its page. */
export async function decideAndReturn(req: Request, res: Response, id: string, back: string): Promise<void> {
  const { services } = context(res).deps;
  const decision = (['keep', 'withdraw', 'change'] as const).find((one) => one === field(req, 'decision'));
  await refusedAsLine(res, back, async () => {
    if (decision === undefined)
      throw new HubError('invalid', undefined, { faults: [{ path: 'decision', message: 'keep, withdraw or change' }] });
    await decideItem(services, originOf(req, res), id, {
      ...{ decision, digest: field(req, 'digest'), ifVersion: Number(field(req, 'version')) },
      reason: field(req, 'reason'),
    });
    flash(res, { tone: 'good', key: `reviews.done.${decision}` });
  });
}

export async function undoAndReturn(req: Request, res: Response, id: string, back: string): Promise<void> {
  const { services } = context(res).deps;
  const item = await services.store.get(reviewItems, id);
  // What comes back may be a part of the hub itself, as dangerous as giving it.
  if (item !== undefined && isHubRole(item.role) && !(await freshOrAgain(res, repeat(back)))) return;
  await refusedAsLine(res, back, async () => {
    await undoDecision(services, originOf(req, res), id, Number(field(req, 'version')));
    flash(res, { tone: 'good', key: 'reviews.done.undone' });
  });
}
