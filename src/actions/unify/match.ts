import { draft, type Origin } from '#domain/audit/event.ts';
import { type FieldFault, HubError } from '#domain/errors.ts';
import type { ColumnMap } from '#domain/unify/read/columns.ts';
import type { Stored } from '#storage/collection.ts';
import { type Proposal, proposals, type UnificationRecord, unifications } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { namedActor } from '../people/about.ts';
import { parts } from '../people/import/parts.ts';
import type { Services } from '../services.ts';
import { directoryOf, hubPeople } from './directory.ts';
import { fileOf, withoutFiles } from './files.ts';
import type { FullDraft, Job, JobAnswer, ReadFile } from './job.ts';
import { asking, requireIdle } from './jobs/ask.ts';
import type { Fence } from './jobs/fence.ts';
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
 * Asks for the files to be matched, read as told; `jobs/worker.ts` does it, and nobody waits for it. A file with a fault is
 * told at once, and nothing is asked for then.
 * @throws HubError `conflict` (matched already, or under way), `stale`, `invalid` with the faults by line
 */
export async function requestMatch(
  services: Services,
  origin: Origin,
  seen: Stored<UnificationRecord>,
  reading: Reading = {},
): Promise<void> {
  const record = await remapped(services, seen, reading);
  const files = await lookAtFiles(services, record);
  const faults = faultsOf(files);
  if (faults.length > 0) throw unusable(faults);
  const { id, version, ...data } = record;
  const now: UnificationRecord = { ...data, state: 'matching', changedAt: services.clock.now() };
  const asked = await asking(services, origin, id, { kind: 'match' });
  await write(services, {
    changes: [{ kind: 'replace', collection: unifications, id, ifVersion: version, data: now }, asked],
  });
}

/**
 * Matches the files and keeps what is proposed; the files themselves go. Run again after it was cut off, it writes the same.
 * @throws HubError `invalid` with the faults by line; LostJob
 */
export async function runMatch(services: Services, origin: Origin, job: Fence, signal: AbortSignal): Promise<void> {
  const record = await services.store.get(unifications, job.id);
  if (record === undefined) throw new HubError('not-found', 'There is no such unification');
  const work = await jobOf(services, record, 'match');
  const { files, drafts } = await inThread(work, signal);
  if (drafts === undefined) throw unusable(faultsOf(files));
  let done = 0;
  for (const part of parts([...drafts.entries()], perCommit)) {
    signal.throwIfAborted();
    const changes = part.map(
      ([place, one]): Change => ({
        kind: 'put',
        collection: proposals,
        // A match that was cut off and is run again writes the same records.
        id: `${record.id}:${one.kind}:${String(place).padStart(7, '0')}`,
        data: proposalOf(record.id, one),
      }),
    );
    done += part.length;
    await job.write({ changes }, { done, total: drafts.length });
  }
  const rows = (list: List): UnificationRecord['files'][List] => {
    const file = record.files[list];
    return file === undefined ? undefined : { ...file, rows: files[list]?.rows ?? 0 };
  };
  const told = { crm: rows('crm') ?? record.files.crm, erp: rows('erp') ?? record.files.erp };
  const directory = rows('directory');
  const { id, version, ...data } = record;
  const ready: UnificationRecord = {
    ...data,
    files: { ...told, ...(directory === undefined ? {} : { directory }) },
    ...(work.people === undefined ? {} : { hubPeople: work.people.length }),
    state: 'ready',
    changedAt: services.clock.now(),
  };
  await job.write(
    {
      changes: [
        { kind: 'replace', collection: unifications, id, ifVersion: version, data: ready },
        ...withoutFiles(record),
      ],
      events: [await matchedEvent(services, origin, record, drafts)],
    },
    { state: 'done', done, total: drafts.length },
  );
}

function unusable(faults: FieldFault[]): HubError {
  return new HubError('invalid', 'A file cannot be used as it is; nothing was matched', { faults });
}

function proposalOf(unification: string, { kind, score, reasons, rows, pair }: FullDraft): Proposal {
  return {
    unification,
    kind,
    state: 'open',
    score,
    reasons: [...reasons],
    rows: rows.map(({ list, at, id, line, cells, person, second }) => ({
      list,
      at,
      id,
      line,
      cells: { ...cells } as Record<string, string>,
      ...(person === undefined ? {} : { person }),
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
  await requireIdle(services, seen.id);
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
  const people = kind === 'match' && directoryOf(record) === 'hub' ? { people: await hubPeople(services) } : {};
  return {
    kind,
    crm,
    erp,
    ...(directory === undefined ? {} : { directory }),
    ...people,
  };
}

/** `files.crm.3`: list and line. */
function faultsOf(files: JobAnswer['files']): FieldFault[] {
  return Object.entries(files).flatMap(([list, file]: [string, ReadFile]) =>
    file.faults.map(({ line, message }) => ({ path: `files.${list}:${line}`, message })),
  );
}
