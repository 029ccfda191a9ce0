import { z } from 'zod';
import { rewriteSystem, settingsOf } from '#actions/systems/change.ts';
import { createSystem } from '#actions/systems/create.ts';
import { getSystem, listSystems, systemView } from '#actions/systems/list.ts';
import { removeSystem } from '#actions/systems/remove.ts';
import { HubError } from '#domain/errors.ts';
import { mayManageScopes } from '#domain/hub-reach.ts';
import { type SystemInput, systemShape, withDefaults } from '#settings/system.ts';
import type { Stored } from '#storage/collection.ts';
import { type System, systemSchema } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import { type Caller, type Look, type Route, route } from '../route.ts';
import { listOf, listQuery, pageOf } from './list.ts';
import { iso } from './shared.ts';

/** A file of this machine is nothing for an API to read. */
const { clientSecretFile: _, ...shape } = systemShape;
const { id: _id, title, side, ...optional } = shape;

const system = named(
  'System',
  systemSchema.omit({ clientSecretSealed: true, audience: true, createdAt: true, changedAt: true }).extend({
    id: z.string(),
    version: z.int(),
    hasSecret: z.boolean().describe('Secrets go in and never come out'),
    createdAt: z.string(),
    changedAt: z.string(),
  }),
);

const newSystem = named(
  'NewSystem',
  z.strictObject({ ...shape, clientSecret: shape.clientSecret.describe('Write only') }),
);

/** RFC 7396: null takes an optional value away, so that the default holds again. */
const systemPatch = named(
  'SystemPatch',
  z.strictObject({
    title: title.optional(),
    side: side.optional(),
    enabled: z.boolean().optional(),
    ...(Object.fromEntries(Object.entries(optional).map(([name, schema]) => [name, schema.nullable()])) as {
      [K in keyof typeof optional]: z.ZodNullable<(typeof optional)[K]>;
    }),
  }),
);

function shown(record: Stored<System>) {
  const { secret, ...rest } = systemView(record);
  return { ...rest, hasSecret: secret, createdAt: iso(record.createdAt), changedAt: iso(record.changedAt) };
}

const find = ({ services, params }: Look) => getSystem(services, params.id ?? '');

/** @throws HubError forbidden: who could set the secret of a system with hub scopes would hold its rights */
function checkScopes(caller: Caller, ...scopes: (readonly string[] | undefined)[]): void {
  if (
    mayManageScopes(
      caller.permissions,
      scopes.flatMap((some) => some ?? []),
    )
  )
    return;
  throw new HubError('forbidden', 'This system has, or would have, scopes of the hub that you do not hold yourself');
}

const list = route({
  method: 'GET',
  path: '/systems',
  summary: 'List the systems',
  permission: 'hub:systems-read',
  query: z.strictObject({
    ...listQuery(['title', 'id', 'createdAt']),
    side: z.enum(['crm', 'erp', 'other']).optional(),
  }),
  answers: { 200: { description: 'A page of systems, by title', schema: pageOf('SystemPage', system) } },
  async handle({ services, query }) {
    const all = (await listSystems(services)).filter(({ side }) => query.side === undefined || side === query.side);
    return { status: 200, body: listOf(all.map(shown), query) };
  },
});

const get = route({
  method: 'GET',
  path: '/systems/{id}',
  summary: 'Show one system',
  permission: 'hub:systems-read',
  find,
  answers: { 200: { description: 'The system, without its secret', schema: system, etag: true } },
  handle: async ({ item }) => ({ status: 200, version: item.version, body: shown(item) }),
});

const create = route({
  method: 'POST',
  path: '/systems',
  summary: 'Add a system',
  permission: 'hub:systems-write',
  body: { type: 'application/json', schema: newSystem },
  answers: { 201: { description: 'The system as stored', schema: system, etag: true } },
  async handle({ services, origin, caller, body }) {
    checkScopes(caller, body.machine?.scopes);
    const made = await createSystem(services, origin, withDefaults(body as SystemInput));
    const headers = { location: `${services.settings.issuer}/api/v1/systems/${made.id}` };
    return { status: 201, version: made.version, headers, body: shown(made) };
  },
});

const patch = route({
  method: 'PATCH',
  path: '/systems/{id}',
  summary: 'Change a system',
  description: 'JSON merge patch (RFC 7396). `{ "enabled": false }` shuts the door at once.',
  permission: 'hub:systems-write',
  find,
  versioned: true,
  body: { type: 'application/merge-patch+json', schema: systemPatch },
  answers: { 200: { description: 'The system as it is now', schema: system, etag: true } },
  async handle({ services, origin, caller, item, body }) {
    const { enabled = item.enabled, ...patch } = body;
    checkScopes(caller, item.machine?.scopes, patch.machine?.scopes);
    const kept = Object.entries({ ...settingsOf(services, item), ...patch }).filter(([, value]) => value !== null);
    const settings = withDefaults(Object.fromEntries(kept) as unknown as SystemInput);
    const changed = await rewriteSystem(services, origin, item, settings, enabled);
    return { status: 200, version: changed.version, body: shown(changed) };
  },
});

const remove = route({
  method: 'DELETE',
  path: '/systems/{id}',
  summary: 'Remove a system',
  permission: 'hub:systems-write',
  find,
  versioned: true,
  description:
    'Its tokens die. Whoever is registered under the same id later finds each person under the `sub` that this system knew.',
  answers: { 204: { description: 'Gone; its tokens are dead' } },
  async handle({ services, origin, caller, item, ifVersion }) {
    checkScopes(caller, item.machine?.scopes);
    await removeSystem(services, origin, item.id, ifVersion);
    return { status: 204 };
  },
});

export const systemRoutes: readonly Route[] = [list, create, get, patch, remove];
