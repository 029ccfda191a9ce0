import { errors, type Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import validateDpop, { checkDpopReplay } from 'oidc-provider/lib/helpers/validate_dpop.js';
import type { Services } from '#actions/services.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import { apiOf } from '../resources.ts';
import { requireProof } from './bound-key.ts';

interface Params {
  scope?: string;
  resource?: string | string[];
}

/**
 * Client credentials (RFC 6749, 4.4) within `machine.scopes`: without `scope` all of them, another one is `invalid_scope`. The
 * library would grant any scope it does not know.
 */
export function registerClientCredentials(services: Services, provider: Provider): void {
  const handler = async (ctx: TokenEndpointGrantContext<Params>): Promise<void> => {
    const { client, params } = ctx.oidc;
    const system = await systemByClientId(services, client.clientId);
    if (system?.machine === undefined) throw new errors.UnauthorizedClient('this system has no machine scopes');
    const scope = scopeWithin(system.machine.scopes, params.scope);
    const proof = await validateDpop(provider, ctx);
    requireProof(client, proof);
    const token = new provider.ClientCredentials({ client, ...(scope === '' ? {} : { scope }) });
    if (params.resource !== undefined) {
      if (Array.isArray(params.resource)) throw new errors.InvalidTarget('name one resource');
      const api = await apiOf(services, ctx, params.resource, client);
      token.resourceServer = new provider.ResourceServer(params.resource, api);
    }
    if (proof !== undefined) {
      await checkDpopReplay(provider, ctx, proof, client.clientId);
      (token as unknown as { setThumbprint(kind: 'jkt', thumbprint: string): void }).setThumbprint(
        'jkt',
        proof.thumbprint,
      );
    }
    ctx.oidc.entity('ClientCredentials', token);
    const value = await token.save();
    ctx.body = {
      access_token: value,
      expires_in: token.expiration,
      token_type: token.tokenType,
      ...(scope === '' ? {} : { scope }),
    };
  };
  provider.registerGrantType<Params>('client_credentials', handler, ['scope', 'resource'], ['resource']);
}

function scopeWithin(allowed: readonly string[], asked: string | undefined): string {
  if (asked === undefined) return allowed.join(' ');
  const wanted = [...new Set(asked.split(' '))];
  const beyond = wanted.filter((scope) => !allowed.includes(scope));
  if (beyond.length > 0) throw new errors.InvalidScope('not among the machine scopes of this system', beyond.join(' '));
  return wanted.join(' ');
}
