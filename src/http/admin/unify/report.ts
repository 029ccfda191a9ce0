import type { Request, Response } from 'express';
import { type Report, type ReportConflict, type ReportRow, reportOf } from '#actions/unify/report.ts';
import { reportCsv } from '#actions/unify/report-csv.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { pageAsked, pagesOf } from '../pages.ts';
import { text } from '../route.ts';
import { reasonText } from './reasons.ts';
import { recordOf, shownDirectory } from './run.ts';

const perPage = 50;
const sections = ['conflicts', 'leavers', 'orphans', 'duplicates', 'technical'] as const;

/** `/admin/unify/:id/report?section=…&page=…`: one section at a time; all of them as `?format=csv` or `?format=json`. */
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
  const section = sections.find((one) => one === text(req.query.section)) ?? firstOf(report);
  const found: readonly (ReportRow | ReportConflict)[] = report[section];
  const from = (pageAsked(req, found.length, perPage) - 1) * perPage;
  const chips = await systemNames(services);
  const { texts } = context(res);
  render(res, 'admin/unify-report', {
    active: 'unify',
    record,
    directory: shownDirectory(record),
    counts: sections.map((id) => ({ id, count: report[id].length })),
    section,
    total: found.length,
    pages: pagesOf(req, found.length, perPage),
    rows: found.slice(from, from + perPage).map((one) =>
      'permissions' in one
        ? { ...one, sides: one.permissions.map(({ system, permission }) => ({ chip: chips.of(system), permission })) }
        : {
            ...one,
            why: one.why === undefined ? undefined : reasonText(texts, one.why),
            chip: one.list === 'directory' ? undefined : chips.known(record.systems[one.list]),
          },
    ),
    open: report.open,
  });
}

/** What needs a look first, where there is some of it. */
function firstOf(report: Report): (typeof sections)[number] {
  return sections.find((one) => report[one].length > 0) ?? 'leavers';
}
