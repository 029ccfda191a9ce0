import { type AuditDraft, draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type Review, type ReviewItem, reviewItems, reviews } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { guardedByPerson } from '../access/guarded.ts';
import { taking } from '../assignments/withdraw.ts';
import { actorOf } from '../named.ts';
import { about } from '../people/about.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';
import { type Holder, holdersOf, type LiveItem, liveOf } from './live.ts';
import { requireMayDecide } from './reviewers.ts';

/** What a decider saw of an item: its version, and the hash of what it asked about. */
export interface Seen {
  readonly ifVersion: number;
  readonly digest: string;
}

export type ReviewDecision = Seen & {
  /** `change`: the policy's author is asked to change the rule that gives the role. */
  readonly decision: 'keep' | 'withdraw' | 'change';
  /** 1 to 500 characters; `keep` needs none. */
  readonly reason?: string | undefined;
};

/**
 * Decides one item, as its digest names it. A withdrawal takes the assignment in the same commit.
 * @throws HubError `not-found`, `forbidden`, `invalid`, `conflict` (decided already, or the review is over), `stale` (it changed
 *   since it was seen), `last-admin`
 */
export async function decideItem(
  services: Services,
  origin: Origin,
  id: string,
  given: ReviewDecision,
): Promise<Stored<ReviewItem>> {
  const item = await decidable(services, origin, id, given.ifVersion);
  checkDecision(item, given);
  if (given.decision === 'withdraw') return withdrawItem(services, origin, item, given, 'withdrawn');
  const live = await liveAsSeen(services, item, given.digest);
  const state = given.decision === 'keep' ? 'kept' : 'change';
  const data = decidedAs(services, origin, item, state, live.digest, given.reason);
  const event = await decided(services, origin, item, data, {});
  await settled(() => services.store.write({ changes: [replaced(item, data)], events: [event] }));
  return { ...data, id, version: item.version + 1 };
}

/**
 * Takes what an item asks about, and says so of the item, in one commit.
 * @param state `lapsed` when nobody decided
 */
export async function withdrawItem(
  services: Services,
  origin: Origin,
  seen: Stored<ReviewItem>,
  { digest, reason }: { readonly digest: string; readonly reason?: string | undefined },
  state: 'withdrawn' | 'lapsed',
): Promise<Stored<ReviewItem>> {
  return settled(() =>
    guardedByPerson<Stored<ReviewItem>>(services, origin, seen.person, async ({ person, assignments: standing }) => {
      const item = await services.store.get(reviewItems, seen.id);
      if (item?.version !== seen.version) throw new HubError('stale');
      const live = liveOf(await policyInForce(services), item, { person, assignments: standing }, services.clock.now());
      const assignment = standing.find(({ id }) => id === live?.assignment?.id);
      if (live === undefined || assignment === undefined || live.digest !== digest) throw new HubError('stale');
      const { id: _, version: _version, person: _person, role: _role, expired: _expired, ...given } = assignment;
      const taken = { ...given, ...(person.endings === undefined ? {} : { endings: person.endings }) };
      const data = { ...decidedAs(services, origin, item, state, live.digest, reason), taken };
      const withdrawal = await taking(services, origin, person, assignment, { reason, review: item.review });
      return {
        act: 'role.withdrawn',
        after: { assignments: standing.filter((other) => other !== assignment) },
        changes: [replaced(item, data), ...withdrawal.changes],
        events: [withdrawal.event, await decided(services, origin, item, data, {})],
        result: { ...data, id: item.id, version: item.version + 1 },
      };
    }),
  );
}

/**
 * Keeps everything of one person that was seen, in one commit: what takes part in a conflict is decided one by one.
 * @throws HubError as `decideItem`; one that changed since leaves all undecided
 */
export async function keepAll(
  services: Services,
  origin: Origin,
  seen: readonly (Seen & { readonly id: string })[],
): Promise<number> {
  const items = await Promise.all(seen.map(({ id, ifVersion }) => decidable(services, origin, id, ifVersion)));
  const [first] = items;
  const other = items.some(({ person, review }) => person !== first?.person || review !== first.review);
  if (first === undefined || seen.length > mostAtOnce || other)
    throw new HubError('invalid', `1 to ${mostAtOnce} items of one person in one review`);
  const holder = (await holdersOf(services, [first.person])).get(first.person);
  const policy = await policyInForce(services);
  const done = items.map((item, at) => {
    const live = asSeen(liveOf(policy, item, holder, services.clock.now()), seen[at]?.digest);
    if (live.conflicts.length > 0)
      throw new HubError('conflict', 'What takes part in a conflict is decided one by one');
    return { item, data: decidedAs(services, origin, item, 'kept', live.digest, undefined) };
  });
  const event = await decided(
    services,
    origin,
    first,
    { ...first, state: 'kept' },
    { items: items.map(({ id }) => id) },
  );
  const changes = done.map(({ item, data }) => replaced(item, data));
  await settled(() => services.store.write({ changes, events: [event] }));
  return done.length;
}

