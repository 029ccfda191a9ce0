import { z } from 'zod';
import { acceptanceId, acceptConflict, isAccepted } from '#actions/conflicts/accept.ts';
import { type ConflictSide, conflictCause } from '#actions/conflicts/cause.ts';
import { type ConflictWithAcceptance, conflictsWithAcceptance } from '#actions/conflicts/list.ts';
import { revokeAcceptance } from '#actions/conflicts/revoke.ts';
import { findByLogin } from '#actions/people/find.ts';
import { HubError } from '#domain/errors.ts';
import { parseInstant } from '#domain/policy/dates.ts';
import type { Stored } from '#storage/collection.ts';
import { type Acceptance, acceptances } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import { type Look, type Route, route } from '../route.ts';
import { listOf, listQuery, pageOf } from './list.ts';
import { iso } from './shared.ts';

const acceptance = named(
  'ConflictAcceptance',
  z.object({
    id: z.string(),
    version: z.int(),
    person: z.string(),
    separation: z.string(),
    reason: z.string(),
    owner: z.string().describe('Id of the person who answers for it'),
    until: z.string().describe('Exclusive'),
    by: z.string(),
    at: z.string(),
    state: z.enum(['accepted', 'lapsed', 'revoked']),
  }),
);

const side = z.object({
  system: z.string(),
  permission: z.string(),
  paths: z.array(
    z.object({
      roles: z.array(z.string()).describe('The granting role first, the one that was given last'),
      rule: z.object({ path: z.string(), line: z.int() }).optional(),
      assignment: z.string().optional(),
    }),
  ),
});

const conflict = named(
  'Conflict',
  z.object({
    separation: z.string(),
    title: z.string(),
    mode: z.enum(['prevent', 'warn']),
    person: z.string().describe('The e-mail, or the username where there is none'),
    personId: z.string(),
    state: z
      .enum(['open', 'accepted', 'lapsed'])
      .describe('`lapsed`: it was accepted, that ended, and it still stands'),
    daysLeft: z.int().optional(),
    acceptance: acceptance.optional(),
    sides: z.array(side).describe('Each right, and every way in which the person comes to it'),
  }),
);

const shownAcceptance = ({ endedAt: _, ...one }: Stored<Acceptance>) => ({
  ...one,
  until: iso(one.until),
  at: iso(one.at),
});

const shown = (one: ConflictWithAcceptance, sides: readonly ConflictSide[]) => ({
  ...one,
  sides,
  ...(one.acceptance === undefined ? {} : { acceptance: shownAcceptance(one.acceptance) }),
});

const list = route({
  method: 'GET',
  path: '/policy/conflicts',
  summary: 'List who breaches which separation rule as things stand, why, and what is accepted',
  description: 'One conflict is one row, however many ways lead to it.',
  permission: 'hub:policy-read',
  query: z.strictObject({
    ...listQuery(['separation', 'person']),
    state: z.enum(['open', 'accepted', 'lapsed']).optional(),
    personId: z.string().max(200).optional(),
  }),
  answers: { 200: { description: 'By rule and person', schema: pageOf('ConflictPage', conflict) } },
  async handle({ services, query }) {
    const { state, personId } = query;
    const all = (await conflictsWithAcceptance(services)).filter(
      (one) => (state === undefined || one.state === state) && (personId === undefined || one.personId === personId),
    );
    const { items, next } = listOf(all, query);
    const rows = items.map(async (one) =>
      shown(one, (await conflictCause(services, one.personId, one.separation)) ?? []),
    );
    return { status: 200, body: { items: await Promise.all(rows), next } };
  },
});

/** @throws HubError not-found where no such breach stands */
async function findStanding({ services, params }: Look): Promise<{ person: string; separation: string }> {
  const { id: person = '', separation = '' } = params;
  if ((await conflictCause(services, person, separation)) === undefined) throw new HubError('not-found');
  return { person, separation };
}

/** @throws HubError not-found where none counts */
async function findAcceptance({ services, params }: Look): Promise<Stored<Acceptance>> {
  const one = await services.store.get(acceptances, acceptanceId(params.id ?? '', params.separation ?? ''));
  if (one === undefined || !isAccepted(one, services.clock.now())) throw new HubError('not-found');
  return one;
}

const newAcceptance = named(
  'NewConflictAcceptance',
  z.strictObject({
    reason: z.string().describe('Why, for the record'),
    owner: z.string().max(1000).describe('E-mail or username of whoever answers for it; never the person themselves'),
    until: z
      .string()
      .refine(
        (text) => parseInstant(text) !== undefined,
        'A day such as 2026-01-31 (00:00 UTC) or an instant ending in Z',
      )
      .describe('Exclusive, within a year; a day (00:00 UTC) or an instant ending in Z'),
  }),
);

const accept = route({
  method: 'PUT',
  path: '/policy/conflicts/{separation}/{id}/acceptance',
  summary: 'Accept a standing breach for a while, or change how long',
  description: 'Without If-Match only where none counts (409); nobody accepts a breach of their own (403).',
  permission: 'hub:policy-write',
  find: findStanding,
  body: { type: 'application/json', schema: newAcceptance },
  answers: { 200: { description: 'The acceptance', schema: acceptance, etag: true } },
  async handle({ services, origin, item, ifVersion, body: { reason, owner, until } }) {
    const who = await findByLogin(services, owner);
    const given = { ...item, reason, owner: who?.id ?? '', until: parseInstant(until) ?? 0, ifVersion };
    const made = await acceptConflict(services, origin, given);
    return { status: 200, version: made.version, body: shownAcceptance(made) };
  },
});

const revoke = route({
  method: 'DELETE',
  path: '/policy/conflicts/{separation}/{id}/acceptance',
  summary: 'Take an acceptance back before its end',
  permission: 'hub:policy-write',
  find: findAcceptance,
  versioned: true,
  answers: { 204: { description: 'Taken back' } },
  async handle({ services, origin, item, ifVersion }) {
    await revokeAcceptance(services, origin, item.person, item.separation, { ifVersion });
    return { status: 204 };
  },
});

export const conflictRoutes: readonly Route[] = [list, accept, revoke];
