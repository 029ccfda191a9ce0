import type { Request, Response } from 'express';
import { reportOf } from '#actions/unify/report.ts';
import { reportCsv } from '#actions/unify/report-csv.ts';
import type { HttpDeps } from '#http/deps.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { text } from '../route.ts';
import { recordOf, shownDirectory } from './run.ts';

/** Rows of a section that the page shows; all of them are in the file. */
const mostShown = 100;

/** `/admin/unify/:id/report`, as a page, `?format=csv` or `?format=json`. */
export async function reportPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const record = await recordOf(services, req);
  const report = await reportOf(services, record.id);
  const format = text(req.query.format);
  if (format === 'csv' || format === 'json') {
    res.setHeader('Cache-Control', 'no-store');
    res.attachment(`unify-report.${format}`);
    if (format === 'json') res.json(report);
    else res.type('text/csv').send(reportCsv(report));
    return;
  }
  const chips = await systemNames(services);
  const sections = (['leavers', 'orphans', 'duplicates', 'technical'] as const).map((id) => ({
    id,
    count: report[id].length,
    rows: report[id].slice(0, mostShown).map((row) => ({
      ...row,
      chip: row.list === 'directory' ? undefined : chips.known(record.systems[row.list]),
    })),
  }));
  const conflicts = report.conflicts.map((one) => ({
    ...one,
    sides: one.permissions.map(({ system, permission }) => ({ chip: chips.of(system), permission })),
  }));
  render(res, 'admin/unify-report', {
    active: 'unify',
    record,
    directory: shownDirectory(record),
    sections,
    conflicts,
    open: report.open,
  });
}
