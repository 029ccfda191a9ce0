import { type AuditDraft, draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type Proposal, people, proposals, type UnificationRecord, unifications } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { actorOf } from '../named.ts';
import { namedActor } from '../people/about.ts';
import { policyInForce } from '../policy/in-force.ts';
import { actGuard } from '../policy/rights.ts';
import type { Services } from '../services.ts';
import { turnOf } from '../turn.ts';
import { Claims, proposedFor } from './meeting.ts';
import { type Obstacle, planAccount } from './plan.ts';

export interface Decision {
  /** Are the rows one person? */
  readonly same: boolean;
  /** Why, for the record. */
  readonly reason?: string | undefined;
  /** The version that the caller saw. */
  readonly ifVersion?: number | undefined;
}

/** The unification and one of its proposals. @throws HubError `not-found` */
export async function proposalOf(
  { store }: Services,
  unification: string,
  id: string,
): Promise<{ record: Stored<UnificationRecord>; proposal: Stored<Proposal> }> {
  const [record, proposal] = [await store.get(unifications, unification), await store.get(proposals, id)];
  if (record === undefined || proposal === undefined || proposal.unification !== record.id)
    throw new HubError('not-found', 'There is no such proposal');
  return { record, proposal };
}

/** What stands in the way in English, for answers without a page; the page has its own words for each code. */
export function obstacleText({ code, values }: Obstacle): string {
  const texts: Record<Obstacle['code'], string> = {
    'two-accounts': `these rows belong to two accounts of the hub (${values.people ?? ''}); merge those first`,
    'other-number': `the address belongs to an account with another employee number (${values.person ?? ''})`,
    'other-login': `the account is known in ${values.system ?? ''} as ${values.login ?? ''} already`,
    taken: `somebody else has this already: ${values.value ?? ''}`,
    separation: `the account would breach the separation rules ${values.rules ?? ''}`,
    forbidden: 'the account has rights in the hub that you do not have',
    fields: `the account cannot be made as it is: ${values.faults ?? ''}`,
    doubt: `these rows may belong to ${values.person ?? ''} of the directory; decide that first`,
    'not-matched': `the employee number or email address belongs to ${values.person ?? ''}, but nothing else agrees; correct it in the system and match again, or link the login on that person's page`,
    gone: 'the person of the directory has been erased since; match the files again',
  };
  return texts[code];
}

/**
 * Decides one proposal. `same` makes (or adds to) one account with a link per system; otherwise the rows stay apart, and a
 * row that has nothing else proposed becomes one that stands alone. Both are final; accepting can be undone.
 * @throws HubError `not-found`, `stale` (decided meanwhile), `conflict` (something stands in the way)
 */
export async function decideProposal(
  services: Services,
  origin: Origin,
  unification: string,
  id: string,
  { same, reason, ifVersion }: Decision,
): Promise<Stored<Proposal>> {
  const { record, proposal } = await proposalOf(services, unification, id);
  if (proposal.kind === 'aside') throw new HubError('conflict', 'This row is nobody’s; there is nothing to decide');
  if (record.state !== 'ready') throw new HubError('conflict', 'The files are not matched yet');
  if ((ifVersion !== undefined && ifVersion !== proposal.version) || proposal.state !== 'open')
    throw new HubError('stale');
  const decided = { decidedBy: actorOf(origin), decidedAt: services.clock.now(), ...(reason ? { reason } : {}) };
  if (same)
    return settle(services, origin, proposal, true, decided, await accepting(services, origin, record, proposal));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await settle(services, origin, proposal, false, decided, await rejecting(services, proposal));
    } catch (fault) {
      if (!(fault instanceof CommitConflict) || fault.change.tag !== rejectionTag || attempt === attempts) throw fault;
    }
  }
}

/** Marks the turn of a rejection: it counts on what else is proposed for its rows, which another may be rejecting. */
const rejectionTag = 'rejection';
/** Id of the record of a unification's rejections. */
export function rejectionTurnId(unification: string): string {
  return `rejections:${unification}`;
}

/** Times a rejection looks again that another overtook. */
const attempts = 8;

async function settle(
  services: Services,
  origin: Origin,
  proposal: Stored<Proposal>,
  same: boolean,
  decided: Pick<Proposal, 'decidedBy' | 'decidedAt' | 'reason'>,
  made: Decided,
): Promise<Stored<Proposal>> {
  const { id, reason } = { id: proposal.id, reason: decided.reason };
  const { obstacle: _old, id: _id, version, ...rest } = proposal;
  const data: Proposal = { ...rest, ...decided, ...made.data };
  try {
    await services.store.writeNow({
      changes: [{ kind: 'replace', collection: proposals, id, ifVersion: version, data }, ...made.changes],
      events: [...made.events, await decidedEvent(services, origin, proposal, same, reason)],
    });
  } catch (fault) {
    if (fault instanceof CommitConflict && fault.change.tag !== rejectionTag) throw lost(fault);
    throw fault;
  }
  return { ...data, id, version: version + 1 };
}

