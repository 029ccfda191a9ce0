import { setImmediate } from 'node:timers/promises';
import { HubError } from '#domain/errors.ts';
import { wholeName } from '#domain/people/whole-name.ts';
import { loginOf } from '#domain/unify/outcome/person.ts';
import { isActive } from '#domain/unify/outcome/standing.ts';
import type { Stored } from '#storage/collection.ts';
import {
  type Proposal,
  type ProposalRow,
  proposals,
  type UnificationRecord,
  unifications,
} from '#storage/collections.ts';
import type { Store } from '#storage/store.ts';
import { everyRecord } from '../access/reading.ts';
import type { Services } from '../services.ts';
import { disablesUnknown } from './directory.ts';
import type { Report, ReportRow } from './report.ts';

/** The report without its conflicts, and whose accounts were joined. */
export type Findings = Omit<Report, 'conflicts'> & { readonly merged: ReadonlySet<string> };

const cache = new WeakMap<Store, { readonly state: string; readonly found: Promise<Findings> }>();
const dayMs = 86_400_000;

/**
 * What the rows of a unification show. It takes a walk over all proposals, so the last answer is kept until a proposal
 * changes or the day does: the pages of a report cost one walk. @throws HubError `not-found`
 */
export async function findingsOf(services: Services, id: string): Promise<Findings> {
  const { store, clock } = services;
  const record = await store.get(unifications, id);
  if (record === undefined) throw new HubError('not-found', 'There is no such unification');
  const now = clock.now();
  // Counted before it is read: a change in between makes the next call walk again.
  const state = [id, store.changes(proposals), store.changes(unifications), Math.floor(now / dayMs)].join(' ');
  const cached = cache.get(store);
  if (cached?.state === state) return cached.found;
  const found = walk(services, record, now);
  cache.set(store, { state, found });
  found.catch(() => cache.delete(store));
  return found;
}

async function walk({ store }: Services, record: Stored<UnificationRecord>, now: number): Promise<Findings> {
  const seen = new Map<string, { row: ProposalRow; lists: Set<string>; person?: string; here: boolean }>();
  const [technical, duplicates]: [ReportRow[], ReportRow[]] = [[], []];
  const merged = new Set<string>();
  const open = { sure: 0, doubts: 0 };
  let groups = 0;
  const everyKind = ['sure', 'doubt', 'alone', 'aside'] as const;
  for (const kind of everyKind) {
    let read = 0;
    for await (const proposal of everyRecord(store, proposals, { where: { unification: record.id, kind } })) {
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
    merged,
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
