import type { Request, Response } from 'express';
import { planSync } from '#actions/directories/sync/plan.ts';
import { shownPlan } from '#actions/directories/sync/shown.ts';
import { getDirectory, mostInRequest, syncDirectory } from '#actions/directories/sync/sync.ts';
import { HubError } from '#domain/errors.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { refusedAsLine } from '../refused.ts';
import { text } from '../route.ts';

/** People of one kind that the page names; the rest are counted. */
const mostNamed = 50;

/** `/admin/sources/:id/sync`: who of a directory appears, changes and is gone, before anything is done. */
export async function syncPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const source = await getDirectory(services, text(req.params.id));
  const { id, title } = source;
  const show = (data: object) =>
    render(res, 'admin/source-sync', { active: 'sources', source: { id, title }, ...data });
  try {
    const plan = shownPlan(await planSync(services, source, mostInRequest));
    const groups = (['appear', 'change', 'gone', 'left'] as const).map((kind) => ({
      kind,
      count: plan[kind].length,
      rows: plan[kind].slice(0, mostNamed),
    }));
    show({ plan, groups });
  } catch (fault) {
    const known = fault instanceof HubError && (fault.code === 'directory-away' || fault.code === 'too-large');
    if (!known) throw fault;
    show({ trouble: { code: fault.code, message: fault.message } });
  }
}

export async function syncPost(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const id = text(req.params.id);
  const on = (name: string) => text(req.body?.[name]) === 'yes';
  await refusedAsLine(res, `/admin/sources/${encodeURIComponent(id)}/sync`, async () => {
    const done = await syncDirectory(services, originOf(req, res), id, {
      previewed: text(req.body?.digest),
      disableGone: on('disableGone'),
      confirmGone: on('confirmGone'),
      atMost: mostInRequest,
    });
    const { created, changed, disabled, skipped } = done;
    const values = { created, changed, disabled, skipped: skipped.length };
    flash(res, { tone: 'good', key: 'admin.sync.done', values });
  });
}
