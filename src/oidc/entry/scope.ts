import { decodeJwt } from 'jose';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import type { System } from '#storage/collections.ts';
import { systemOf } from '../systems.ts';

const offlineAccess = 'offline_access';

/**
 * What a request's `scope` comes to, once the library has read it; for pushed requests when they are pushed and when they
 * are opened.
 *
 * - Nothing known in it leaves nothing to grant: `invalid_scope` (RFC 6749, 3.3) at once, not after the person has signed in.
 * - The library takes `offline_access` out wherever `prompt=consent` is missing, as OpenID Connect Core 1.0, 11, has it
 *   "unless other conditions" hold. They do for a third party: what was not agreed to yet is asked on its consent page.
 */
export async function settleScope(services: Services, ctx: KoaContextWithOIDC): Promise<void> {
  const { params, requestParamOIDCScopes } = ctx.oidc;
  if (requestParamOIDCScopes.size === 0) {
    throw new errors.InvalidScope(
      'scope has to name openid, and what else is wanted of the person',
      scopeOf(params) ?? '',
    );
  }
  const system = await systemOf(services, ctx);
  if (system === undefined || system.firstParty || system.refresh || params === undefined) return;
  const asked = (askedScope(ctx) ?? '').split(' ');
  if (asked.includes(offlineAccess) && !requestParamOIDCScopes.has(offlineAccess)) {
    params.scope = `${scopeOf(params)} ${offlineAccess}`;
  }
}

/** Does this request ask for a refresh token that the person has to agree to (contract.md, "Protocol rules")? */
export function wantsAgreement(ctx: KoaContextWithOIDC, system: System): boolean {
  return !system.refresh && ctx.oidc.requestParamOIDCScopes.has(offlineAccess);
}

/** What is granted to a first party without asking: everything but what the person has to agree to. */
export function givenWithoutAsking(ctx: KoaContextWithOIDC, system: System | undefined): string[] {
  const agreed = system !== undefined && wantsAgreement(ctx, system);
  return [...ctx.oidc.requestParamOIDCScopes].filter((scope) => !agreed || scope !== offlineAccess);
}

/** `scope` as it was sent, before the library took anything out. */
function askedScope(ctx: KoaContextWithOIDC): string | undefined {
  const pushed = ctx.oidc.entities.PushedAuthorizationRequest as { request?: string } | undefined;
  if (pushed?.request !== undefined) return scopeOf(decodeJwt(pushed.request));
  return scopeOf(ctx.method === 'POST' ? ctx.oidc.body : ctx.query);
}

function scopeOf(params: unknown): string | undefined {
  const { scope } = (params ?? {}) as { scope?: unknown };
  return typeof scope === 'string' ? scope : undefined;
}
