import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { isHubRole } from '#domain/hub-roles.ts';
import type { Stored } from '#storage/collection.ts';
import { type Review, type ReviewItem, reviewItems, reviews } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { namedActor } from '../people/about.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';
import { replaced, withdrawItem } from './decide.ts';
import { countsOf } from './list.ts';
import { holdersOf, type LiveItem, liveAmong, turns } from './live.ts';
import { refreshReview } from './refresh.ts';

const page = 40;

/**
 * Settles what nobody decided and puts the end of a review on record. What no withdrawal can take stays: what rules give, and roles
 * of the hub, which only who may give them takes. May be done again from any point.
 */
export async function finishReview(services: Services, review: Stored<Review>, held: () => boolean): Promise<void> {
  const { store, clock } = services;
  const { id, closing } = review;
  if (closing === undefined) return;
  const { kind, id: actor } = closing.actor;
  const origin: Origin = { actor: { kind, ...(actor === undefined ? {} : { id: actor }) } };
  // Decisions about what has changed since are void, and so nobody's.
  if (!(await refreshReview(services, review, held))) return;
  const where = { review: id, state: 'open' };
  for (;;) {
    const { items } = await store.find(reviewItems, { where, limit: page });
    if (items.length === 0) break;
    if (!held()) return;
    await settle(services, origin, closing.undecided, items);
  }
  if (!held()) return;
  const counts = await countsOf(services, id);
  const personal = await namedActor(services, origin);
  const event = draft(origin, 'review.closed', 'success', {
    detail: { review: id, undecided: closing.undecided, counts },
    before: { state: 'open' },
    after: { state: 'closed' },
    personal: {
      ...personal,
      detail: { title: review.title, ...(closing.reason === undefined ? {} : { reason: closing.reason }) },
    },
  });
  const set = { state: 'closed', closedAt: clock.now(), counts };
  await store
    .writeNow({
      changes: [{ kind: 'update', collection: reviews, id, where: { state: 'closing' }, set }],
      events: [event],
    })
    .catch(unlessRaced);
}

async function settle(
  services: Services,
  origin: Origin,
  undecided: 'keep' | 'withdraw',
  items: readonly Stored<ReviewItem>[],
): Promise<void> {
  const holders = await holdersOf(
    services,
    items.map(({ person }) => person),
  );
  const policy = await policyInForce(services);
  const kept: Change[] = [];
  const liveOf = liveAmong(policy, holders, services.clock.now());
  const turn = turns();
  for (const item of items) {
    await turn();
    const live = liveOf(item);
    if (live !== undefined && undecided === 'withdraw' && (await lapsed(services, origin, item, live))) continue;
    kept.push(replaced(item, ended(item, live === undefined ? 'gone' : 'undecided')));
  }
  if (kept.length > 0) await services.store.writeNow({ changes: kept }).catch(unlessRaced);
}

/** Withdraws what nobody decided; false where that cannot be. */
async function lapsed(services: Services, origin: Origin, item: Stored<ReviewItem>, live: LiveItem): Promise<boolean> {
  if (live.assignment === undefined || isHubRole(item.role)) return false;
  try {
    await withdrawItem(services, origin, item, { digest: live.digest }, 'lapsed');
    return true;
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    // Somebody was quicker: it is looked at again. Anything else stands against it for good.
    if (error.code === 'stale' || error.code === 'not-found') return true;
    services.log.warn({ err: error, item: item.id }, 'what nobody decided in a review could not be withdrawn');
    return false;
  }
}

function ended(
  { id: _, version: _version, expiresAt: _expiry, ...rest }: Stored<ReviewItem>,
  state: 'gone' | 'undecided',
) {
  return { ...rest, state };
}

function unlessRaced(error: unknown): void {
  if (!(error instanceof CommitConflict)) throw error;
}
