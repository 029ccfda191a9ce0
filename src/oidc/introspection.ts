import type { AccessToken, Client, ClientCredentials, KoaContextWithOIDC, RefreshToken } from 'oidc-provider';
import { keyRing } from '#actions/keys/ring.ts';
import type { Services } from '#actions/services.ts';
import { systemDirectory } from '#actions/systems/directory.ts';
import { isActive } from '#domain/people/active.ts';
import { verifyJwt } from '#platform/jws.ts';
import { people } from '#storage/collections.ts';
import { findApiToken } from './api-tokens.ts';

/**
 * Introspection (RFC 7662) answers a system about tokens issued to it or meant for its API; about an account that ended
 * there is nothing to say.
 */
export async function mayIntrospect(
  services: Services,
  _ctx: KoaContextWithOIDC,
  client: Client,
  token: AccessToken | ClientCredentials | RefreshToken,
): Promise<boolean> {
  const aud = 'aud' in token ? token.aud : undefined;
  if (token.clientId === undefined || !(await concerns(services, client.clientId, token.clientId, aud))) return false;
  if (token.kind === 'ClientCredentials') return true;
  const { accountId } = token as AccessToken;
  return isActive(await services.store.get(people, accountId), services.clock.now());
}

async function concerns(services: Services, asking: string, issuedTo: string, aud: unknown): Promise<boolean> {
  const directory = await systemDirectory(services);
  // A token of a system that was disabled or removed is good for nothing.
  if (directory.byClientId.get(issuedTo)?.enabled !== true) return false;
  if (asking === issuedTo) return true;
  const own = directory.byClientId.get(asking)?.api?.audience;
  return own !== undefined && own === aud;
}

/** The library does not look at JWTs; these are ours: signature, time, session, grant and account are checked. */
export async function introspectJwt(
  services: Services,
  client: Client,
  token: string,
): Promise<Record<string, unknown>> {
  const inactive = { active: false };
  const ring = await keyRing(services);
  const verified = verifyJwt(token, (kid) => ring.verifier(kid), 'at+jwt');
  if (verified === undefined) return inactive;
  const { claims } = verified;
  const { iss, exp, jti, client_id: issuedTo, aud } = claims;
  if (iss !== services.settings.issuer || typeof jti !== 'string' || typeof issuedTo !== 'string') return inactive;
  if (typeof exp !== 'number' || exp * 1000 <= services.clock.now()) return inactive;
  if (!(await concerns(services, client.clientId, issuedTo, aud))) return inactive;
  const record = await findApiToken(services, jti);
  if (record === undefined) return inactive;
  return { ...claims, active: true, token_type: claims.cnf === undefined ? 'Bearer' : 'DPoP' };
}
