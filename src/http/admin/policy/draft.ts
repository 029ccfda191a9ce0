import type { Request, Response } from 'express';
import { policyDraft } from '#actions/policy/draft/draft.ts';
import { previewPolicy } from '#actions/policy/draft/preview.ts';
import { affectedSessions } from '#actions/policy/draft/sessions.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import { neutralCell } from '#domain/people/csv/formula.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { lineDiff } from '#domain/text/diff.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { pagesOf } from '../pages.ts';
import { text } from '../route.ts';
import { affectedRows, effectView, pageSize } from './effect.ts';
import { documentView } from './view.ts';

/** So many open sign-ins are listed. */
const mostSessions = 50;

export function pageNumber(req: Request): number {
  const wanted = text(req.query.page);
  return /^[1-9]\d{0,4}$/.test(wanted) ? Number(wanted) - 1 : 0;
}

/** `/admin/policy/draft`: who gains and loses what if this is published? */
export async function draftPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const [draft, inForce, names] = await Promise.all([
    policyDraft(services),
    policyInForce(services),
    systemNames(services),
  ]);
  if (draft.version === 0) {
    const mayBegin = viewer(res).hub.has('hub:policy-write') && services.settings.policyMode !== 'file';
    return res.redirect(303, mayBegin ? '/admin/policy/draft/content' : '/admin/policy');
  }
  const preview = await previewPolicy(services, draft.text);
  const page = pageNumber(req);
  const view = effectView(names, preview, page);
  const sessions = preview.effect === undefined ? [] : await affectedSessions(services, preview.effect);
  render(res, 'admin/policy-draft', {
    active: 'policy',
    draft,
    ...view,
    outdated: draft.base !== inForce.number,
    hunks: lineDiff(inForce.text, draft.text),
    sessions: sessions.slice(0, mostSessions).map((one) => ({ ...one, chips: one.systems.map(names.of) })),
    sessionCount: sessions.length,
    pages: 'rowCount' in view ? pagesOf(req, view.rowCount, pageSize) : undefined,
  });
}

/** `/admin/policy/draft/content`: the draft part by part, each with its form. */
export async function draftContentPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  if (services.settings.policyMode === 'file') return res.redirect(303, '/admin/policy');
  const { texts } = context(res);
  const [draft, names] = await Promise.all([policyDraft(services), systemNames(services)]);
  const checked = checkPolicy(draft.text);
  if (!checked.ok) return res.redirect(303, '/admin/policy/draft/document');
  render(res, 'admin/policy-content', {
    active: 'policy',
    draft,
    document: documentView(texts, names, checked.document, text(req.query.q)),
  });
}

/** `/admin/policy/draft/effect.csv`: one row a person, system and permission. */
export async function draftEffectCsv(_req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const [draft, names] = await Promise.all([policyDraft(services), systemNames(services)]);
  const { effect } = await previewPolicy(services, draft.text);
  res.type('text/csv').setHeader('Content-Disposition', 'attachment; filename="policy-effect.csv"');
  res.setHeader('Cache-Control', 'no-store');
  res.write('person,name,change,system,what\r\n');
  for (const { person, name, gains, losses, appear, vanish } of effect === undefined
    ? []
    : affectedRows(names, effect)) {
    const rows = [
      ...gains.flatMap(({ chip, permissions }) => permissions.map((one) => ['gains', chip.id, one])),
      ...losses.flatMap(({ chip, permissions }) => permissions.map((one) => ['loses', chip.id, one])),
      ...appear.map((one) => ['conflict appears', '', one]),
      ...vanish.map((one) => ['conflict vanishes', '', one]),
    ];
    res.write(rows.map((cells) => csvLine([person, name, ...cells])).join(''));
  }
  res.end();
}

export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${neutralCell(cell).replaceAll('"', '""')}"`).join(',')}\r\n`;
}
