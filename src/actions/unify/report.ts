import { setImmediate } from 'node:timers/promises';
import { HubError } from '#domain/errors.ts';
import { wholeName } from '#domain/people/whole-name.ts';
import { loginOf } from '#domain/unify/outcome/person.ts';
import { isActive } from '#domain/unify/outcome/standing.ts';
import type { Stored } from '#storage/collection.ts';
import { type Proposal, type ProposalRow, people, proposals, unifications } from '#storage/collections.ts';
import { assignmentsOf, everyRecord } from '../access/reading.ts';
import { personLabel, subjectOfPerson } from '../access/subject.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';
import { disablesUnknown } from './directory.ts';

/** One row of a file as the report names it. */
export interface ReportRow {
  readonly list: 'crm' | 'erp' | 'directory';
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly line: number;
  /** Works in its system, by the file. */
  readonly active: boolean;
  readonly why?: string;
  /** Group of accounts of one person, in `duplicates`. */
  readonly group?: number;
  /** The hub's account, once there is one. */
  readonly person?: string;
}

/** A separation rule that somebody's rights in both systems breach. */
export interface ReportConflict {
  readonly person: string;
  readonly label: string;
  readonly separation: string;
  readonly title: string;
  readonly mode: 'prevent' | 'warn';
  readonly permissions: readonly { readonly system: string; readonly permission: string }[];
}

export interface Report {
  /** In one system only. */
  readonly orphans: readonly ReportRow[];
  /** Active in a system although the directory says that they have left, or does not know them. Empty without a directory. */
  readonly leavers: readonly ReportRow[];
  /** Several accounts of one person in one system. */
  readonly duplicates: readonly ReportRow[];
  /** Machines, shared and test accounts: nobody's. */
  readonly technical: readonly ReportRow[];
  /** People of this unification whose rights breach a separation rule of the policy in force. */
  readonly conflicts: readonly ReportConflict[];
  /** Proposals still to be decided. */
  readonly open: { readonly sure: number; readonly doubts: number };
}

/** What a unification shows about both systems, as decided so far. @throws HubError `not-found` */
export async function reportOf(services: Services, id: string): Promise<Report> {
  const { store, clock } = services;
  const record = await store.get(unifications, id);
  if (record === undefined) throw new HubError('not-found', 'There is no such unification');
  const now = clock.now();
  const seen = new Map<string, { row: ProposalRow; lists: Set<string>; person?: string; here: boolean }>();
  const [technical, duplicates]: [ReportRow[], ReportRow[]] = [[], []];
  const merged = new Set<string>();
  const open = { sure: 0, doubts: 0 };
  let groups = 0;
  const everyKind = ['sure', 'doubt', 'alone', 'aside'] as const;
  for (const kind of everyKind) {
    let read = 0;
    for await (const proposal of everyRecord(store, proposals, { where: { unification: id, kind } })) {
      if (++read % 500 === 0) await setImmediate();
      if (kind === 'aside') {
        for (const row of proposal.rows) technical.push({ ...shownRow(row, now), why: proposal.reasons[0] ?? '' });
        continue;
      }
      if (proposal.state === 'open' && kind === 'sure') open.sure += 1;
      if (proposal.state === 'open' && kind === 'doubt') open.doubts += 1;
      const person = proposal.state === 'accepted' ? proposal.effect?.person : undefined;
      if (person !== undefined && proposal.rows.length > 1) merged.add(person);
      noteRows(seen, proposal, person, now);
      if (kind === 'sure' && proposal.state !== 'undone')
        groups = addDuplicates(duplicates, proposal, person, groups, now);
    }
  }
  const rows = [...seen.values()].filter(({ row }) => row.list !== 'directory');
  const told = ({ row, person }: (typeof rows)[number]): ReportRow => shownRow(row, now, person);
  return {
    orphans: rows.filter(({ row, lists }) => !lists.has(row.list === 'crm' ? 'erp' : 'crm')).map(told),
    leavers: disablesUnknown(record) ? rows.filter(({ row, here }) => !here && isActive(row.cells, now)).map(told) : [],
    duplicates,
    technical,
    conflicts: await conflictsOf(services, merged),
    open,
  };
}

/** Rows by key with the lists that their person has rows in, as far as it is sure or decided. */
function noteRows(
  seen: Map<string, { row: ProposalRow; lists: Set<string>; person?: string; here: boolean }>,
  { kind, state, rows, rowKeys }: Stored<Proposal>,
  person: string | undefined,
  now: number,
): void {
  const together = (kind === 'sure' && state !== 'undone' && state !== 'rejected') || state === 'accepted';
  const here = rows.some(({ list, cells }) => list === 'directory' && isActive(cells, now));
  for (const [at, row] of rows.entries()) {
    const key = rowKeys[at] ?? '';
    const known = seen.get(key) ?? { row, lists: new Set([row.list]), here: false };
    if (together) for (const other of rows) known.lists.add(other.list);
    if (together && here) known.here = true;
    seen.set(key, person === undefined ? known : { ...known, person });
  }
}

function addDuplicates(
  duplicates: ReportRow[],
  { rows }: Stored<Proposal>,
  person: string | undefined,
  groups: number,
  now: number,
): number {
  let count = groups;
  for (const list of ['crm', 'erp'] as const) {
    const own = rows.filter((row) => row.list === list);
    if (own.length < 2) continue;
    count += 1;
    duplicates.push(...own.map((row) => ({ ...shownRow(row, now, person), group: count })));
  }
  return count;
}

function shownRow(row: ProposalRow, now: number, person?: string): ReportRow {
  const { list, id, line, cells } = row;
  const name = cells.name ?? wholeName(cells.given, cells.family);
  return {
    list,
    id,
    login: loginOf(row),
    name,
    line,
    active: isActive(cells, now),
    ...(person === undefined ? {} : { person }),
  };
}

async function conflictsOf(services: Services, merged: ReadonlySet<string>): Promise<ReportConflict[]> {
  const { compiled } = await policyInForce(services);
  const found: ReportConflict[] = [];
  if (compiled.document.separation.length === 0) return found;
  for (const id of merged) {
    const person = await services.store.get(people, id);
    if (person === undefined) continue;
    const held = compiled.access(
      subjectOfPerson(person, await assignmentsOf(services.store, id)),
      services.clock.now(),
    );
    for (const { id: separation, title, mode, conflict } of compiled.document.separation) {
      if (!conflict.every(({ system, permission }) => held.systems.get(system)?.includes(permission) === true))
        continue;
      found.push({ person: id, label: personLabel(person), separation, title, mode, permissions: conflict });
    }
  }
  return found;
}
