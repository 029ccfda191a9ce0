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
import { parts } from './parts.ts';
import { type Plan, type PlannedRow, planRows } from './plan.ts';

/** People per commit: enough to make the cost of a commit small, few enough that others get their turn in between. */
const perCommit = 300;
/** Times a part is planned anew when somebody changed its people in between. */
const attempts = 4;

/** Writes planned rows, several hundred to a commit. @throws HubError `conflict` */
export async function loadRows(
  plan: Plan,
  planned: readonly PlannedRow[],
  onProgress: ((done: number, total: number) => void) | undefined,
): Promise<void> {
  const writing = planned.filter((row) => row.kind !== 'same');
  // Taking an account away touches sessions and maybe owners; each such row is an act of its own.
  const alone = writing.filter(disables);
  let done = 0;
  for (const part of [
    ...parts(
      writing.filter((row) => !disables(row)),
      perCommit,
    ),
    ...parts(alone, 1),
  ]) {
    await loadPart(plan, part);
    done += part.length;
    onProgress?.(done, writing.length);
  }
}

function disables({ before, fields }: PlannedRow): boolean {
  return before?.status === 'active' && fields.status === 'disabled';
}

async function loadPart(plan: Plan, part: readonly PlannedRow[]): Promise<void> {
  const { services } = plan;
  const hashes = await hashesOf(services, part);
  let rows = part;
  for (let attempt = 1; ; attempt++) {
    try {
      return await services.store.writeNow(await commitOf(plan, rows, hashes));
    } catch (fault) {
      if (!(fault instanceof CommitConflict)) throw fault;
      if (attempt === attempts) throw changedMeanwhile(part[0]?.row.line, fault);
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
  if (changedFields(fieldsOf(before), fields).length > 0) {
    const { act, data, rest } = await alteration(services, origin, before, fields);
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
