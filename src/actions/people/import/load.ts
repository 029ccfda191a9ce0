import { setTimeout } from 'node:timers/promises';
import { type AuditDraft, draft } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { changedFields } from '#domain/people/fields.ts';
import { fieldsOf } from '#domain/people/record.ts';
import { people } from '#storage/collections.ts';
import { type Change, type Commit, CommitConflict } from '#storage/port.ts';
import { acceptedEvents } from '../../access/separation.ts';
import { policyInForce } from '../../policy/in-force.ts';
import { actGuard } from '../../policy/rights.ts';
import type { Services } from '../../services.ts';
import { about } from '../about.ts';
import { alteration } from '../change.ts';
import { creation } from '../create.ts';
import { hashOfJudged, newCredential } from '../credential.ts';
import { stillWithin } from '../rights.ts';
import { parts } from './parts.ts';
import { type Plan, type PlannedRow, planRows } from './plan.ts';

/** People per commit: enough to make the cost of a commit small, few enough that others get their turn in between. */
const perCommit = 300;
/** Times a part is planned anew when somebody changed its people in between. */
const attempts = 4;

export interface LoadOptions {
  /** What was planned and nothing else: whoever changed meanwhile stops it instead of being planned anew. */
  readonly exact?: boolean | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Belongs to the first commit: what makes a load happen once. */
  readonly with?: readonly Change[] | undefined;
}

/**
 * Writes planned rows, several hundred to a commit; an exact load of no more than that is one commit.
 * @throws HubError `conflict`; `stale` for an exact one
 */
export async function loadRows(plan: Plan, planned: readonly PlannedRow[], options: LoadOptions = {}): Promise<void> {
  const writing = planned.filter((row) => row.kind !== 'same');
  let also = options.with ?? [];
  let done = 0;
  for (const part of [...partsOf(plan, writing, options.exact === true)]) {
    await loadPart(plan, part, options.exact === true, also);
    also = [];
    done += part.length;
    options.onProgress?.(done, writing.length);
  }
  if (also.length > 0) await plan.services.store.writeNow({ changes: also });
}

function* partsOf(plan: Plan, writing: readonly PlannedRow[], exact: boolean): Generator<readonly PlannedRow[]> {
  const alone = writing.filter(disables);
  const owners = alone.filter(({ before }) => plan.holders.has(before?.id ?? ''));
  if (exact && writing.length <= perCommit && owners.length < 2) {
    if (writing.length > 0) yield writing;
    return;
  }
  // Taking an account away touches sessions and maybe owners; each such row is an act of its own.
  yield* parts(
    writing.filter((row) => !disables(row)),
    perCommit,
  );
  yield* parts(alone, 1);
}

function disables({ before, fields }: PlannedRow): boolean {
  return before?.status === 'active' && fields.status === 'disabled';
}

async function loadPart(
  plan: Plan,
  part: readonly PlannedRow[],
  exact: boolean,
  also: readonly Change[],
): Promise<void> {
  const { services } = plan;
  const hashes = await hashesOf(services, part);
  let rows = part;
  for (let attempt = 1; ; attempt++) {
    try {
      const { changes, events } = await commitOf(plan, rows, hashes);
      return await services.store.writeNow({ changes: [...also, ...changes], ...(events ? { events } : {}) });
    } catch (fault) {
      if (!(fault instanceof CommitConflict)) throw fault;
      if (exact) throw new HubError('stale', 'Somebody changed people or the policy in this moment', { cause: fault });
      const leaves = rows.some(({ kind }) => kind === 'leave');
      if (attempt === attempts || leaves) throw changedMeanwhile(part[0]?.row.line, fault);
    }
    plan.policy = await policyInForce(services);
    const again = await planRows(
      plan,
      rows.map(({ row }) => row),
    );
    if (again.faults[0] !== undefined) throw changedMeanwhile(again.faults[0].line);
    rows = again.planned;
  }
}

function changedMeanwhile(line: number | undefined, cause?: unknown): HubError {
  const message = `People changed while the file was loading (line ${line ?? '?'}); load it once more, what is in stays`;
  return new HubError('conflict', message, { cause });
}

async function commitOf(plan: Plan, rows: readonly PlannedRow[], hashes: ReadonlyMap<number, string>): Promise<Commit> {
  const changes: Change[] = [...actGuard(plan.policy)];
  const events: AuditDraft[] = [];
  for (const planned of rows) {
    const commit = await commitOfRow(plan, planned, hashes.get(planned.row.line));
    changes.push(...commit.changes);
    events.push(...(commit.events ?? []));
  }
  return { changes, events };
}

async function commitOfRow({ services, origin }: Plan, planned: PlannedRow, hash: string | undefined): Promise<Commit> {
  const { before, fields, accepted } = planned;
  if (before === undefined) {
    const { person, commit } = await creation(services, origin, fields, hash);
    const warned = acceptedEvents(origin, { id: person.id, person }, accepted, 'person.created');
    return { changes: commit.changes, events: [...(commit.events ?? []), ...warned] };
  }
  const changes: Change[] = [];
  const events: AuditDraft[] = [];
  const { id, version: ifVersion } = before;
  // The record is the guard where it is written; a password alone holds on to whom a limited right reaches.
  if (changedFields(fieldsOf(before), fields).length === 0) changes.push(...stillWithin(origin, before));
  else {
    const { act, data, rest } = await alteration(services, origin, before, fields, leaveReason(planned));
    changes.push({ kind: 'replace', collection: people, id, ifVersion, data }, ...rest.changes);
    events.push(...rest.events, ...acceptedEvents(origin, { id, person: data }, accepted, act));
  }
  if (hash !== undefined) {
    changes.push(newCredential(id, hash, services.clock.now()));
    const who = await about(services, origin, before);
    events.push(draft(origin, 'credential.added', 'success', { ...who, detail: { kind: 'password' } }));
  }
  return { changes, events };
}

function leaveReason({ kind }: PlannedRow): string | undefined {
  return kind === 'leave' ? 'is not in the file of people that was loaded' : undefined;
}

/** By line. Passwords are hashed a few at a time, so that an import leaves slots for people who sign in. */
async function hashesOf(services: Services, rows: readonly PlannedRow[]): Promise<Map<number, string>> {
  const hashes = new Map<number, string>();
  const waiting = rows.filter((planned) => planned.givesPassword);
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const hash = await patiently(() => hashOfJudged(services, next.row));
      if (hash !== undefined) hashes.set(next.row.line, hash);
    }
  };
  await Promise.all(Array.from({ length: services.settings.limits.hash.slots }, work));
  return hashes;
}

/** An import can wait for a hashing slot; a person at the sign-in form is answered at once. */
async function patiently<R>(work: () => Promise<R>): Promise<R> {
  for (;;) {
    try {
      return await work();
    } catch (fault) {
      if (!(fault instanceof HubError) || fault.code !== 'busy') throw fault;
      await setTimeout(100);
    }
  }
}
