import type { Request, Response } from 'express';
import { closeReview } from '#actions/reviews/close.ts';
import type { Services } from '#actions/services.ts';
import { HubError } from '#domain/errors.ts';
import { decideAndReturn, undoAndReturn } from '#http/account/reviews.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { reviewItems } from '#storage/collections.ts';
import { refusedAsLine } from '../refused.ts';
import { reviewOf } from './one.ts';

export async function closePost(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { id } = await reviewOf(services, req);
  await refusedAsLine(res, `/admin/reviews/${id}`, async () => {
    const undecided = field(req, 'undecided') === 'withdraw' ? 'withdraw' : 'keep';
    await closeReview(services, originOf(req, res), id, { undecided, reason: field(req, 'reason') });
    flash(res, { tone: 'good', key: 'reviews.done.closing' });
  });
}

export async function decidePost(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { item, back } = await itemOf(services, req);
  await decideAndReturn(req, res, item, back);
}

export async function undoPost(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { item, back } = await itemOf(services, req);
  await undoAndReturn(req, res, item, back);
}

/** Found through its review: another review's item is not there. */
async function itemOf(services: Services, req: Request): Promise<{ item: string; back: string }> {
  const review = await reviewOf(services, req);
  const item = await services.store.get(reviewItems, String(req.params.item ?? ''));
  if (item?.review !== review.id) throw new HubError('not-found');
  return { item: item.id, back: `/admin/reviews/${review.id}` };
}
