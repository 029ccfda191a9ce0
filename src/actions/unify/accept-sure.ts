import { type AuditDraft, draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type Proposal, proposals, type UnificationRecord, unifications } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { actorOf } from '../named.ts';
import { namedActor } from '../people/about.ts';
import { policyInForce } from '../policy/in-force.ts';
import { actGuard } from '../policy/rights.ts';
import type { Services } from '../services.ts';
import { settling } from './decide.ts';
import { Claims } from './meeting.ts';
import { planAccount } from './plan.ts';

export interface Bulk {
  /** `sure`: rows that are surely one person; `alone`: people who are in one system only. */
  readonly kind?: 'sure' | 'alone' | undefined;
  /** Why, for the record; 1 to 500 characters. */
  readonly reason: string;
  /** Stops after about so many; the rest is for another call. */
  readonly limit?: number | undefined;
  readonly onProgress?: ((done: number, left: number) => void) | undefined;
}

export interface BulkResult {
  readonly accepted: number;
  /** Something stands in the way of these; it is noted with each. */
  readonly blocked: number;
  /** Still open, and to be taken by calling again. */
  readonly left: number;
}

/** Proposals per commit: few enough that others get their turn in between. */
const perCommit = 100;
const attempts = 4;

/**
 * Accepts all open proposals of a kind, some to a commit. Each is taken on condition that it is still open, so that a run
 * that was cut off, or two at once, take each exactly once. What cannot be accepted stays, with what stands in its way.
 * @throws HubError `not-found`, `invalid`, `conflict`
 */
export async function acceptSure(services: Services, origin: Origin, id: string, bulk: Bulk): Promise<BulkResult> {
  const { store } = services;
  const { kind = 'sure', reason, limit = Number.POSITIVE_INFINITY } = bulk;
  if (reason.trim() === '' || reason.length > 500)
    throw new HubError('invalid', undefined, {
      faults: [{ path: 'reason', message: 'say why, in 1 to 500 characters' }],
    });
  const record = await store.get(unifications, id);
  if (record === undefined) throw new HubError('not-found', 'There is no such unification');
  if (record.state !== 'ready') throw new HubError('conflict', 'The files are not matched yet');
  const where = { unification: id, kind, state: 'open' };
  let [accepted, blocked] = [0, 0];
  let cursor: string | null | undefined;
  do {
    const page = await store.find(proposals, { where, limit: perCommit, ...(cursor ? { cursor } : {}) });
    const done = await acceptPart(services, origin, record, page.items, reason);
    accepted += done.accepted;
    blocked += done.blocked;
    // Those taken are open no more; behind them stand the blocked ones, which a cursor passes over.
    cursor = page.next;
    bulk.onProgress?.(accepted, await store.count(proposals, where));
  } while (cursor !== null && accepted + blocked < limit);
  const open = await store.count(proposals, where);
  return { accepted, blocked, left: cursor === null ? 0 : Math.max(0, open - blocked) };
}

async function acceptPart(
  services: Services,
  origin: Origin,
  record: Stored<UnificationRecord>,
  part: readonly Stored<Proposal>[],
  reason: string,
): Promise<{ accepted: number; blocked: number }> {
  let open = part;
  for (let attempt = 1; ; attempt++) {
    const planned = await commitOf(services, origin, record, open, reason);
    try {
      await services.store.writeNow({ changes: planned.changes, events: planned.events });
      return planned;
    } catch (fault) {
      if (!(fault instanceof CommitConflict)) throw fault;
      if (attempt === attempts)
        throw new HubError('conflict', 'Accounts change at this moment; go on where it stopped', { cause: fault });
      const now = await Promise.all(open.map(({ id }) => services.store.get(proposals, id)));
      open = now.filter((one) => one !== undefined).filter(({ state }) => state === 'open');
    }
  }
}

async function commitOf(
  services: Services,
  origin: Origin,
  record: Stored<UnificationRecord>,
  part: readonly Stored<Proposal>[],
  reason: string,
): Promise<{ changes: Change[]; events: AuditDraft[]; accepted: number; blocked: number }> {
  const policy = await policyInForce(services);
  const planning = { services, origin, record, policy, claims: new Claims() };
  const changes: Change[] = [];
  const events: AuditDraft[] = [];
  const settled = new Set<string>();
  let [accepted, blocked] = [0, 0];
  const decided = { decidedBy: actorOf(origin), decidedAt: services.clock.now(), reason };
  for (const proposal of part) {
    const { id, version, obstacle: _obstacle, ...rest } = proposal;
    const plan = await planAccount(planning, proposal);
    if ('obstacle' in plan) {
      blocked += 1;
      const data: Proposal = { ...rest, obstacle: plan.obstacle };
      if (JSON.stringify(proposal.obstacle) !== JSON.stringify(plan.obstacle))
        changes.push({ kind: 'replace', collection: proposals, id, ifVersion: version, data });
      continue;
    }
    accepted += 1;
    const data: Proposal = { ...rest, ...decided, state: 'accepted', effect: plan.effect };
    changes.push({ kind: 'replace', collection: proposals, id, ifVersion: version, data }, ...plan.changes);
    for (const change of await settling(services, proposal)) {
      if (settled.has(change.id)) continue;
      settled.add(change.id);
      changes.push(change);
    }
    events.push(...plan.events);
  }
  if (accepted > 0) {
    changes.unshift(...actGuard(policy));
    events.push(await bulkEvent(services, origin, record, part, accepted, reason));
  }
  return { changes, events, accepted, blocked };
}

async function bulkEvent(
  services: Services,
  origin: Origin,
  { id }: Stored<UnificationRecord>,
  [first]: readonly Stored<Proposal>[],
  accepted: number,
  reason: string,
): Promise<AuditDraft> {
  const personal = await namedActor(services, origin);
  return draft(origin, 'unification.decided', 'success', {
    detail: { unification: id, kind: first?.kind ?? 'sure', decision: 'same', accepted },
    personal: { ...personal, detail: { reason } },
  });
}