const mostAtOnce = 100;

function checkDecision(item: ReviewItem, { decision, reason = '' }: ReviewDecision): void {
  if (decision === 'withdraw' && item.assignment === undefined)
    throw new HubError('invalid', undefined, {
      faults: [
        {
          path: 'decision',
          message:
            'a rule gives this role, so there is no assignment to withdraw; ask for a change of the rule (change)',
        },
      ],
    });
  if (decision === 'change' && item.assignment !== undefined)
    throw new HubError('invalid', undefined, {
      faults: [{ path: 'decision', message: 'this role was assigned singly; withdraw it' }],
    });
  if (reason.length > 500 || (decision !== 'keep' && reason.trim() === ''))
    throw new HubError('invalid', undefined, {
      faults: [{ path: 'reason', message: 'say why, in 1 to 500 characters' }],
    });
}

async function decidable(
  services: Services,
  origin: Origin,
  id: string,
  ifVersion: number,
): Promise<Stored<ReviewItem>> {
  const item = await services.store.get(reviewItems, id);
  if (item === undefined) throw new HubError('not-found');
  await requireMayDecide(services, origin, item);
  requireRunning(await services.store.get(reviews, item.review), services.clock.now());
  if (item.state !== 'open') throw new HubError('conflict', 'This is decided already');
  if (item.version !== ifVersion) throw new HubError('stale');
  return item;
}

/** @throws HubError `conflict` unless decisions are still taken */
export function requireRunning(review: Review | undefined, now: number): void {
  if (review?.state !== 'open' || review.due <= now) throw new HubError('conflict', 'This review is not open any more');
}

async function liveAsSeen(services: Services, item: Stored<ReviewItem>, digest: string): Promise<LiveItem> {
  const holder: Holder | undefined = (await holdersOf(services, [item.person])).get(item.person);
  return asSeen(liveOf(await policyInForce(services), item, holder, services.clock.now()), digest);
}

/** @throws HubError `stale` */
function asSeen(live: LiveItem | undefined, digest: string | undefined): LiveItem {
  if (live === undefined || live.digest !== digest)
    throw new HubError('stale', 'What you decided about has changed since; look at it again');
  return live;
}

function decidedAs(
  { clock }: Services,
  origin: Origin,
  item: Stored<ReviewItem>,
  state: ReviewItem['state'],
  digest: string,
  reason: string | undefined,
): ReviewItem {
  const { id: _, version: _version, expiresAt: _expiry, voided: _voided, taken: _taken, ...rest } = item;
  const said = reason === undefined || reason.trim() === '' ? {} : { reason: reason.trim() };
  return { ...rest, state, digest, decision: { by: actorOf(origin), at: clock.now(), ...said } };
}

export function replaced({ id, version }: Stored<ReviewItem>, data: ReviewItem): Change {
  return { kind: 'replace', collection: reviewItems, id, data, ifVersion: version };
}

/** The event of a decision: what the item was and is. The reason may speak of people and stands in the sealed part. */
export async function decided(
  services: Services,
  origin: Origin,
  item: Stored<ReviewItem>,
  after: ReviewItem,
  detail: { readonly items?: string[]; readonly undone?: true },
): Promise<AuditDraft> {
  const holder = (await holdersOf(services, [item.person])).get(item.person);
  const who = holder === undefined ? undefined : await about(services, origin, holder.person);
  const { items, ...more } = detail;
  const { role, assignment, digest } = after;
  const reason = after.decision?.reason;
  return draft(origin, 'review.decided', 'success', {
    subject: { id: item.person },
    detail: { review: item.review, ...(items === undefined ? { item: item.id } : { items }), ...more },
    before: { state: item.state },
    after: {
      state: after.state,
      ...(items === undefined ? { role, digest, ...(assignment === undefined ? {} : { assignment }) } : {}),
    },
    personal: { ...who?.personal, ...(reason === undefined ? {} : { detail: { reason } }) },
  });
}

/** Somebody decided at the same moment: whoever came second looks again. */
export async function settled<R>(write: () => Promise<R>): Promise<R> {
  try {
    return await write();
  } catch (error) {
    const names: readonly string[] = [reviewItems.name, reviews.name];
    const raced = error instanceof CommitConflict && names.includes(error.change.collection.name);
    throw raced ? new HubError('stale', undefined, { cause: error }) : error;
  }
}