function lost(fault: CommitConflict): HubError {
  const other = fault.change.collection.name === proposals.name;
  if (other || fault.change.collection.name !== people.name) return new HubError('stale', undefined, { cause: fault });
  return new HubError('conflict', 'The account changed at this moment; try again', { cause: fault });
}

interface Decided {
  readonly data: Partial<Proposal>;
  readonly changes: readonly Change[];
  readonly events: readonly AuditDraft[];
}

async function accepting(
  services: Services,
  origin: Origin,
  record: Stored<UnificationRecord>,
  proposal: Stored<Proposal>,
): Promise<Decided> {
  const policy = await policyInForce(services);
  const planning = { services, origin, record, policy, claims: new Claims() };
  const plan = await planAccount(planning, proposal);
  if ('obstacle' in plan) throw new HubError('conflict', obstacleText(plan.obstacle));
  const settled = await settling(services, proposal);
  return {
    data: { state: 'accepted', effect: plan.effect },
    changes: [...actGuard(policy), ...plan.changes, ...settled],
    events: plan.events,
  };
}

/**
 * What else was proposed for rows that are now decided: the same rows' smaller proposals are part of this one, and a row of
 * a doubt belongs to nobody else.
 */
export async function settling(
  services: Services,
  { id, kind, rowKeys, pair, unification }: Stored<Proposal>,
): Promise<Change[]> {
  const items = await proposedFor(services, rowKeys);
  const decided = new Set(rowKeys);
  const own = new Set((pair ?? []).map((key) => `${unification}:${key}`));
  return items
    .filter((other) => other.id !== id && other.state === 'open')
    .filter(
      (other) =>
        (kind === 'doubt' && other.pair?.some((key) => own.has(`${unification}:${key}`)) === true) ||
        (other.kind !== 'doubt' && other.rowKeys.every((key) => decided.has(key))),
    )
    .map(({ id: other, version, ...rest }): Change => {
      const data = { ...rest, version: undefined, state: 'settled' };
      return { kind: 'replace', collection: proposals, id: other, ifVersion: version, data: without(data) };
    });
}

function without<T extends object>(data: T): object {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}

async function rejecting(services: Services, proposal: Stored<Proposal>): Promise<Decided> {
  const turn = await turnOf(services, rejectionTurnId(proposal.unification), rejectionTag);
  const changes = await leftAlone(services, proposal, proposal.pair ?? [], new Set([proposal.id]));
  return { data: { state: 'rejected' }, changes: [turn, ...changes], events: [] };
}

/**
 * Rows that nothing else is proposed for once some proposals are gone become ones that stand alone.
 * @param keys `<list>:<at>` of rows of the proposal. @param gone ids of the proposals that go
 */
export async function leftAlone(
  { store }: Services,
  { unification, rows }: Stored<Proposal>,
  keys: readonly string[],
  gone: ReadonlySet<string>,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const key of keys) {
    const row = rows.find(({ list, at }) => `${list}:${at}` === key);
    if (row === undefined || row.list === 'directory') continue;
    const rowKey = `${unification}:${key}`;
    const { items } = await store.find(proposals, { where: { rowKeys: rowKey }, limit: 200 });
    const left = items.filter((other) => !gone.has(other.id) && ['open', 'accepted'].includes(other.state));
    if (left.length > 0) continue;
    const data: Proposal = {
      unification,
      kind: 'alone',
      state: 'open',
      score: 0,
      reasons: [],
      rows: [row],
      rowKeys: [rowKey],
    };
    changes.push({ kind: 'put', collection: proposals, id: `${unification}:alone:r${row.list}${row.at}`, data });
  }
  return changes;
}

async function decidedEvent(
  services: Services,
  origin: Origin,
  { id, unification, kind, score, rows }: Stored<Proposal>,
  same: boolean,
  reason: string | undefined,
): Promise<AuditDraft> {
  const personal = await namedActor(services, origin);
  return draft(origin, 'unification.decided', 'success', {
    detail: { unification, proposal: id, kind, score, decision: same ? 'same' : 'different' },
    personal: {
      ...personal,
      detail: { rows: rows.map(({ list, id: row }) => `${list} ${row}`), ...(reason ? { reason } : {}) },
    },
  });
}
