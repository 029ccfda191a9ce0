import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type Review, reviews } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Services } from '../services.ts';
import { settled } from './decide.ts';
import { requireMayRun } from './reviewers.ts';

type Closing = NonNullable<Review['closing']>;

/**
 * Ends a review before its day. No decision is taken from now on; what nobody decided is settled behind it (`finish.ts`), which
 * leaves `review.closed`.
 * @param options.undecided what becomes of it; reviewers were promised their time, so `keep` unless somebody says otherwise
 * @throws HubError `forbidden`, `not-found`, `conflict` (not open), `invalid`, `stale`
 */
export async function closeReview(
  services: Services,
  origin: Origin,
  id: string,
  options: { readonly undecided?: 'keep' | 'withdraw' | undefined; readonly reason: string },
): Promise<Stored<Review>> {
  await requireMayRun(services, origin);
  const review = await services.store.get(reviews, id);
  if (review === undefined) throw new HubError('not-found');
  if (review.state === 'opening') throw new HubError('conflict', 'This review is still being prepared; wait a moment');
  if (review.state !== 'open') throw new HubError('conflict', 'This review is not open any more');
  const reason = options.reason.trim();
  if (reason === '' || reason.length > 500)
    throw new HubError('invalid', undefined, {
      faults: [{ path: 'reason', message: 'say why, in 1 to 500 characters' }],
    });
  const { kind, id: who } = origin.actor;
  const actor = { kind, ...(who === undefined ? {} : { id: who }) };
  const closing: Closing = { actor, at: services.clock.now(), undecided: options.undecided ?? 'keep', reason };
  await settled(() => begin(services, review, closing));
  return { ...review, state: 'closing', closing, version: review.version + 1 };
}

/** Ends a review whose day has come, as it says of itself. */
export async function closeWhenDue(services: Services, review: Stored<Review>): Promise<void> {
  const at = services.clock.now();
  if (review.due > at) return;
  try {
    await begin(services, review, { actor: { kind: 'hub' }, at, undecided: review.undecided });
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
  }
}

function begin({ store }: Services, { id }: Stored<Review>, closing: Closing): Promise<void> {
  const set = { state: 'closing', closing };
  return store.write({ changes: [{ kind: 'update', collection: reviews, id, where: { state: 'open' }, set }] });
}
