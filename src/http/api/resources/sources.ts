import { z } from 'zod';
import { changeSource } from '#actions/sources/change.ts';
import { createSource } from '#actions/sources/create.ts';
import { getSource, listSources } from '#actions/sources/directory.ts';
import { sourceSettingsOf, sourceView } from '#actions/sources/record.ts';
import { removeSource } from '#actions/sources/remove.ts';
import { HubError } from '#domain/errors.ts';
import { movedSecretFault } from '#domain/sources/faults.ts';
import { trySource } from '#federation/try.ts';
import { checkSource, sourceShape } from '#settings/source.ts';
import type { Stored } from '#storage/collection.ts';
import { directorySourceSchema, openIdSourceSchema, type Source } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import { type Look, type Route, route } from '../route.ts';
import { listOf, listQuery, pageOf } from './list.ts';
import { iso } from './shared.ts';

/** Files of this machine are nothing for an API to read. */
const { clientSecretFile: _client, bindPasswordFile: _bind, caFile: _ca, ...shape } = sourceShape;
const { id: _id, provider: _provider, title, ...optional } = shape;

const more = {
  id: z.string(),
  version: z.int(),
  hasSecret: z.boolean().describe('Secrets go in and never come out'),
  createdAt: z.string(),
  changedAt: z.string(),
};
const hidden = { secretSealed: true, createdAt: true, changedAt: true } as const;
const source = named(
  'Source',
  z.discriminatedUnion('provider', [
    openIdSourceSchema.omit(hidden).extend(more),
    directorySourceSchema.omit(hidden).extend(more),
  ]),
);
const newSource = named('NewSource', z.strictObject(shape));

/** RFC 7396: null takes an optional value away, so that the default holds again. */
const sourcePatch = named(
  'SourcePatch',
  z.strictObject({
    title: title.optional(),
    enabled: z.boolean().optional(),
    ...(Object.fromEntries(Object.entries(optional).map(([name, schema]) => [name, schema.nullable()])) as {
      [K in keyof typeof optional]: z.ZodNullable<(typeof optional)[K]>;
    }),
  }),
);

const checks = named(
  'SourceTest',
  z.object({
    ok: z.boolean(),
    checks: z.array(z.object({ what: z.string(), ok: z.boolean(), detail: z.string() })),
  }),
);

function shown(record: Stored<Source>) {
  const { secret, ...rest } = sourceView(record);
  return { ...rest, hasSecret: secret, createdAt: iso(record.createdAt), changedAt: iso(record.changedAt) };
}

const find = ({ services, params }: Look) => getSource(services, params.id ?? '');

/** @throws HubError `invalid` with every fault */
function checked(raw: unknown) {
  const { source: settings, faults } = checkSource(raw);
  if (settings === undefined) throw new HubError('invalid', undefined, { faults });
  return settings;
}

const list = route({
  method: 'GET',
  path: '/sources',
  summary: 'List the sources that people sign in by',
  permission: 'hub:systems-read',
  query: z.strictObject(listQuery(['title', 'id', 'createdAt'])),
  answers: { 200: { description: 'A page of sources, by title', schema: pageOf('SourcePage', source) } },
  handle: async ({ services, query }) => ({
    status: 200,
    body: listOf((await listSources(services)).map(shown), query),
  }),
});

const get = route({
  method: 'GET',
  path: '/sources/{id}',
  summary: 'Show one source',
  permission: 'hub:systems-read',
  find,
  answers: { 200: { description: 'The source, without its secret', schema: source, etag: true } },
  handle: async ({ item }) => ({ status: 200, version: item.version, body: shown(item) }),
});

const create = route({
  method: 'POST',
  path: '/sources',
  summary: 'Add a source',
  permission: 'hub:sources-write',
  fresh: true,
  body: { type: 'application/json', schema: newSource },
  answers: { 201: { description: 'The source as stored', schema: source, etag: true } },
  async handle({ services, origin, body }) {
    const made = await createSource(services, origin, checked(body));
    const headers = { location: `${services.settings.issuer}/api/v1/sources/${made.id}` };
    return { status: 201, version: made.version, headers, body: shown(made) };
  },
});

const patch = route({
  method: 'PATCH',
  path: '/sources/{id}',
  summary: 'Change a source',
  description:
    'JSON merge patch (RFC 7396). `{ "enabled": false }` shuts the door at once and ends the sessions begun through it. An API token may do no more than that to a source that somebody with rights in the hub signs in by.',
  permission: 'hub:sources-write',
  fresh: true,
  find,
  versioned: true,
  body: { type: 'application/merge-patch+json', schema: sourcePatch },
  answers: { 200: { description: 'The source as it is now', schema: source, etag: true } },
  async handle({ services, origin, item, ifVersion, body }) {
    const { enabled, ...changes } = body;
    const merged = { ...sourceSettingsOf(services, item), ...changes };
    const kept = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
    const settings = checked(kept);
    const typed = 'clientSecret' in changes || 'bindPassword' in changes;
    const moved = movedSecretFault({ ...sourceSettingsOf(services, item) }, { ...settings }, typed);
    if (moved !== undefined) throw new HubError('invalid', undefined, { faults: [moved] });
    const changed = await changeSource(services, origin, settings, { enabled, ifVersion });
    return { status: 200, version: changed.version, body: shown(changed) };
  },
});

const remove = route({
  method: 'DELETE',
  path: '/sources/{id}',
  summary: 'Remove a source',
  description:
    'The sessions begun through it end. The links of its people stay, for a source that is made again under the same id.',
  permission: 'hub:sources-write',
  fresh: true,
  find,
  versioned: true,
  answers: { 204: { description: 'Gone' } },
  async handle({ services, origin, item, ifVersion }) {
    await removeSource(services, origin, item.id, ifVersion);
    return { status: 204 };
  },
});

const test = route({
  method: 'POST',
  path: '/sources/{id}/test',
  summary: 'Try whether a source can be asked',
  description: 'The hub calls the source, so it takes the right to change sources.',
  permission: 'hub:sources-write',
  find,
  answers: { 200: { description: 'What was tried, and what came of it', schema: checks } },
  async handle({ services, item }) {
    const done = await trySource(services, item);
    return { status: 200, body: { ok: done.every(({ ok }) => ok), checks: done } };
  },
});

export const sourceRoutes: readonly Route[] = [list, create, get, patch, remove, test];
