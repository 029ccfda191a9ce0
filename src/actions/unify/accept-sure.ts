import { setImmediate } from 'node:timers/promises';
import { type AuditDraft, draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type Proposal, proposals, type UnificationRecord, type UnifyJob, unifications } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { actorOf } from '../named.ts';
import { namedActor } from '../people/about.ts';
import { policyInForce } from '../policy/in-force.ts';
import { actGuard } from '../policy/rights.ts';
import type { Services } from '../services.ts';
import { settling } from './decide.ts';
import { asking } from './jobs/ask.ts';
import type { Fence } from './jobs/fence.ts';
import { Claims } from './meeting.ts';
import { planAccount } from './plan.ts';

export interface Bulk {
  /** `sure`: rows that are surely one person; `alone`: people who are in one system only. */
  readonly kind?: 'sure' | 'alone' | undefined;
  /** Why, for the record; 1 to 500 characters. */
  readonly reason: string;
}

/** Proposals per commit: few enough that others get their turn in between. */
const perCommit = 100;
const attempts = 4;

/**
 * Asks for all open proposals of a kind to be accepted; `jobs/schedule.ts` does it, and nobody waits for it.
 * @throws HubError `not-found`, `invalid`, `conflict` (not matched yet, or work is under way)
 */
export async function requestAccepting(services: Services, origin: Origin, id: string, bulk: Bulk): Promise<void> {
  const { store } = services;
  const { kind: take = 'sure', reason } = bulk;
  if (reason.trim() === '' || reason.length > 500)
    throw new HubError('invalid', undefined, {
      faults: [{ path: 'reason', message: 'say why, in 1 to 500 characters' }],
    });
  const record = await store.get(unifications, id);
  if (record === undefined) throw new HubError('not-found', 'There is no such unification');
  if (record.state !== 'ready') throw new HubError('conflict', 'The files are not matched yet');
  const total = await store.count(proposals, { unification: id, kind: take, state: 'open' });
  const asked = await asking(services, origin, id, { kind: 'accept', take, reason, total });
  try {
    await store.writeNow({ changes: [asked] });
  } catch (fault) {
    if (fault instanceof CommitConflict) throw new HubError('conflict', 'Somebody else began this', { cause: fault });
    throw fault;
  }
}

/**
 * Accepts all open proposals of a kind, some to a commit. Each is taken on condition that it is still open, so that a run
 * that was cut off and goes on, or people who decide at the same time, take each exactly once. What cannot be accepted
 * stays, with what stands in its way.
 * @throws HubError `not-found`; LostJob; the signal's reason
 */
export async function runAccepting(
  services: Services,
  origin: Origin,
  { take = 'sure', reason = '', done }: UnifyJob,
  fence: Fence,
  signal: AbortSignal,
): Promise<void> {
  const { store } = services;
  const record = await store.get(unifications, fence.id);
  if (record === undefined) throw new HubError('not-found', 'There is no such unification');
  const where = { unification: fence.id, kind: take, state: 'open' };
  const progress = { done, blocked: 0, total: done + (await store.count(proposals, where)) };
  let cursor: string | null | undefined;
  do {
    signal.throwIfAborted();
    const page = await store.find(proposals, { where, limit: perCommit, ...(cursor ? { cursor } : {}) });
    const part = await acceptPart(services, origin, record, page.items, reason, fence, progress);
    progress.done += part.accepted;
    progress.blocked += part.blocked;
    // Those taken are open no more; behind them stand the blocked ones, which a cursor passes over.
    cursor = page.next;
  } while (cursor !== null);
  await fence.write({ changes: [] }, { ...progress, state: 'done' });
}

async function acceptPart(
  services: Services,
  origin: Origin,
  record: Stored<UnificationRecord>,
  part: readonly Stored<Proposal>[],
  reason: string,
  fence: Fence,
  { done, blocked, total }: { readonly done: number; readonly blocked: number; readonly total: number },
): Promise<{ accepted: number; blocked: number }> {
  let open = part;
  for (let attempt = 1; ; attempt++) {
    const planned = await commitOf(services, origin, record, open, reason);
    try {
      const { changes, events } = planned;
      await fence.write(
        { changes, events },
        { done: done + planned.accepted, blocked: blocked + planned.blocked, total },
      );
      return planned;
    } catch (fault) {
      if (!(fault instanceof CommitConflict)) throw fault;
      if (attempt === attempts)
        throw new HubError(
          'conflict',
          'Accounts change at this moment; start it again, and it goes on where it stopped',
          {
            cause: fault,
          },
        );
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
    // Where reads are answered at once, nobody else would have a turn until all of them are planned.
    await setImmediate();
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
