import type { Request, Response } from 'express';
import type { Services } from '#actions/services.ts';
import { requestAccepting } from '#actions/unify/accept-sure.ts';
import { directoryOf, disablesUnknown } from '#actions/unify/directory.ts';
import type { ReadFile } from '#actions/unify/job.ts';
import { isUnderWay, jobOn } from '#actions/unify/jobs/ask.ts';
import { countsOf } from '#actions/unify/list.ts';
import { lookAtFiles, type Reading, requestMatch } from '#actions/unify/match.ts';
import { removeUnification } from '#actions/unify/remove.ts';
import { HubError } from '#domain/errors.ts';
import { type Meaning, meanings } from '#domain/unify/read/columns.ts';
import { encodings } from '#domain/unify/read/decode.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import type { Stored } from '#storage/collection.ts';
import { type UnificationRecord, unifications } from '#storage/collections.ts';
import { refusedAsLine } from '../refused.ts';
import { text } from '../route.ts';

export async function recordOf({ store }: Services, req: Request): Promise<Stored<UnificationRecord>> {
  const record = await store.get(unifications, text(req.params.id));
  if (record === undefined) throw new HubError('not-found');
  return record;
}

/** `/admin/unify/:id`: the mapping of the files as long as they are not matched, then the figures and what to do next. */
export async function runPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const record = await recordOf(services, req);
  const chips = await systemNames(services);
  const systems = { crm: chips.known(record.systems.crm), erp: chips.known(record.systems.erp) };
  const job = await jobOn(services, record.id);
  if (isUnderWay(job))
    // A page without script looks again by itself.
    return render(res, 'admin/unify-working', { active: 'unify', record, systems, job, refresh: 2 });
  if (record.state === 'ready') {
    const counts = await countsOf(services, record.id);
    return render(res, 'admin/unify-run', {
      active: 'unify',
      record,
      systems,
      counts,
      job,
      directory: shownDirectory(record),
    });
  }
  const files = await lookAtFiles(services, record);
  const shown = (Object.entries(files) as ['crm' | 'erp' | 'directory', ReadFile][]).map(([list, file]) => ({
    list,
    name: record.files[list]?.name ?? '',
    chip: list === 'directory' ? undefined : systems[list],
    ...file,
    encoding: record.files[list]?.encoding ?? '',
    readAs: file.encoding,
    // What a column means now, by its place.
    chosen: file.heading.map((_, at) => meanings.filter((meaning) => file.columns[meaning] === at)),
  }));
  render(res, 'admin/unify-map', {
    active: 'unify',
    record,
    files: shown,
    job,
    meanings,
    encodings,
    directory: shownDirectory(record),
  });
}

/** Which directory is used, and what it means for those who are not in it. */
export function shownDirectory(record: Stored<UnificationRecord>) {
  return {
    from: directoryOf(record),
    people: record.hubPeople ?? record.files.directory?.rows,
    name: record.files.directory?.name ?? '',
    unknown: disablesUnknown(record) ? 'disabled' : 'as-exported',
  };
}

/** Has the files matched as they were mapped; the page tells how far it is. */
export async function matchRun(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const record = await recordOf(services, req);
  await refusedAsLine(res, `/admin/unify/${record.id}`, async () => {
    const version = Number(text(req.body?.version));
    if (version !== record.version) throw new HubError('stale');
    await requestMatch(services, originOf(req, res), record, readingOf(req));
  });
}

/** Fields `crm.mail` hold the title of the column, `crm.encoding` the encoding. */
function readingOf(req: Request): Reading {
  const reading: {
    [list in 'crm' | 'erp' | 'directory']?: { map: { [meaning in Meaning]?: string }; encoding: string };
  } = {};
  for (const list of ['crm', 'erp', 'directory'] as const) {
    const told = meanings.filter((meaning) => typeof req.body?.[`${list}.${meaning}`] === 'string');
    if (told.length === 0) continue;
    const map = Object.fromEntries(told.map((meaning) => [meaning, String(req.body[`${list}.${meaning}`])]));
    reading[list] = { map, encoding: text(req.body[`${list}.encoding`]) };
  }
  return reading;
}

/** Has the sure ones accepted, or those that stand alone; the page tells how far it is. */
export async function acceptRun(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const record = await recordOf(services, req);
  const reason = text(req.body?.reason);
  const filled = { reason };
  await refusedAsLine(
    res,
    `/admin/unify/${record.id}`,
    async () => {
      const kind = text(req.body?.kind) === 'alone' ? 'alone' : 'sure';
      await requestAccepting(services, originOf(req, res), record.id, { kind, reason });
    },
    filled,
  );
}

/** Forgets a unification. */
export async function removeRun(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const record = await recordOf(services, req);
  await refusedAsLine(res, '/admin/unify', async () => {
    await removeUnification(services, originOf(req, res), record.id, Number(text(req.body?.version)));
    flash(res, { tone: 'good', key: 'admin.unify.removed' });
  });
}
