import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { hashedId, randomToken } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type ScimToken, type System, scimTokens, systems } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { actorOf } from '../named.ts';
import { namedActor } from '../people/about.ts';
import { rightsOf } from '../people/rights.ts';
import type { Services } from '../services.ts';
import type { ScimClient } from './client.ts';

const day = 86_400_000;
const mostDays = 730;
const mostTokens = 10;

/**
 * Makes a long-lived bearer token for products that are given one by hand (Entra, Okta); others fetch one by client credentials. It
 * opens the SCIM server alone. Only its hash is kept.
 *
 * @returns the token, this once
 * @throws HubError `not-found`, `invalid`, `conflict` for a system without the scope or with ten tokens, `forbidden` for who may not manage people
 */
export async function issueScimToken(
  services: Services,
  origin: Origin,
  system: string,
  days: number,
): Promise<{ token: string; record: Stored<ScimToken> }> {
  await requireRights(services, origin);
  const client = await services.store.get(systems, system);
  if (client === undefined) throw new HubError('not-found', 'There is no such system');
  if (!mayCallScim(client))
    throw new HubError('conflict', 'Give the system the scope hub:scim first (machine: { scopes: [hub:scim] })');
  if (!Number.isInteger(days) || days < 1 || days > mostDays)
    throw new HubError('invalid', undefined, { faults: [{ path: 'days', message: `has to be 1 to ${mostDays}` }] });
  const present = await listScimTokens(services, system);
  if (present.length >= mostTokens)
    throw new HubError('conflict', `A client has at most ${mostTokens} tokens; revoke one first`);
  const now = services.clock.now();
  const token = `ghs_${randomToken()}`;
  const id = hashedId(token);
  const endsAt = now + days * day;
  const data: ScimToken = { client: system, ending: token.slice(-4), by: actorOf(origin), createdAt: now, endsAt };
  await services.store.write({
    changes: [{ kind: 'insert', collection: scimTokens, id, data }],
    events: [await tokenEvent(services, origin, 'credential.added', data)],
  });
  return { token, record: { ...data, id, version: 1 } };
}

/** Those that have not ended, oldest first. */
export async function listScimTokens({ store, clock }: Services, client: string): Promise<Stored<ScimToken>[]> {
  const { items } = await store.find(scimTokens, { where: { client }, limit: 1000 });
  return items.filter(({ endsAt }) => endsAt > clock.now()).sort((a, b) => a.createdAt - b.createdAt);
}

/** Ends a token at once. @throws HubError `not-found` */
export async function revokeScimToken(services: Services, origin: Origin, system: string, id: string): Promise<void> {
  const record = await services.store.get(scimTokens, id);
  if (record?.client !== system) throw new HubError('not-found', 'There is no such token');
  try {
    await services.store.write({
      changes: [{ kind: 'remove', collection: scimTokens, id, ifVersion: record.version }],
      events: [await tokenEvent(services, origin, 'credential.removed', record)],
    });
  } catch (fault) {
    if (fault instanceof CommitConflict) throw new HubError('not-found', 'There is no such token', { cause: fault });
    throw fault;
  }
}

/** The client whose long-lived token this is: not ended, of an enabled system that still has the scope. */
export async function clientByToken({ store, clock }: Services, token: string): Promise<string | undefined> {
  if (!token.startsWith('ghs_') || token.length > 100) return undefined;
  const record = await store.get(scimTokens, hashedId(token));
  if (record === undefined || record.endsAt <= clock.now()) return undefined;
  const system = await store.get(systems, record.client);
  return system?.enabled === true && mayCallScim(system) ? system.id : undefined;
}

export function mayCallScim({ machine }: Pick<System, 'machine'>): boolean {
  return machine?.scopes.includes('hub:scim') === true;
}

/** The client as the SCIM server knows it. */
export function scimClient({ settings }: Pick<Services, 'settings'>, id: string): ScimClient {
  return { id, adopt: settings.scim.adopt };
}

/** Who hands out the power over people holds it. */
async function requireRights(services: Services, origin: Origin): Promise<void> {
  if (!(await rightsOf(services, origin)).has('hub:people-write'))
    throw new HubError('forbidden', 'This takes the right to change people too');
}

async function tokenEvent(
  services: Services,
  origin: Origin,
  type: 'credential.added' | 'credential.removed',
  token: ScimToken,
) {
  return draft(origin, type, 'success', {
    system: token.client,
    detail: { kind: 'scim-token', ending: token.ending, endsAt: new Date(token.endsAt).toISOString() },
    personal: await namedActor(services, origin),
  });
}
