import { basename } from 'node:path';
import { unmergePeople } from '#actions/people/merge/unmerge.ts';
import type { Services } from '#actions/services.ts';
import { requestAccepting } from '#actions/unify/accept-sure.ts';
import { directoryOf, disablesUnknown } from '#actions/unify/directory.ts';
import { jobDone } from '#actions/unify/jobs/wait.ts';
import { type Counts, countsOf } from '#actions/unify/list.ts';
import { requestMatch } from '#actions/unify/match.ts';
import { removeUnification } from '#actions/unify/remove.ts';
import { startUnification } from '#actions/unify/start.ts';
import { undoProposal } from '#actions/unify/undo.ts';
import { HubError } from '#domain/errors.ts';
import type { ColumnMap } from '#domain/unify/read/columns.ts';
import type { Stored } from '#storage/collection.ts';
import { merges, proposals, type UnificationRecord, type UnifyJob, unifications } from '#storage/collections.ts';
import type { CommandIo, CommonOptions } from '../io.ts';
import { operatorOrigin } from '../operator.ts';

export interface StoredRun {
  readonly files: {
    readonly [list in 'crm' | 'erp' | 'directory']?: { readonly path: string; readonly bytes: Uint8Array };
  };
  readonly maps: { readonly [list in 'crm' | 'erp' | 'directory']: ColumnMap };
  readonly encoding: string | undefined;
  readonly unknown: UnificationRecord['unknown'] | undefined;
  readonly systems: { readonly crm: string | undefined; readonly erp: string | undefined };
  /** Accept the sure ones at once, with this reason. */
  readonly accept: string | undefined;
}

interface Accepted {
  readonly accepted: number;
  readonly blocked: number;
  readonly left: number;
}

/** Matches and keeps what is proposed; accepts the sure ones when asked to. With a faulty file nothing is kept. */
export async function keep(services: Services, io: CommandIo, options: CommonOptions, run: StoredRun): Promise<void> {
  const origin = operatorOrigin();
  const fileOf = (list: 'crm' | 'erp' | 'directory') => {
    const file = run.files[list];
    return {
      name: basename(file?.path ?? ''),
      bytes: file?.bytes ?? new Uint8Array(),
      map: run.maps[list],
      encoding: run.encoding,
    };
  };
  const record = await startUnification(services, origin, {
    systems: run.systems,
    unknown: run.unknown,
    files: {
      crm: fileOf('crm'),
      erp: fileOf('erp'),
      ...(run.files.directory === undefined ? {} : { directory: fileOf('directory') }),
    },
  });
  try {
    await requestMatch(services, origin, record);
    await jobDone(services, record.id, progressTo(io, 'proposals kept'));
  } catch (fault) {
    await removeUnification(services, origin, record.id);
    throw fault;
  }
  const done = run.accept === undefined ? undefined : await accept(services, io, record.id, run.accept);
  const counts = await countsOf(services, record.id);
  const kept = (await services.store.get(unifications, record.id)) ?? record;
  const directory = { from: directoryOf(kept), people: kept.hubPeople ?? kept.files.directory?.rows ?? 0 };
  io.out(options, { unification: record.id, directory, proposals: counts, ...(done ?? {}) }, () =>
    told(services, kept, counts, done),
  );
}

async function accept(services: Services, io: CommandIo, id: string, reason: string): Promise<Accepted> {
  await requestAccepting(services, operatorOrigin(), id, { reason });
  const { done: accepted, blocked } = await jobDone(services, id, progressTo(io, 'accepted'));
  return { accepted, blocked, left: 0 };
}

/** Says every thousand how far a job is. */
function progressTo(io: CommandIo, what: string): (job: UnifyJob) => void {
  let said = 0;
  return ({ done, total }) => {
    if (done < said + 1_000) return;
    said = done;
    io.note(`${done} of ${total} ${what}`);
  };
}

function told(
  { settings }: Services,
  record: Stored<UnificationRecord>,
  counts: Counts,
  done: Accepted | undefined,
): string {
  const { id } = record;
  const used = {
    hub: `the people of this hub: ${record.hubPeople ?? 0}`,
    file: record.files.directory?.name,
    none: 'none',
  };
  return [
    `unification ${id}`,
    `directory: ${used[directoryOf(record)]}`,
    ...(disablesUnknown(record) ? ['people whom it does not have come in disabled'] : []),
    `${counts.sure.open + counts.sure.accepted} sure, ${counts.doubt.open} to review, ${counts.alone.open} alone, ${counts.aside.open} set aside`,
    ...(done === undefined ? [] : [`${done.accepted} accepted, ${done.blocked} with something in the way`]),
    `Go on at ${settings.issuer}/admin/unify/${id}`,
  ].join('\n');
}

/** Undoes an accepted proposal, or a merge of two accounts, by its id. */
export async function undo(
  services: Services,
  io: CommandIo,
  options: CommonOptions,
  id: string,
  reason: string | undefined,
): Promise<void> {
  const merge = await services.store.get(merges, id);
  if (merge !== undefined) {
    const { kept = [] } = await unmergePeople(services, operatorOrigin(), id, { reason });
    return io.out(options, { undone: id, kept }, () => undone(id, kept));
  }
  const proposal = await services.store.get(proposals, id);
  if (proposal === undefined) throw new HubError('not-found', `${id} is neither a proposal nor a merge`);
  const { effect } = await undoProposal(services, operatorOrigin(), proposal.unification, id, { reason });
  const { split = [], kept = [] } = effect ?? {};
  io.out(options, { undone: id, split, kept }, () => undone(id, kept));
}

function undone(id: string, kept: readonly string[]): string {
  return kept.length === 0
    ? `${id} is undone`
    : `${id} is undone; changed since and left as they are: ${kept.join(', ')}`;
}
