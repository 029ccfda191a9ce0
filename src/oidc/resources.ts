import {
  type AccessToken,
  type Client,
  type ClientCredentials,
  errors,
  type KoaContextWithOIDC,
  type ResourceServer,
} from 'oidc-provider';
import { effectiveAccess } from '#actions/access/effective.ts';
import type { Services } from '#actions/services.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import { people } from '#storage/collections.ts';
import { unitOf } from './adapter/context.ts';
import { keepingOf } from './api-tokens.ts';

/** The longest an API's token may live, in ms (contract.md, "Claims a system receives"). */
export const apiTokenCeiling = 5 * 60 * 1000;

/**
 * The API that a `resource` names (RFC 8707): the asking system's own and no other. Another system's API is reached by token
 * exchange alone.
 */
export async function apiOf(
  services: Services,
  _ctx: KoaContextWithOIDC,
  resource: string,
  client: Client,
): Promise<ResourceServer> {
  const system = await systemByClientId(services, client.clientId);
  if (system?.api === undefined || system.api.audience !== resource) {
    throw new errors.InvalidTarget('resource names an API that is not its own');
  }
  return {
    scope: ['openid', 'roles', ...(system.machine?.scopes ?? [])].join(' '),
    audience: resource,
    accessTokenTTL: Math.floor(Math.min(apiTokenCeiling, services.settings.lifetimes.accessToken) / 1000),
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: system.idTokenAlg } },
  };
}

/** What an API's token says beyond RFC 9068: the permissions there, and which session it belongs to. */
export async function apiClaims(
  services: Services,
  _ctx: KoaContextWithOIDC,
  token: AccessToken | ClientCredentials,
): Promise<Record<string, unknown> | undefined> {
  if (token.kind !== 'AccessToken' || token.resourceServer === undefined || token.clientId === undefined)
    return undefined;
  const system = await systemByClientId(services, token.clientId);
  const person = await services.store.get(people, token.accountId);
  if (system === undefined || person === undefined) return undefined;
  const access = (await effectiveAccess(services, person)).systems.get(system.id);
  return {
    permissions: access?.permissions ?? [],
    ...(token.sid === undefined ? {} : { sid: token.sid }),
  };
}

/** Notes a JWT the library is about to sign, so that it can be introspected and revoked. */
export function keepApiToken(
  services: Services,
  token: AccessToken | ClientCredentials,
  claims: { jti?: unknown; exp?: unknown } | undefined,
): void {
  if (typeof claims?.jti !== 'string' || typeof claims.exp !== 'number' || token.clientId === undefined) return;
  const person = token.kind === 'AccessToken' ? token : undefined;
  const kept = keepingOf({
    jti: claims.jti,
    exp: claims.exp,
    client: token.clientId,
    account: person?.accountId,
    grant: person?.grantId,
    session: person?.sessionUid,
    scope: token.scope,
  });
  unitOf(services).unit.stage({ changes: [kept] });
}
