import type { RequestHandler } from 'express';
import { context } from '#http/context.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { datesOf, render } from '#http/render/page.ts';
import type { TimelineLine } from './lines.ts';
import { type Filter, filters, timelineOf } from './timeline.ts';

const path = '/account/activity';
const labels: Readonly<Record<Filter, string>> = {
  all: 'activity.filterAll',
  crossings: 'activity.filterCrossings',
  refused: 'activity.filterRefused',
  'sign-ins': 'activity.filterSignIns',
};

/** What happened in my name, across both systems. */
export const activityPage: RequestHandler = async (req, res) => {
  const state = context(res);
  const { show, cursor } = req.query;
  const filter = filters.find((one) => one === show) ?? 'all';
  const { lines, next } = await timelineOf(state.deps.services, state.texts, viewer(res).person.id, {
    filter,
    least: 30,
    ...(typeof cursor === 'string' ? { cursor } : {}),
  });
  const address = (query: Record<string, string>) => `${path}?${new URLSearchParams(query)}`;
  render(res, 'account/activity', {
    filters: filters.map((one) => ({
      label: state.texts.t(labels[one]),
      href: one === 'all' ? path : address({ show: one }),
      current: one === filter,
    })),
    days: byDay(lines, datesOf(state).date),
    next: next === null ? undefined : address({ show: filter, cursor: next }),
    first: cursor === undefined ? undefined : address({ show: filter }),
  });
};

function byDay(lines: readonly TimelineLine[], dayOf: (ms: number) => string): { at: number; lines: TimelineLine[] }[] {
  const days: { at: number; lines: TimelineLine[] }[] = [];
  for (const line of lines) {
    const day = days.at(-1);
    if (day !== undefined && dayOf(day.at) === dayOf(line.at)) day.lines.push(line);
    else days.push({ at: line.at, lines: [line] });
  }
  return days;
}
