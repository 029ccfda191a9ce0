import { z } from 'zod';
import { assignmentsOf } from '#actions/access/reading.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { withdrawRole } from '#actions/assignments/withdraw.ts';
import { HubError } from '#domain/errors.ts';
import { isHubRole } from '#domain/hub-roles.ts';
import { parseInstant } from '#domain/policy/dates.ts';
import type { Stored } from '#storage/collection.ts';
import { type Assignment, assignments } from '#storage/collections.ts';
import { requireFresh } from '../../guard/authorize.ts';
import { named } from '../../openapi/names.ts';
import { type Look, type Route, route } from '../../route.ts';
import { listOf, listQuery, pageOf } from '../list.ts';
import { iso } from '../shared.ts';
import { findPerson } from './view.ts';

const assignment = named(
  'Assignment',
  z
    .object({
      id: z.string(),
      version: z.int(),
      person: z.string(),
      role: z.string(),
      from: z.string().describe('Inclusive').optional(),
      until: z.string().describe('Exclusive').optional(),
      departments: z.array(z.string()).describe('Over the people of these alone').optional(),
      reason: z.string(),
      by: z.string().describe('Who assigned it'),
      at: z.string(),
      state: z.enum(['ahead', 'now', 'ended']).describe('What has ended gives nothing and stays as history'),
    })
    .describe('A role given singly. It is never edited: withdraw it and assign it anew'),
);

const dateOrInstant = z
  .string()
  .refine((text) => parseInstant(text) !== undefined, 'A day such as 2026-01-31 (00:00 UTC) or an instant ending in Z')
  .optional();

const newAssignment = named(
  'NewAssignment',
  z.strictObject({
    role: z.string().min(1).max(200),
    from: dateOrInstant.describe('Inclusive; a day (00:00 UTC) or an instant ending in Z'),
    until: dateOrInstant.describe('Exclusive; a day (00:00 UTC) or an instant ending in Z'),
    departments: z
      .array(z.string().max(200))
      .max(50)
      .describe('hub-people-admin and hub-helpdesk: over the people of these departments (exact values) alone')
      .optional(),
    reason: z.string().describe('Why, for the record'),
  }),
);

function shown({ from, until, ...rest }: Stored<Assignment>, now: number) {
  const ended = until !== undefined && until <= now;
  return {
    ...rest,
    state: ended ? 'ended' : from !== undefined && from > now ? 'ahead' : 'now',
    at: iso(rest.at),
    ...(from === undefined ? {} : { from: iso(from) }),
    ...(until === undefined ? {} : { until: iso(until) }),
  };
}

/** Through its owner: somebody else's assignment is not here. */
async function find(look: Look): Promise<Stored<Assignment>> {
  const person = await findPerson(look);
  const record = await look.services.store.get(assignments, look.params.assignment ?? '');
  if (record === undefined || record.person !== person.id) throw new HubError('not-found');
  return record;
}

const list = route({
  method: 'GET',
  path: '/people/{id}/roles',
  summary: 'List the roles given singly to a person',
  description: 'Roles that come by rule stand in people/{id}/access.',
  permission: 'hub:people-read',
  departments: 'person',
  find: findPerson,
  query: z.strictObject(listQuery(['at', 'role'])),
  answers: { 200: { description: 'A page of assignments', schema: pageOf('AssignmentPage', assignment) } },
  async handle({ services, item, query }) {
    const now = services.clock.now();
    const all = (await assignmentsOf(services.store, item.id)).map((one) => shown(one, now));
    return { status: 200, body: listOf(all, query) };
  },
});

const get = route({
  method: 'GET',
  path: '/people/{id}/roles/{assignment}',
  summary: 'Show one assignment',
  permission: 'hub:people-read',
  departments: 'person',
  find,
  answers: { 200: { description: 'The assignment', schema: assignment, etag: true } },
  handle: async ({ services, item }) => ({
    status: 200,
    version: item.version,
    body: shown(item, services.clock.now()),
  }),
});

const assign = route({
  method: 'POST',
  path: '/people/{id}/roles',
  summary: 'Give a person a role',
  description:
    'Roles of the hub itself take `hub:hub-roles-assign`, which no token holds, and every right that they grant. To change the departments of one, withdraw it and assign it anew.',
  permission: 'hub:roles-assign',
  departments: 'person',
  find: findPerson,
  body: { type: 'application/json', schema: newAssignment },
  answers: { 201: { description: 'The assignment', schema: assignment, etag: true } },
  async handle({ services, caller, origin, item, body: { from, until, ...rest } }) {
    // Giving somebody a part of the hub itself is the most dangerous act of all.
    if (isHubRole(rest.role)) await requireFresh(services, caller);
    const period = { from: parseInstant(from ?? ''), until: parseInstant(until ?? '') };
    const made = await assignRole(services, origin, item.id, { ...rest, ...period });
    const headers = { location: `${services.settings.issuer}/api/v1/people/${item.id}/roles/${made.id}` };
    return { status: 201, version: made.version, headers, body: shown(made, services.clock.now()) };
  },
});

const withdraw = route({
  method: 'DELETE',
  path: '/people/{id}/roles/{assignment}',
  summary: 'Take a role that was given singly',
  description: 'An assignment is never edited, so If-Match may be left out; where it is sent it counts.',
  permission: 'hub:roles-assign',
  departments: 'person',
  find,
  answers: { 204: { description: 'Withdrawn' } },
  async handle({ services, origin, item, ifVersion }) {
    await withdrawRole(services, origin, item.person, item.id, { ifVersion });
    return { status: 204 };
  },
});

export const roleRoutes: readonly Route[] = [list, assign, get, withdraw];
