import { z } from 'zod';
import { dependentsOf } from '#actions/systems/dependents.ts';
import { duplicateSystem } from '#actions/systems/duplicate.ts';
import { guideFor } from '#actions/systems/guide.ts';
import { historyOfSystem } from '#actions/systems/history.ts';
import { requireScopes } from '#actions/systems/reach.ts';
import { rotateSecret } from '#actions/systems/rotate-secret.ts';
import { testSystem } from '#actions/systems/test.ts';
import type { AuditEvent } from '#domain/audit/event.ts';
import { parseDuration } from '#domain/duration.ts';
import { HubError } from '#domain/errors.ts';
import { systemShape } from '#settings/system.ts';
import { people } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import { type Route, route } from '../route.ts';
import { cursor, limit, pageOf } from './list.ts';
import { historyEvent } from './people/history.ts';
import { connected, find, guideLines, shown } from './systems-shapes.ts';

const guide = route({
  method: 'GET',
  path: '/systems/{id}/guide',
  summary: 'Show what to type into the product',
  permission: 'hub:systems-read',
  find,
  answers: {
    200: {
      description: 'The guide with this system’s values; `{clientSecret}` stands for the secret',
      schema: named('SystemGuide', z.object({ guide: guideLines })),
    },
  },
  handle: async ({ services, item }) => ({ status: 200, body: { guide: guideFor(services, item) } }),
});

const rotate = route({
  method: 'POST',
  path: '/systems/{id}/rotate-secret',
  summary: 'Make a new client secret',
  description: 'The secret before stays good for the overlap, so that the product can be changed without a stop.',
  permission: 'hub:systems-write',
  fresh: true,
  find,
  body: {
    type: 'application/json',
    optional: true,
    schema: named(
      'SecretRotation',
      z.strictObject({
        overlap: z
          .string()
          .describe('Such as 24h, the default; 0s ends the old secret at once; at most 30d')
          .optional(),
        reason: z.string().max(500).describe('For the audit log').optional(),
      }),
    ),
  },
  answers: { 200: { description: 'The system and its new secret, shown only now', schema: connected, etag: true } },
  async handle({ services, origin, caller, item, body }) {
    requireScopes(caller.permissions, item.machine?.scopes);
    const overlapMs = body.overlap === undefined ? undefined : parseDuration(body.overlap);
    if (body.overlap !== undefined && overlapMs === undefined) {
      const message = 'is no duration; write it like 24h or 0s';
      throw new HubError('invalid', undefined, { faults: [{ path: 'overlap', message }] });
    }
    const options = { overlapMs, ifVersion: item.version, reason: body.reason };
    const { system, secret } = await rotateSecret(services, origin, item.id, options);
    const answer = { ...shown(services, system), secret, guide: guideFor(services, system, secret) };
    return { status: 200, version: system.version, body: answer };
  },
});

const duplicate = route({
  method: 'POST',
  path: '/systems/{id}/duplicate',
  summary: 'Make a second system like this one',
  description:
    'With an id, a client id and a secret of its own; the API’s audience and machine scopes stay with the first.',
  permission: 'hub:systems-write',
  fresh: true,
  find,
  body: {
    type: 'application/json',
    schema: named('SystemDuplicate', z.strictObject({ title: systemShape.title, id: systemShape.id.optional() })),
  },
  answers: { 201: { description: 'The new system and its secret, shown only now', schema: connected, etag: true } },
  async handle({ services, origin, item, body }) {
    const { system, secret, guide: lines } = await duplicateSystem(services, origin, item, body);
    const headers = { location: `${services.settings.issuer}/api/v1/systems/${system.id}` };
    const answer = { ...shown(services, system), ...(secret === undefined ? {} : { secret }), guide: lines };
    return { status: 201, version: system.version, headers, body: answer };
  },
});

const verdict = z.object({
  code: z.string(),
  state: z.enum(['ok', 'warning', 'fault']),
  detail: z.string(),
  remedy: z.string().optional(),
});

const test = route({
  method: 'POST',
  path: '/systems/{id}/test',
  summary: 'Test a system: its addresses, and what a person would arrive with',
  description:
    'The hub calls the system’s own addresses. Nobody is signed in; the console’s test plays a whole sign-in.',
  permission: 'hub:systems-write',
  find,
  body: {
    type: 'application/json',
    optional: true,
    schema: named('SystemTestRequest', z.strictObject({ person: z.string().describe('Id of a person').optional() })),
  },
  answers: {
    200: {
      description: 'What was tested, and what the product would make of this person',
      schema: named(
        'SystemTest',
        z.object({
          ok: z.boolean(),
          checks: z.array(z.object({ what: z.string(), ok: z.boolean(), detail: z.string() })),
          arrival: z
            .object({
              person: z.object({ id: z.string(), name: z.string() }),
              claims: z.record(z.string(), z.unknown()),
              verdicts: z.array(verdict),
            })
            .optional(),
        }),
      ),
    },
  },
  async handle({ services, caller, item, body }) {
    if (body.person !== undefined && !caller.permissions.has('hub:people-read')) throw new HubError('forbidden');
    const person = body.person === undefined ? undefined : await services.store.get(people, body.person);
    if (body.person !== undefined && person === undefined) {
      throw new HubError('invalid', undefined, { faults: [{ path: 'person', message: 'is nobody the hub knows' }] });
    }
    return { status: 200, body: await testSystem(services, item, person) };
  },
});

const dependents = route({
  method: 'GET',
  path: '/systems/{id}/dependents',
  summary: 'Show what depends on a system',
  permission: 'hub:systems-read',
  find,
  answers: {
    200: {
      description: 'What the policy says of it, and how many use it now',
      schema: named(
        'SystemDependents',
        z.object({
          roles: z.array(z.object({ id: z.string(), title: z.string(), permissions: z.array(z.string()) })),
          delegations: z.array(z.object({ from: z.string(), to: z.string() })),
          separations: z.array(z.string()),
          entries: z.int().describe('People who are signed in to it'),
          links: z.int().describe('Logins and identifiers that people have there'),
          deliveries: z.int().describe('Sign-out messages on their way'),
        }),
      ),
    },
  },
  handle: async ({ services, item }) => ({ status: 200, body: await dependentsOf(services, item) }),
});

/** Who changed a registration is said with the change. */
function changeShown({ id, at, type, outcome, actor, personal, ...event }: AuditEvent) {
  const part = (name: 'before' | 'after' | 'detail') =>
    event[name] === undefined && personal?.[name] === undefined
      ? {}
      : { [name]: { ...event[name], ...personal?.[name] } };
  const by = personal?.actor === undefined ? {} : { by: personal.actor };
  return { id, at, type, outcome, actor, ...by, ...part('before'), ...part('after'), ...part('detail') };
}

const history = route({
  method: 'GET',
  path: '/systems/{id}/history',
  summary: 'List the changes of a system, newest first',
  permission: 'hub:systems-write',
  find,
  query: z.strictObject({ limit, cursor }),
  answers: { 200: { description: 'A page of changes', schema: pageOf('SystemHistory', historyEvent) } },
  async handle({ services, item, query }) {
    const { items, next } = await historyOfSystem(services, item.id, query);
    return { status: 200, body: { items: items.map(changeShown), next } };
  },
});

export const systemActRoutes: readonly Route[] = [guide, rotate, duplicate, test, dependents, history];
