import type { Request, Response } from 'express';
import type { PersonEffect } from '#actions/people/import/effects.ts';
import {
  applyPreview,
  keepPreview,
  previewedFile,
  previewRecord,
  shownPreview,
} from '#actions/people/import/kept-preview.ts';
import type { Services } from '#actions/services.ts';
import { type FieldFault, HubError } from '#domain/errors.ts';
import type { HttpDeps } from '#http/deps.ts';
import { uploaded } from '#http/middleware/files.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { type SystemNames, systemNames } from '#http/systems.ts';
import type { Stored } from '#storage/collection.ts';
import type { ImportPreviewRecord } from '#storage/collections.ts';
import { pageAsked, pagesOf } from '../pages.ts';
import { groupsOfChange } from '../policy/groups.ts';
import { refusedAsLine } from '../refused.ts';
import { text } from '../route.ts';

/** Bytes of a file; a hundred thousand people take about ten. */
const largestFile = 16 * 1024 * 1024;
/** People, and faults, on one page of a preview. */
const perPage = 50;
const acts = ['create', 'change', 'disable', 'enable', 'leave'] as const;

/** `/admin/people/import`: choose a file and how it is taken. */
export async function importPage(_req: Request, res: Response): Promise<void> {
  render(res, 'admin/people-import', { active: 'people' });
}

/** Previews the file and leads on to what it would do. */
export async function previewPeople(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  let at = '/admin/people/import';
  await refusedAsLine(
    res,
    () => at,
    async () => {
      const file = uploaded(res.locals, 'file');
      if (file === undefined)
        throw new HubError('invalid', undefined, { faults: [{ path: 'file', message: 'choose a file' }] });
      if (file.bytes.length > largestFile)
        throw new HubError('too-large', `A file may have ${largestFile / 1024 / 1024} MiB`);
      const on = (name: string) => text(req.body?.[name]) === 'yes';
      const options = { emailsVerified: on('emailsVerified'), leavers: on('leavers') };
      const record = await keepPreview(services, originOf(req, res), file.name, file.bytes, options);
      at = `/admin/people/import/${record.id}`;
    },
  );
}

/** `/admin/people/import/:id`: who is created, changed, disabled; what each gains and loses; which conflicts appear. */
export async function importPreviewPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const record = await previewRecord(services, originOf(req, res), text(req.params.id));
  await show(req, res, services, record);
}

async function show(
  req: Request,
  res: Response,
  services: Services,
  record: Stored<ImportPreviewRecord>,
  differs: readonly FieldFault[] = [],
): Promise<void> {
  const preview = await shownPreview(services, record);
  const names = await systemNames(services);
  const wanted = acts.find((act) => act === text(req.query.act));
  const fitting = preview.people.filter(({ act }) => wanted === undefined || act === wanted);
  const from = (pageAsked(req, fitting.length, perPage) - 1) * perPage;
  const path = `/admin/people/import/${record.id}`;
  const count = (act: PersonEffect['act']) => preview.people.filter((one) => one.act === act).length;
  render(
    res,
    'admin/people-import-preview',
    {
      active: 'people',
      record,
      preview,
      differs,
      acts: acts
        .map((act) => ({ act, count: count(act), href: `${path}?act=${act}` }))
        .filter(({ count: of }) => of > 0),
      wanted: wanted ?? '',
      faults: preview.faults.slice(0, perPage),
      moreFaults: Math.max(0, preview.faults.length - perPage),
      rows: fitting.slice(from, from + perPage).map((effect) => rowOf(effect, names)),
      pages: pagesOf(req, fitting.length, perPage),
      groups: groupsOfChange(
        preview.people.map((effect) => ({ ...rowOf(effect, names), department: effect.department })),
        ({ gains, losses, roles, conflicts }) =>
          JSON.stringify([
            [gains, losses].map((list) => list.map(({ chip, permissions }) => [chip.id, permissions])),
            conflicts,
            roles.gains.length + roles.losses.length > 0,
          ]),
      ).filter(
        ({ row }) =>
          row.gains.length + row.losses.length + row.conflicts.appear.length + row.conflicts.vanish.length > 0,
      ),
    },
    differs.length > 0 ? 412 : 200,
  );
}

function rowOf(effect: PersonEffect, names: SystemNames) {
  const shown = (value: unknown) => (value === null ? '' : Array.isArray(value) ? value.join('; ') : String(value));
  const bySystem = (list: PersonEffect['permissions']['gains']) =>
    [...new Set(list.map(({ system }) => system))].map((system) => ({
      chip: names.of(system),
      permissions: list.filter((one) => one.system === system).map(({ permission }) => permission),
    }));
  return {
    ...effect,
    fields: effect.fields.map(({ field, before, after }) => ({ field, before: shown(before), after: shown(after) })),
    gains: bySystem(effect.permissions.gains),
    losses: bySystem(effect.permissions.losses),
  };
}

/** Loads what was previewed; shows what differs (412) when it is no longer that. */
export async function applyPeople(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const origin = originOf(req, res);
  const record = await previewRecord(services, origin, text(req.params.id));
  const confirmLeavers = text(req.body?.confirmLeavers) === 'yes';
  try {
    let back = `/admin/people/import/${record.id}`;
    await refusedAsLine(
      res,
      () => back,
      async () => {
        const done = await applyPreview(services, origin, record, {
          digest: text(req.body?.digest),
          confirmLeavers,
        }).catch((fault: unknown) => {
          throw fault instanceof HubError && fault.code === 'stale' ? new Differs(fault) : fault;
        });
        const values = { created: done.created, changed: done.changed, left: done.left };
        flash(res, { tone: 'good', key: 'admin.import.done', values });
        back = '/admin/people';
      },
    );
  } catch (thrown) {
    if (!(thrown instanceof Differs)) throw thrown;
    const { faults, message } = thrown.refusal;
    await show(req, res, services, record, faults.length > 0 ? faults : [{ path: '', message }]);
  }
}

/** What applying refused because the preview no longer holds; it gets a page of its own instead of a line. */
class Differs extends Error {
  readonly refusal: HubError;
  constructor(refusal: HubError) {
    super(refusal.message, { cause: refusal });
    this.refusal = refusal;
  }
}

/** Previews the same file anew. */
export async function previewAgain(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const origin = originOf(req, res);
  const record = await previewRecord(services, origin, text(req.params.id));
  const file = await previewedFile(services, record);
  const anew = await keepPreview(services, origin, record.name, file, record.options);
  res.redirect(303, `/admin/people/import/${anew.id}`);
}
