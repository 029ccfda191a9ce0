import { z } from 'zod';
import { isProvisioningSecret, openProvisioning } from '#actions/provisioning/sealed.ts';
import type { Services } from '#actions/services.ts';
import { rewriteSystem, settingsOf } from '#actions/systems/change.ts';
import { type Connected, connectSystem } from '#actions/systems/connect.ts';
import { createSystem } from '#actions/systems/create.ts';
import { guideFor } from '#actions/systems/guide.ts';
import { listSystems } from '#actions/systems/list.ts';
import { requireScopes } from '#actions/systems/reach.ts';
import { removeSystem } from '#actions/systems/remove.ts';
import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { ProvisioningInput } from '#settings/provisioning.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import { type Caller, type Route, route } from '../route.ts';
import { listOf, listQuery, pageOf } from './list.ts';
import { connected, find, newSystem, shown, system, systemPatch } from './systems-shapes.ts';

const scopesAllowed = (caller: Caller, ...scopes: (readonly string[] | undefined)[]) =>
  requireScopes(caller.permissions, ...scopes);

/** Secrets that a change does not name stay, but never go to another address than they were given for. */
function provisioningOf(services: Services, item: Stored<System>, change: ProvisioningInput | null | undefined) {
  if (change === undefined || change === null) return {};
  const before = openProvisioning(services, item);
  const stays = before !== undefined && before.connector === change.connector && before.url === change.url;
  const secrets = stays ? Object.entries(before).filter(([name]) => isProvisioningSecret(name)) : [];
  return { provisioning: { ...Object.fromEntries(secrets), ...change } };
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
    return {
      status: 200,
      body: listOf(
        all.map((one) => shown(services, one)),
        query,
      ),
    };
  },
});

const get = route({
  method: 'GET',
  path: '/systems/{id}',
  summary: 'Show one system',
  permission: 'hub:systems-read',
  find,
  answers: { 200: { description: 'The system, without its secret', schema: system, etag: true } },
  handle: async ({ services, item }) => ({ status: 200, version: item.version, body: shown(services, item) }),
});

const create = route({
  method: 'POST',
  path: '/systems',
  summary: 'Add a system',
  description:
    'With `url`, or without any address to return to, the template of the product’s module (`provider`) fills in what is left out, and the hub makes the secret.',
  permission: 'hub:systems-write',
  body: { type: 'application/json', schema: newSystem },
  answers: {
    201: { description: 'The system as stored, and what to type into the product', schema: connected, etag: true },
  },
  async handle({ services, origin, caller, body }) {
    scopesAllowed(caller, body.machine?.scopes);
    const { url, ...whole } = body;
    const made = fromTemplate(body)
      ? await connectSystem(services, origin, { ...body, provider: body.provider ?? 'generic' })
      : await registered(services, origin, whole);
    const headers = { location: `${services.settings.issuer}/api/v1/systems/${made.system.id}` };
    const { secret, guide } = made;
    const answer = { ...shown(services, made.system), ...(secret === undefined ? {} : { secret }), guide };
    return { status: 201, version: made.system.version, headers, body: answer };
  },
});

type NewSystem = z.infer<typeof newSystem>;

/** Nothing but the product is said: its module knows the rest. */
function fromTemplate({ url, redirectUris, machine, deviceFlow, provider, side, id }: NewSystem): boolean {
  if (url !== undefined) return true;
  const silent = redirectUris === undefined && machine === undefined && deviceFlow !== true;
  return silent && provider !== undefined && (side === undefined || id === undefined);
}

/** A registration that says all of itself, as the configuration would. @throws HubError `invalid` */
async function registered(services: Services, origin: Origin, whole: Omit<NewSystem, 'url'>): Promise<Connected> {
  const faults = (['id', 'side'] as const)
    .filter((name) => whole[name] === undefined)
    .map((path) => ({
      path,
      message: 'is missing; only a product that is connected by `provider` and `url` needs none',
    }));
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
  const made = await createSystem(services, origin, withDefaults(whole as SystemInput));
  return { system: made, guide: guideFor(services, made) };
}

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
    scopesAllowed(caller, item.machine?.scopes, patch.machine?.scopes);
    const kept = Object.entries({
      ...settingsOf(services, item),
      ...patch,
      ...provisioningOf(services, item, patch.provisioning),
    }).filter(([, value]) => value !== null);
    const settings = withDefaults(Object.fromEntries(kept) as unknown as SystemInput);
    const changed = await rewriteSystem(services, origin, item, settings, enabled);
    return { status: 200, version: changed.version, body: shown(services, changed) };
  },
});

const remove = route({
  method: 'DELETE',
  path: '/systems/{id}',
  summary: 'Remove a system',
  permission: 'hub:systems-write',
  fresh: true,
  find,
  versioned: true,
  query: z.strictObject({ reason: z.string().max(500).describe('For the audit log').optional() }),
  description:
    'Its tokens die. Whoever is registered under the same id later finds each person under the `sub` that this system knew.',
  answers: { 204: { description: 'Gone; its tokens are dead' } },
  async handle({ services, origin, caller, item, ifVersion, query }) {
    scopesAllowed(caller, item.machine?.scopes);
    await removeSystem(services, origin, item.id, ifVersion, query.reason);
    return { status: 204 };
  },
});

export const systemRoutes: readonly Route[] = [list, create, get, patch, remove];
