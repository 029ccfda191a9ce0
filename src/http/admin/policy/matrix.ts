import type { Request, Response } from 'express';
import { matrixInForce } from '#actions/policy/matrix.ts';
import type { MatrixRow } from '#domain/policy/matrix.ts';
import type { HttpDeps } from '#http/deps.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { text } from '../route.ts';
import { csvLine } from './draft.ts';

/** Width of a bar's longest form, in units of the picture. */
const barWidth = 120;

/** `/admin/policy/matrix`: what do both systems do, and what does one do alone? */
export async function matrixPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const [{ policy, rows }, names] = await Promise.all([matrixInForce(services), systemNames(services)]);
  const wanted = text(req.query.show);
  const shown = rows.filter(({ servedBy }) => {
    if (wanted === 'shared') return servedBy === 'both';
    return wanted === 'one' ? servedBy !== 'both' : true;
  });
  const longest = Math.max(1, ...rows.map(({ actions }) => actions.length));
  const titleOf = (side: 'crm' | 'erp') => names.all.filter((one) => one.side === side).map(({ title }) => title);
  render(res, 'admin/policy-matrix', {
    active: 'matrix',
    number: policy,
    show: wanted,
    counts: {
      all: rows.length,
      shared: rows.filter(({ servedBy }) => servedBy === 'both').length,
      crm: rows.filter(({ servedBy }) => servedBy === 'crm').length,
      erp: rows.filter(({ servedBy }) => servedBy === 'erp').length,
    },
    crmTitles: titleOf('crm'),
    erpTitles: titleOf('erp'),
    rows: shown.map((row) => ({ ...row, picture: pictureOf(row, barWidth / longest) })),
  });
}

/** Bars from the middle: what both do stands next to it, what one does alone further out. */
function pictureOf({ shared, crmOnly, erpOnly }: MatrixRow, unit: number) {
  return { shared: shared * unit, crm: crmOnly * unit, erp: erpOnly * unit };
}

/** `/admin/policy/matrix.csv`: one row a domain and action. */
export async function matrixCsv(_req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { rows } = await matrixInForce(services);
  res.type('text/csv').setHeader('Content-Disposition', 'attachment; filename="policy-matrix.csv"');
  res.setHeader('Cache-Control', 'no-store');
  const lines = rows.flatMap(({ domain, title, servedBy, actions }) =>
    actions.map(({ action, crm, erp }) => csvLine([domain, title, servedBy, action, crm.join('; '), erp.join('; ')])),
  );
  res.end(['domain,title,servedBy,action,crmRoles,erpRoles\r\n', ...lines].join(''));
}
