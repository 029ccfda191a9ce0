/** A thread that reads and matches: tens of seconds of computing for a large company, which no request should wait behind. */
import { parentPort } from 'node:worker_threads';
import { type Draft, draftsOf } from '#domain/unify/outcome/groups.ts';
import { plainMail } from '#domain/unify/read/fields.ts';
import { type AccountList, readAccounts, type SourceRow } from '#domain/unify/read/list.ts';
import { isSecondAccount } from '#domain/unify/read/nobody.ts';
import { readPeople } from '#domain/unify/read/people.ts';
import { match } from '#domain/unify/unify.ts';
import type { FileJob, Job, JobAnswer, ReadFile, ReadRow } from './job.ts';

const previewRows = 5;

function read(file: FileJob, kind: 'system' | 'directory', keepRows: boolean): AccountList {
  return readAccounts(file.bytes, kind, { map: file.map, encoding: file.encoding, keepRows });
}

function told(list: AccountList): ReadFile {
  const { heading, columns, encoding, separator, rows, accounts, faults } = list;
  return { heading, columns, encoding, separator, rows: accounts.length, preview: rows.slice(0, previewRows), faults };
}

function answer(job: Job): JobAnswer {
  const crm = read(job.crm, 'system', true);
  const erp = read(job.erp, 'system', true);
  const file = job.directory === undefined ? undefined : read(job.directory, 'directory', true);
  const files = {
    crm: told(crm),
    erp: told(erp),
    ...(file === undefined ? {} : { directory: told(file) }),
  };
  const lists = [crm, erp, ...(file === undefined ? [] : [file])];
  if (job.kind === 'look' || lists.some(({ faults }) => faults.length > 0)) return { files };
  const hub = job.people === undefined ? undefined : readPeople(job.people);
  const directory = file ?? hub;
  const matched = match(crm.accounts, erp.accounts, directory?.accounts ?? []);
  const aside = new Map<string, string>();
  const rows = new Map<string, ReadRow>();
  for (const [list, source, settled] of [
    ['crm', crm, matched.accounts.crm],
    ['erp', erp, matched.accounts.erp],
    ['directory', directory, directory?.accounts ?? []],
  ] as const) {
    for (const [at, row] of (source?.rows ?? []).entries()) {
      const account = settled[at];
      if (account?.nobody !== undefined) aside.set(`${list} ${row.id}`, account.nobody);
      const person = list === 'directory' ? hub?.people[at] : undefined;
      rows.set(`${list} ${row.id}`, {
        ...withoutShared(row, account?.mails ?? []),
        list,
        at,
        ...(person === undefined ? {} : { person }),
        ...second(row),
      });
    }
  }
  const drafts = draftsOf(matched).map((draft) => stored(draft, rows, aside));
  return { files, drafts };
}

/** A department's mailbox is nobody's address; it is shown as what it is. */
function withoutShared(row: SourceRow, own: readonly string[]): Omit<ReadRow, 'list' | 'at'> {
  const { mail, ...rest } = row.cells;
  const plain = mail === undefined ? undefined : plainMail(mail);
  if (mail === undefined || (plain !== undefined && own.includes(plain))) return row;
  return { ...row, cells: { ...rest, box: mail } };
}

function second({ id, cells }: SourceRow): { second?: true } {
  return isSecondAccount((cells.login ?? id).toLowerCase(), cells.name ?? '') ? { second: true } : {};
}

function stored(draft: Draft, rows: ReadonlyMap<string, ReadRow>, aside: ReadonlyMap<string, string>) {
  const found = draft.rows.flatMap(({ list, id }) => rows.get(`${list} ${id}`) ?? []);
  const [first] = found;
  const why = draft.kind === 'aside' && first !== undefined ? aside.get(`${first.list} ${first.id}`) : undefined;
  return {
    kind: draft.kind,
    score: draft.score,
    reasons: why === undefined ? draft.reasons : [why],
    rows: found,
    pair: (draft.pair ?? [])
      .flatMap(({ list, id }) => rows.get(`${list} ${id}`) ?? [])
      .map(({ list, at }) => `${list}:${at}`),
  };
}

parentPort?.once('message', (job: Job) => {
  parentPort?.postMessage(answer(job));
});
