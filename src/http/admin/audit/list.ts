import type { Request, Response } from 'express';
import { queryAudit } from '#actions/audit/query.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import type { Services } from '#actions/services.ts';
import type { AuditEvent } from '#domain/audit/event.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { people } from '#storage/collections.ts';
import type { AuditQuery } from '#storage/port.ts';
import { text, withQuery } from '../route.ts';
import { hourBars } from './chart.ts';
import { rowOf } from './row.ts';

const dayMs = 86_400_000;
/** The bars count at most this many; beyond it the page says so. */
const chartMost = 5_000;
const filterNames = ['person', 'system', 'via', 'session', 'type', 'outcome', 'since', 'until'] as const;

/** `/admin/audit`: who reached which system, through which other, and how it ended. */
export async function auditPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { texts } = context(res);
  const filter = filterOf(req);
  const [names, policy, page, day] = await Promise.all([
    systemNames(services),
    policyInForce(services),
    queryAudit(services, { ...filter, limit: 50, ...cursorOf(req) }),
    lastDay(services, filter),
  ]);
  const person = filter.person === undefined ? undefined : await services.store.get(people, filter.person);
  const crossings = policy.compiled.document.delegations.flatMap(({ from, to }) => {
    const [one, other] = [names.known(from), names.known(to)];
    return one === undefined || other === undefined
      ? []
      : [
          {
            from: one,
            to: other,
            href: only(req, { via: from, system: to }),
            current: filter.via === from && filter.system === to,
          },
        ];
  });
  const quick = quickFilters(req);
  const exportQuery = new URLSearchParams(
    Object.entries(filter).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  ).toString();
  render(res, 'admin/audit', {
    active: 'audit',
    heading: headingOf(filter),
    rows: page.items.map((event) => rowOf(texts, names, event)),
    next: page.next === null ? undefined : withQuery(req, { cursor: page.next }),
    first: text(req.query.cursor) === '' ? undefined : withQuery(req, { cursor: undefined }),
    bars: hourBars(day.events, services.clock.now()),
    dayTotal: day.events.length,
    crossed: filter.via === undefined ? 0 : peopleOf(day.events),
    side: filter.system === undefined ? undefined : names.known(filter.system)?.side,
    dayMore: day.more,
    crossings,
    quick,
    filter,
    chips: names.all,
    personName: person?.name,
    withoutPerson: withQuery(req, { person: undefined, cursor: undefined }),
    exportQuery,
    // A ready-made question needs no form; what somebody put together stays in sight.
    openFilters: ![...quick, ...crossings].some(({ current }) => current),
  });
}

function filterOf(req: Request): AuditQuery {
  const given = filterNames.flatMap((name) => {
    const value = text(req.query[name]);
    return value === '' ? [] : [[name, name === 'since' || name === 'until' ? instant(value) : value] as const];
  });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** A whole day typed in the form, or an ISO instant; anything else is left out. */
function instant(value: string): string | undefined {
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

function cursorOf(req: Request): { cursor?: string } {
  const cursor = text(req.query.cursor);
  return cursor === '' ? {} : { cursor };
}

async function lastDay(services: Services, filter: AuditQuery): Promise<{ events: AuditEvent[]; more: boolean }> {
  const since = new Date(services.clock.now() - dayMs).toISOString();
  const events: AuditEvent[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await services.store.audit.query({
      ...filter,
      since: filter.since !== undefined && filter.since > since ? filter.since : since,
      limit: 1_000,
      order: 'newest',
      ...(cursor === undefined || cursor === null ? {} : { cursor }),
    });
    events.push(...page.items);
    cursor = page.next;
  } while (cursor !== null && events.length < chartMost);
  return { events, more: cursor !== null };
}

/** How many people the events concern: whoever acted, or whom a system acted for. */
function peopleOf(events: readonly AuditEvent[]): number {
  return new Set(events.flatMap(({ actor, subject }) => (actor.kind === 'person' ? actor.id : subject?.id) ?? [])).size;
}

/** The question that the filter asks, as a key of the catalogue. */
function headingOf(filter: AuditQuery): string {
  if (filter.via !== undefined || filter.type === 'delegated.') return 'crossed';
  if (filter.outcome === 'denied') return 'refused';
  if (filter.person !== undefined) return 'person';
  return 'all';
}

function only(req: Request, query: Record<string, string>): string {
  return `${req.path}?${new URLSearchParams(query)}`;
}

function quickFilters(req: Request): readonly { key: string; href: string; current: boolean }[] {
  const sets: Record<string, Record<string, string>> = {
    everything: {},
    entries: { type: 'entry.' },
    crossings: { type: 'delegated.' },
    refusals: { outcome: 'denied' },
    signIns: { type: 'signin.' },
    rights: { type: 'role.' },
    people: { type: 'person.' },
  };
  return Object.entries(sets).map(([key, query]) => {
    const names = filterNames.filter((name) => text(req.query[name]) !== '');
    const current =
      names.length === Object.keys(query).length && names.every((name) => query[name] === text(req.query[name]));
    return { key, href: Object.keys(query).length === 0 ? req.path : only(req, query), current };
  });
}
