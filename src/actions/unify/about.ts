import { isAbout, type Marks, marksOf } from '#domain/unify/about.ts';
import type { Stored } from '#storage/collection.ts';
import {
  links,
  type Person,
  type Proposal,
  type ProposalRow,
  proposals,
  type UnificationRecord,
  unifications,
} from '#storage/collections.ts';
import { everyRecord } from '../access/reading.ts';
import type { Services } from '../services.ts';
import { directoryOf } from './directory.ts';
import { fileOf } from './files.ts';

/** A proposal that speaks of a person, with which of its rows are theirs; the others may be somebody else's. */
export interface ProposalAbout {
  readonly proposal: Stored<Proposal>;
  readonly theirs: readonly ProposalRow[];
}

/**
 * What unifications keep of a person, decided or not. Rows are met by number, address, login or, where a row has nothing else,
 * by name; the rows of one sure proposal are one person's. Looks through all proposals: for acts that are rare.
 * @param accounts all accounts of the one person
 */
export async function proposalsAbout(
  services: Services,
  accounts: readonly Stored<Person>[],
): Promise<ProposalAbout[]> {
  const { store } = services;
  const marks = await marksFor(services, accounts);
  const ids = new Set(accounts.map(({ id }) => id));
  const theirs = new Set<string>();
  for await (const one of everyRecord(store, proposals)) {
    const mine = one.effect !== undefined && ids.has(one.effect.person) && one.state === 'accepted';
    const own = one.rows.filter(
      (row) => mine || (row.person === undefined ? isAbout(row.cells, marks) : ids.has(row.person)),
    );
    const whole = own.length > 0 && (one.kind === 'sure' || mine);
    for (const row of whole ? one.rows : own) theirs.add(keyOf(one, row));
  }
  const found: ProposalAbout[] = [];
  for await (const proposal of everyRecord(store, proposals)) {
    const rows = proposal.rows.filter((row) => theirs.has(keyOf(proposal, row)));
    const named = proposal.effect !== undefined && ids.has(proposal.effect.person);
    if (rows.length > 0 || named) found.push({ proposal, theirs: rows });
  }
  return found;
}

/** Unifications that are not matched yet and have the person in one of their files. */
export async function unmatchedAbout(
  services: Services,
  accounts: readonly Stored<Person>[],
): Promise<Stored<UnificationRecord>[]> {
  const marks = await marksFor(services, accounts);
  const found: Stored<UnificationRecord>[] = [];
  // While it is matched, a thread may hold anybody of the hub.
  for await (const record of everyRecord(services.store, unifications))
    if (
      (record.state === 'matching' && directoryOf(record) === 'hub') ||
      (record.state !== 'ready' && (await names(services, record, marks)))
    )
      found.push(record);
  return found;
}

async function names(services: Services, record: Stored<UnificationRecord>, marks: Marks): Promise<boolean> {
  for (const list of ['crm', 'erp', 'directory'] as const) {
    const file = await fileOf(services, record, list);
    if (file === undefined) continue;
    const kind = list === 'directory' ? 'directory' : 'system';
    // Loaded for this rare case alone: with it comes the dictionary of Chinese readings, some MiB.
    const { readAccounts } = await import('#domain/unify/read/list.ts');
    const { rows, faults } = readAccounts(file.bytes, kind, { ...file, keepRows: true });
    // What cannot be read cannot be matched either; nobody knows whom it names.
    if (faults.length > 0 || rows.some(({ cells }) => isAbout(cells, marks))) return true;
  }
  return false;
}

async function marksFor({ store }: Services, accounts: readonly Stored<Person>[]): Promise<Marks> {
  const logins: string[] = [];
  for (const { id } of accounts)
    for await (const { login } of everyRecord(store, links, { where: { person: id } }))
      if (login !== undefined) logins.push(login);
  return marksOf(accounts, logins);
}

function keyOf({ unification }: Proposal, { list, at }: ProposalRow): string {
  return `${unification}:${list}:${at}`;
}
