import { type AuditDraft, draft } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import { type Review, type ReviewItem, reviewItems } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';
import { replaced } from './decide.ts';
import { holdersOf, liveAmong, turns } from './live.ts';
import { itemsOf } from './prepare.ts';

const page = 300;

/**
 * Looks whether what the items of a review ask about is still what it was: what is gone is marked so, and a decision about something
 * that changed since is void, with an event, and asked anew.
 * @returns whether everything was looked at
 */
export async function refreshReview(services: Services, review: Stored<Review>, held: () => boolean): Promise<boolean> {
  const { store, clock } = services;
  const turn = turns();
  let cursor: string | null | undefined;
  while (cursor !== null) {
    if (!held()) return false;
    const { items, next } = await store.find(reviewItems, {
      ...itemsOf(review.id),
      limit: page,
      ...(cursor ? { cursor } : {}),
    });
    const policy = await policyInForce(services);
    const holders = await holdersOf(
      services,
      items.map(({ person }) => person),
    );
    const changes: Change[] = [];
    const events: AuditDraft[] = [];
    const liveOf = liveAmong(policy, holders, clock.now());
    for (const item of items) {
      await turn();
      if (item.state !== 'open' && item.state !== 'kept' && item.state !== 'change') continue;
      const live = liveOf(item);
      const decision = item.state === 'open' ? undefined : item.decision;
      if (live === undefined) {
        // A finding whose rule gives the role no more, or a role that ended after it was kept: the decision stands as it was made.
        if (decision === undefined) changes.push(replaced(item, { ...bare(item), state: 'gone' }));
      } else if (live.digest !== item.digest) {
        const { decision: _, ...rest } = bare(item);
        const voided =
          decision === undefined || item.state === 'open'
            ? {}
            : { voided: { state: item.state, by: decision.by, at: decision.at } };
        changes.push(replaced(item, { ...rest, ...voided, state: 'open', digest: live.digest }));
        if (decision !== undefined) events.push(voidedEvent(item, live.digest));
      }
    }
    try {
      if (changes.length > 0) await store.writeNow({ changes, events });
      cursor = next;
    } catch (error) {
      // Somebody decided one of them at this moment: the page is read again.
      if (!(error instanceof CommitConflict)) throw error;
    }
  }
  return true;
}

function voidedEvent(item: Stored<ReviewItem>, digest: string): AuditDraft {
  return draft({ actor: { kind: 'hub' } }, 'review.voided', 'success', {
    subject: { id: item.person },
    detail: { review: item.review, item: item.id, role: item.role },
    before: { state: item.state, digest: item.digest },
    after: { state: 'open', digest },
  });
}

function bare({ id: _, version: _version, expiresAt: _expiry, ...data }: Stored<ReviewItem>): ReviewItem {
  return data;
}
