import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { ColumnMap } from '#domain/unify/read/columns.ts';
import type { Stored } from '#storage/collection.ts';
import { type Proposal, proposals, type UnificationRecord, unifications } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { namedActor } from '../people/about.ts';
import { parts } from '../people/import/parts.ts';
import type { Services } from '../services.ts';
import { fileOf, withoutFiles } from './files.ts';
import type { FullDraft, Job, JobAnswer, ReadFile } from './job.ts';
import { inThread } from './thread.ts';

type List = 'crm' | 'erp' | 'directory';

/** How each file is to be read; what is left out stays as it was. */
export type Reading = { readonly [list in List]?: { readonly map?: ColumnMap; readonly encoding?: string } };

/** Proposals per commit: few enough that others get their turn in between. */
const perCommit = 500;

/** Reads the files as they are mapped now: headings, first rows, faults. Nothing is written. @throws HubError `conflict` */
export async function lookAtFiles(services: Services, record: Stored<UnificationRecord>): Promise<JobAnswer['files']> {
  return (await inThread(await jobOf(services, record, 'look'))).files;
}

/**
 * Matches the files and keeps what is proposed; the files themselves go. With a fault in any of them nothing is kept, and
 * each fault is told by line.
 * @throws HubError `conflict` (matched already), `stale`, `invalid` with the faults, `busy`
 */
export async function matchFiles(
  services: Services,
  origin: Origin,
  seen: Stored<UnificationRecord>,
  reading: Reading = {},
): Promise<Stored<UnificationRecord>> {
  const record = await remapped(services, seen, reading);
  const { files, drafts } = await inThread(await jobOf(services, record, 'match'));
  if (drafts === undefined)
    throw new HubError('invalid', 'A file cannot be used as it is; nothing was matched', { faults: faultsOf(files) });
  let version = record.version;
  const mark = async (
    state: UnificationRecord['state'],
    rest: Partial<UnificationRecord> = {},
  ): Promise<UnificationRecord> => {
    const { id, version: _version, ...data } = record;
    const now: UnificationRecord = { ...data, ...rest, state, changedAt: services.clock.now() };
    const done = state === 'ready';
    await write(services, {
      changes: [
        { kind: 'replace', collection: unifications, id, ifVersion: version, data: now },
        ...(done ? withoutFiles(record) : []),
      ],
      events: done ? [await matchedEvent(services, origin, record, drafts)] : [],
    });
    version += 1;
    return now;
  };
  await mark('matching');
  for (const part of parts([...drafts.entries()], perCommit)) {
    await services.store.writeNow({
      changes: part.map(([place, one]) => ({
        kind: 'put',
        collection: proposals,
        // A match that was cut off and is run again writes the same records.
        id: `${record.id}:${one.kind}:${String(place).padStart(7, '0')}`,
        data: proposalOf(record.id, one),
      })),
    });
  }
  const rows = (list: List): UnificationRecord['files'][List] => {
    const file = record.files[list];
    return file === undefined ? undefined : { ...file, rows: files[list]?.rows ?? 0 };
  };
  const told = { crm: rows('crm') ?? record.files.crm, erp: rows('erp') ?? record.files.erp };
  const directory = rows('directory');
  const data = await mark('ready', { files: { ...told, ...(directory === undefined ? {} : { directory }) } });
  return { ...data, id: record.id, version };
}

function proposalOf(unification: string, { kind, score, reasons, rows, pair }: FullDraft): Proposal {
  return {
    unification,
    kind,
    state: 'open',
    score,
    reasons: [...reasons],
    rows: rows.map(({ list, at, id, line, cells, second }) => ({
      list,
      at,
      id,
      line,
      cells: { ...cells } as Record<string, string>,
      ...(second === undefined ? {} : { second }),
    })),
    rowKeys: rows.map(({ list, at }) => `${unification}:${list}:${at}`),
    ...(pair.length === 2 ? { pair: [...pair] } : {}),
  };
}

async function matchedEvent(
  services: Services,
  origin: Origin,
  record: Stored<UnificationRecord>,
  drafts: readonly FullDraft[],
) {
  const count = (kind: FullDraft['kind']): number => drafts.filter((one) => one.kind === kind).length;
  return draft(origin, 'unification.matched', 'success', {
    detail: {
      unification: record.id,
      sure: count('sure'),
      doubts: count('doubt'),
      alone: count('alone'),
      aside: count('aside'),
    },
    personal: await namedActor(services, origin),
  });
}

async function remapped(
  services: Services,
  seen: Stored<UnificationRecord>,
  reading: Reading,
): Promise<Stored<UnificationRecord>> {
  if (seen.state === 'ready') throw new HubError('conflict', 'The files of this unification are matched already');
  if (Object.keys(reading).length === 0) return seen;
  const { id, version, ...data } = seen;
  const files = { ...data.files };
  for (const list of ['crm', 'erp', 'directory'] as const) {
    const [file, told] = [files[list], reading[list]];
    if (file === undefined || told === undefined) continue;
    const { encoding, ...rest } = file;
    const named = told.encoding ?? encoding;
    files[list] = {
      ...rest,
      ...(named === undefined || named === '' ? {} : { encoding: named }),
      map: told.map === undefined ? file.map : mapOf(told.map),
    };
  }
  const now: UnificationRecord = { ...data, files, changedAt: services.clock.now() };
  await write(services, {
    changes: [{ kind: 'replace', collection: unifications, id, ifVersion: version, data: now }],
  });
  return { ...now, id, version: version + 1 };
}

function mapOf(map: ColumnMap): Record<string, string> {
  return Object.fromEntries(Object.entries(map).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

async function write({ store }: Services, commit: Parameters<Services['store']['writeNow']>[0]): Promise<void> {
  try {
    await store.writeNow(commit);
  } catch (fault) {
    if (fault instanceof CommitConflict) throw new HubError('stale', undefined, { cause: fault });
    throw fault;
  }
}

async function jobOf(services: Services, record: Stored<UnificationRecord>, kind: Job['kind']): Promise<Job> {
  if (record.state === 'ready') throw new HubError('conflict', 'The files of this unification are matched already');
  const [crm, erp, directory] = [
    await fileOf(services, record, 'crm'),
    await fileOf(services, record, 'erp'),
    await fileOf(services, record, 'directory'),
  ];
  if (crm === undefined || erp === undefined) throw new HubError('conflict', 'The files of this unification are gone');
  return { kind, crm, erp, ...(directory === undefined ? {} : { directory }) };
}

/** `files.crm.3`: list and line. */
function faultsOf(files: JobAnswer['files']): { path: string; message: string }[] {
  return Object.entries(files).flatMap(([list, file]: [string, ReadFile]) =>
    file.faults.map(({ line, message }) => ({ path: `files.${list}:${line}`, message })),
  );
}
