import type { Request, Response } from 'express';
import { historyOf } from '#actions/people/history.ts';
import { isWithin } from '#actions/people/rights.ts';
import type { AuditEvent, JsonObject, JsonValue } from '#domain/audit/event.ts';
import { isDay, startOfDay } from '#domain/days.ts';
import { HubError } from '#domain/errors.ts';
import { type Context, context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { datesOf, render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { people } from '#storage/collections.ts';
import { rowOf } from '../audit/row.ts';
import { text } from '../route.ts';

/** One line of a person's history: what happened, when, by whom, what it was before and after, and why. */
export interface HistoryLine {
  readonly id: string;
  readonly at: number;
  readonly what: string;
  readonly by: string;
  readonly refused: boolean;
  readonly changes: readonly { readonly label: string; readonly before: string; readonly after: string }[];
  readonly reason: string | undefined;
}

const perPage = 25;

/** `/admin/people/:id/history`: everything that happened to the account and its rights, a page at a time. */
export async function historyPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const person = await services.store.get(people, text(req.params.id));
  if (person === undefined) throw new HubError('not-found');
  const asked = text(req.query.before);
  const before = /^\d{1,15}$/.test(asked) ? Number(asked) : undefined;
  render(res, 'admin/person-history', {
    active: 'people',
    record: person,
    first: before === undefined ? undefined : `/admin/people/${person.id}/history`,
    ...(await historyLines(context(res), person.id, { before, limit: perPage })),
  });
}

/** The lines of one page, and the address of the next one. */
export async function historyLines(
  state: Context,
  person: string,
  options: { readonly before?: number | undefined; readonly limit: number },
): Promise<{ lines: readonly HistoryLine[]; next: string | undefined }> {
  const { services } = state.deps;
  const names = await systemNames(services);
  const { events, next } = await historyOf(services, person, options);
  const lines = events.map(async (event): Promise<HistoryLine> => {
    const { id, at, what, outcome } = rowOf(state.texts, names, event);
    const reason = event.personal?.detail?.reason;
    return {
      ...{ id, at, what, refused: outcome !== 'success' },
      by: await actorName(state, event, (system) => names.of(system).title),
      changes: changesOf(state, event),
      reason: typeof reason === 'string' && reason !== '' ? reason : undefined,
    };
  });
  return {
    lines: await Promise.all(lines),
    next: next === null ? undefined : `/admin/people/${person}/history?before=${next}`,
  };
}

/** Who did it, as they were called then; nobody of other departments is named to whom it is not to see them. */
async function actorName(
  { deps, texts, within }: Context,
  { actor, subject, personal }: AuditEvent,
  systemTitle: (id: string) => string,
): Promise<string> {
  if (actor.kind === 'system') return systemTitle(actor.id ?? '');
  if (actor.kind !== 'person') return texts.t(`admin.audit.${actor.kind}`);
  if (actor.id === subject?.id) return texts.t('admin.history.self');
  if (within !== undefined) {
    const person = await deps.services.store.get(people, actor.id ?? '');
    if (person === undefined || !isWithin({ within }, person)) return texts.t('admin.anAdministrator');
  }
  return personal?.actor?.replace(/ <[^<>]*>$/, '') ?? texts.t('admin.audit.aPerson');
}

/** Kinds of events whose before and after are those of this person and nobody else. */
const telling = /^(person\.(changed|disabled|enabled)|role\.|access\.)/;
/** Names of records, of no use to a reader. */
const machinery: ReadonlySet<string> = new Set(['assignment', 'request', 'digest']);

function changesOf(state: Context, event: AuditEvent): HistoryLine['changes'] {
  if (!telling.test(event.type)) return [];
  const before: JsonObject = { ...event.before, ...event.personal?.before };
  const after: JsonObject = { ...event.after, ...event.personal?.after };
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !machinery.has(name))
    .map((name) => ({
      label: labelOf(state, name),
      before: inWords(state, before[name]),
      after: inWords(state, after[name]),
    }));
}

function labelOf({ texts }: Context, name: string): string {
  const plain = name.replace(/^attributes\./, '');
  for (const key of [`admin.attribute.${plain}`, `admin.history.${plain}`]) if (texts.has(key)) return texts.t(key);
  return plain;
}

function inWords(state: Context, value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return state.texts.t(value ? 'admin.yes' : 'admin.no');
  if (Array.isArray(value)) return value.map((one) => inWords(state, one)).join(', ');
  if (typeof value === 'object') return '';
  const said = `admin.status.${value}`;
  if (state.texts.has(said)) return state.texts.t(said);
  const { timeZone } = state.deps.services.settings;
  if (typeof value === 'string' && isDay(value)) return datesOf(state).date(startOfDay(value, timeZone) ?? 0);
  const isInstant = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value);
  return isInstant ? datesOf(state).moment(Date.parse(value)) : String(value);
}
