import { z } from 'zod';
import { historyOf } from '#actions/people/history.ts';
import { isWithin } from '#actions/people/rights.ts';
import type { Services } from '#actions/services.ts';
import type { AuditEvent, Origin } from '#domain/audit/event.ts';
import { people } from '#storage/collections.ts';
import { named } from '../../openapi/names.ts';
import { type Route, route } from '../../route.ts';
import { limit } from '../list.ts';
import { instant } from '../shared.ts';
import { findPerson } from './view.ts';

const json = z.record(z.string(), z.unknown());
export const historyEvent = named(
  'HistoryEvent',
  z.object({
    id: z.string().describe('Of the event in the audit'),
    at: instant,
    type: z.string(),
    outcome: z.enum(['success', 'failure', 'denied']),
    actor: z.object({ kind: z.enum(['person', 'system', 'hub', 'operator']), id: z.string().optional() }),
    by: z.string().describe('The name of the person who did it, as it was then').optional(),
    before: json.optional(),
    after: json.optional(),
    detail: json.optional(),
  }),
);

/** Nobody of other departments is named to whom it is not to see them; what a merge brought is of two accounts. */
async function shown(services: Services, { within }: Origin, given: AuditEvent) {
  const { id, at, type, outcome, actor, personal, subject } = given;
  const who =
    actor.kind === 'person' && actor.id !== undefined ? await services.store.get(people, actor.id) : undefined;
  const known = within === undefined || actor.id === subject?.id || (who !== undefined && isWithin({ within }, who));
  const whole = within === undefined || !/merged$/.test(type);
  const part = (name: 'before' | 'after' | 'detail') =>
    whole && (given[name] !== undefined || personal?.[name] !== undefined)
      ? { [name]: { ...given[name], ...personal?.[name] } }
      : {};
  return {
    ...{ id, at, type, outcome },
    actor: known ? actor : { kind: actor.kind },
    ...(known && personal?.actor !== undefined ? { by: personal.actor } : {}),
    ...part('before'),
    ...part('after'),
    ...part('detail'),
  };
}

const list = route({
  method: 'GET',
  path: '/people/{id}/history',
  summary: 'Show what happened to a person’s account and rights',
  description:
    'From the audit, the newest first: account, single roles, requests, ways to sign in, conflicts, reviews.',
  permission: 'hub:people-write',
  departments: 'person',
  find: findPerson,
  query: z.strictObject({
    limit,
    cursor: z
      .string()
      .regex(/^\d{1,15}$/)
      .optional(),
  }),
  answers: {
    200: {
      description: 'A page; what happened at one instant stays together',
      schema: named('HistoryPage', z.object({ items: z.array(historyEvent), next: z.string().nullable() })),
    },
  },
  async handle({ services, origin, item, query: { limit: most = 50, cursor } }) {
    const before = cursor === undefined ? undefined : Number(cursor);
    const { events, next } = await historyOf(services, item.id, { before, limit: most });
    const items = await Promise.all(events.map((one) => shown(services, origin, one)));
    return { status: 200, body: { items, next: next === null ? null : String(next) } };
  },
});

export const historyRoutes: readonly Route[] = [list];
