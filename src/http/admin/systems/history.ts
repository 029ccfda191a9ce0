import type { Request, Response } from 'express';
import { historyOfSystem } from '#actions/systems/history.ts';
import type { AuditEvent, JsonValue } from '#domain/audit/event.ts';
import { type Context, context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { datesOf } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { rowOf } from '../audit/row.ts';
import type { HistoryLine } from '../people/history.ts';
import { text } from '../route.ts';
import { pathOf, renderSystem, systemOf } from './frame.ts';

/** `/admin/systems/:id/history`: how its registration came to be what it is, a page at a time. */
export async function systemHistoryPage(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const { services } = deps;
  const system = await systemOf(deps, req);
  const cursor = text(req.query.cursor).slice(0, 500);
  const state = context(res);
  const names = await systemNames(services);
  const { items, next } = await historyOfSystem(services, system.id, cursor === '' ? {} : { cursor });
  const lines = items.map((event): HistoryLine => {
    const { id, at, what, outcome, who } = rowOf(state.texts, names, event);
    const reason = event.personal?.detail?.reason;
    return {
      ...{ id, at, refused: outcome !== 'success' },
      what: event.detail?.secret === 'rotated' ? rotation(state, event) : what,
      by: event.actor.kind === 'person' ? who.name : state.texts.t(`admin.audit.${event.actor.kind}`),
      changes: event.detail?.secret === 'rotated' ? [] : changesOf(state, event),
      reason: typeof reason === 'string' && reason !== '' ? reason : undefined,
    };
  });
  const path = pathOf(system, '/history');
  renderSystem(
    res,
    services,
    system,
    { tab: 'history', view: 'history' },
    {
      lines,
      first: cursor === '' ? undefined : path,
      next: next === null ? undefined : `${path}?cursor=${encodeURIComponent(next)}`,
    },
  );
}

function rotation(state: Context, { detail }: AuditEvent): string {
  const until = detail?.previousUntil;
  if (typeof until !== 'string') return state.texts.t('connect.history.rotatedAtOnce');
  return state.texts.t('connect.history.rotated', { until: datesOf(state).moment(Date.parse(until)) });
}

function changesOf(state: Context, { before = {}, after = {} }: AuditEvent): HistoryLine['changes'] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((name) => ({
    label: state.texts.has(`connect.field.${name}`) ? state.texts.t(`connect.field.${name}`) : name,
    before: shown(state, before[name]),
    after: shown(state, after[name]),
  }));
}

function shown(state: Context, value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return state.texts.t(value ? 'admin.yes' : 'admin.no');
  if (Array.isArray(value)) return value.map((one) => shown(state, one)).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
