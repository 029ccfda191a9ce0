import type { IncomingMessage } from 'node:http';
import type { Services } from '#actions/services.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import { hashedId } from '#platform/ids.ts';
import { clientCredentials } from '#storage/collections.ts';

/** Who calls the hub's own API with a bearer token. */
export interface Bearer {
  /** Id of the system. */
  readonly client: string;
  readonly scopes: readonly string[];
  readonly kind: 'client';
}

/**
 * The bearer of this request (RFC 6750): a live token of client credentials, of an enabled system, meant for the hub itself.
 * What is bound to a key (DPoP) or meant for another audience is not taken.
 */
export async function bearerOf(services: Services, req: IncomingMessage): Promise<Bearer | undefined> {
  const [scheme, token, ...rest] = (req.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || token === undefined || token === '' || rest.length > 0) return undefined;
  const record = await services.store.get(clientCredentials, hashedId(token));
  if (record === undefined || (record.expiresAt ?? 0) <= services.clock.now()) return undefined;
  const { scope, aud, jkt } = record.payload;
  if (aud !== undefined || jkt !== undefined || record.client === undefined) return undefined;
  const system = await systemByClientId(services, record.client);
  if (system === undefined || !system.enabled) return undefined;
  // What was taken from the system since then is taken from its tokens too.
  const allowed = new Set(system.machine?.scopes);
  const scopes = typeof scope === 'string' ? scope.split(' ').filter((name) => allowed.has(name)) : [];
  return { client: system.id, scopes, kind: 'client' };
}
