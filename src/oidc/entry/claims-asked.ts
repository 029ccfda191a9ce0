import { scopeFor, standardClaims } from '#domain/claims/claims.ts';
import { claimOverrides } from '#domain/claims/overrides.ts';
import type { System } from '#storage/collections.ts';

/** The personal claims that a request asks for by name (OpenID Connect Core 1.0, 5.5), each with the scope that would cover it. */
export function claimsAsked(
  params: Readonly<Record<string, unknown>>,
  system: Pick<System, 'settings'>,
): { readonly claim: string; readonly scope: string }[] {
  const overrides = claimOverrides(system.settings);
  const protocol: readonly string[] = standardClaims.openid;
  return namesIn(params.claims)
    .filter((claim) => !protocol.includes(claim))
    .map((claim) => ({ claim, scope: scopeFor(claim, overrides) }));
}

function namesIn(claims: unknown): string[] {
  if (typeof claims !== 'string') return [];
  try {
    const { userinfo, id_token: idToken } = JSON.parse(claims) as { userinfo?: object; id_token?: object };
    return [...new Set([...Object.keys(userinfo ?? {}), ...Object.keys(idToken ?? {})])];
  } catch {
    // The library has refused such a request.
    return [];
  }
}
