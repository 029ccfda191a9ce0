import { z } from 'zod';
import { isWithin } from '#actions/people/rights.ts';
import { askForRole, foreseenBreaches } from '#actions/requests/ask.ts';
import { withdrawRequest } from '#actions/requests/change.ts';
import { approveRequest, rejectRequest } from '#actions/requests/decide.ts';
import { listRequests } from '#actions/requests/list.ts';
import type { Services } from '#actions/services.ts';
import { HubError } from '#domain/errors.ts';
import { parseInstant } from '#domain/policy/dates.ts';
import type { Stored } from '#storage/collection.ts';
import { type AccessRequest, accessRequests, people } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import { type Look, type Route, route } from '../route.ts';
import { cursor, limit, pageOf } from './list.ts';
import { found, given, iso } from './shared.ts';

const states = z.enum(['open', 'approved', 'rejected', 'withdrawn', 'expired']);
const request = named(
  'AccessRequest',
  z.object({
    id: z.string(),
    version: z.int(),
    person: z.string(),
    role: z.string(),
    from: z.string().describe('Inclusive').optional(),
    until: z.string().describe('Exclusive').optional(),
    reason: z.string(),
    digest: z.string().describe('Hash of what is asked for; an approval names it and is of this content alone'),
    state: states,
    approvals: z.array(z.object({ by: z.string(), at: z.string(), digest: z.string() })),
    by: z.string(),
    at: z.string(),
    openUntil: z.string(),
    decidedBy: z.string().optional(),
    decidedAt: z.string().optional(),
    decision: z.string().optional(),
    assignment: z.string().optional(),
    separation: z
      .array(z.object({ separation: z.string(), mode: z.enum(['prevent', 'warn']), from: z.string() }))
      .describe('Rules that granting an open request would newly breach, as things stand'),
  }),
);

async function shown(services: Services, { openKey: _, ...one }: Stored<AccessRequest>) {
  const breaches = one.state === 'open' ? await foreseenBreaches(services, one) : { prevented: [], accepted: [] };
  return given({
    ...one,
    from: one.from === undefined ? undefined : iso(one.from),
    until: one.until === undefined ? undefined : iso(one.until),
    at: iso(one.at),
    openUntil: iso(one.openUntil),
    decidedAt: one.decidedAt === undefined ? undefined : iso(one.decidedAt),
    approvals: one.approvals.map(({ by, at, digest }) => ({ by, digest, at: iso(at) })),
    separation: [...breaches.prevented, ...breaches.accepted].map(({ rule, from }) => ({
      separation: rule.id,
      mode: rule.mode,
      from: iso(from),
    })),
  });
}

async function find({ services, caller, params }: Look): Promise<Stored<AccessRequest>> {
  const one = found(await services.store.get(accessRequests, params.request ?? ''));
  if (caller.origin.within !== undefined) {
    const person = found(await services.store.get(people, one.person));
    if (!isWithin(caller.origin, person)) throw new HubError('not-found');
  }
  return one;
}

const list = route({
  method: 'GET',
  path: '/requests',
  summary: 'List requests for roles',
  permission: 'hub:people-read',
  departments: 'narrowed',
  query: z.strictObject({ state: states.describe('open by default').optional(), limit, cursor }),
  answers: {
    200: { description: 'A page of requests, the oldest first', schema: pageOf('AccessRequestPage', request) },
  },
  async handle({ services, origin: { within }, query: { state = 'open', limit: most = 50, cursor: from } }) {
    const page = await listRequests(services, { state, limit: most, cursor: from, within });
    const items = await Promise.all(page.items.map((one) => shown(services, one)));
    return { status: 200, body: { items, next: page.next } };
  },
});

const get = route({
  method: 'GET',
  path: '/requests/{request}',
  summary: 'Show one request',
  permission: 'hub:people-read',
  departments: 'narrowed',
  find,
  answers: { 200: { description: 'The request', schema: request, etag: true } },
  handle: async ({ services, item }) => ({ status: 200, version: item.version, body: await shown(services, item) }),
});

const dateOrInstant = z
  .string()
  .refine((text) => parseInstant(text) !== undefined, 'A day such as 2026-01-31 (00:00 UTC) or an instant ending in Z')
  .optional();

const ask = route({
  method: 'POST',
  path: '/requests',
  summary: 'Ask for a role for somebody',
  description: 'Neither who asks nor the person decides. Employees ask for themselves on /account/requests.',
  permission: 'hub:people-write',
  departments: 'narrowed',
  body: {
    type: 'application/json',
    schema: named(
      'NewAccessRequest',
      z.strictObject({
        person: z.string().max(200).describe('Id of the person'),
        role: z.string().min(1).max(200),
        from: dateOrInstant.describe('Inclusive; a day (00:00 UTC) or an instant ending in Z'),
        until: dateOrInstant.describe('Exclusive; a day (00:00 UTC) or an instant ending in Z'),
        reason: z.string().describe('Why'),
      }),
    ),
  },
  answers: { 201: { description: 'The request', schema: request, etag: true } },
  async handle({ services, origin, body: { from, until, ...rest } }) {
    const period = given({ from: parseInstant(from ?? ''), until: parseInstant(until ?? '') });
    const made = await askForRole(services, origin, { ...rest, ...period });
    const headers = { location: `${services.settings.issuer}/api/v1/requests/${made.id}` };
    return { status: 201, version: made.version, headers, body: await shown(services, made) };
  },
});

const reason = z.string().max(500).describe('Why, for the record');

const approve = route({
  method: 'POST',
  path: '/requests/{request}/approve',
  summary: 'Approve what a request asks for',
  description:
    'Never by who asked or whom it is for. Content that changed since is 412: the digest names what was seen.',
  permission: 'hub:roles-assign',
  departments: 'narrowed',
  find,
  versioned: true,
  body: {
    type: 'application/json',
    schema: named('AccessApproval', z.strictObject({ digest: z.string().max(200), reason })),
  },
  answers: { 200: { description: 'The request; `assignment` once it is granted', schema: request, etag: true } },
  async handle({ services, origin, item, ifVersion = item.version, body }) {
    const decided = await approveRequest(services, origin, item.id, { ...body, ifVersion });
    return { status: 200, version: decided.version, body: await shown(services, decided) };
  },
});

const reject = route({
  method: 'POST',
  path: '/requests/{request}/reject',
  summary: 'Decline a request',
  permission: 'hub:roles-assign',
  departments: 'narrowed',
  find,
  versioned: true,
  body: { type: 'application/json', schema: named('AccessRejection', z.strictObject({ reason })) },
  answers: { 200: { description: 'The request', schema: request, etag: true } },
  async handle({ services, origin, item, ifVersion = item.version, body }) {
    const decided = await rejectRequest(services, origin, item.id, { ...body, ifVersion });
    return { status: 200, version: decided.version, body: await shown(services, decided) };
  },
});

const withdraw = route({
  method: 'DELETE',
  path: '/requests/{request}',
  summary: 'Take a request back, by who asked',
  permission: 'hub:people-write',
  departments: 'narrowed',
  find,
  versioned: true,
  answers: { 204: { description: 'Withdrawn; it stays in the list' } },
  async handle({ services, origin, item, ifVersion = item.version }) {
    await withdrawRequest(services, origin, item.id, ifVersion);
    return { status: 204 };
  },
});

export const requestRoutes: readonly Route[] = [list, ask, get, withdraw, approve, reject];
