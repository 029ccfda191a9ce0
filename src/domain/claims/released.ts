import type { SystemModule } from '../providers/system-module.ts';
import {
  type Claimant,
  type Claims,
  type PersonalSource,
  personalSources,
  scopeFor,
  standardClaims,
} from './claims.ts';
import type { ClaimOverride, OverrideSource } from './overrides.ts';

/**
 * What a claim comes from: a field of the account or the login known there; the link (`sub`); the session; or what the policy
 * gives there, as it is (`rights`) or in the product's own words (`native`).
 */
export type ClaimSource = PersonalSource | 'link' | 'session' | 'rights' | 'native';

/** One claim that a system receives of a person. */
export interface ReleasedClaim {
  readonly claim: string;
  /** The scope that releases it: asked for by the system, for a third party also agreed to. */
  readonly scope: string;
  readonly from: ClaimSource;
  /** As it would be sent now; undefined for what only a session or the first entry makes. */
  readonly value?: unknown;
}

/** What a claim under the system's own name is made of. */
const causes: Readonly<Record<OverrideSource, ClaimSource>> = {
  name: 'name',
  givenName: 'givenName',
  familyName: 'familyName',
  email: 'email',
  emailVerified: 'emailVerified',
  username: 'login',
  roles: 'rights',
  permissions: 'rights',
  nativeRoles: 'native',
};

/**
 * Everything that a system may learn of a person, each claim with its cause.
 * @param claims as they are issued (`claimsOf`), so that what is shown cannot differ from what is sent
 * @param link what the tie between both holds, if there is one yet
 */
export function releasedClaims(
  module: SystemModule,
  person: Claimant,
  claims: Claims,
  link: { readonly sub: string; readonly login?: string | undefined } | undefined,
  overrides: readonly ClaimOverride[] = [],
): ReleasedClaim[] {
  const sources = personalSources(module, person, link?.login);
  const protocol = standardClaims.openid.map((claim): ReleasedClaim => {
    if (claim !== 'sub') return { claim, scope: scopeFor(claim), from: 'session' };
    return { claim, scope: scopeFor(claim), from: 'link', ...(link === undefined ? {} : { value: link.sub }) };
  });
  const rights = new Set(['roles', 'permissions']);
  const others = Object.entries(claims).map(([claim, value]): ReleasedClaim => {
    const own = overrides.find((one) => one.claim === claim);
    const usual = sources.get(claim) ?? (rights.has(claim) ? 'rights' : 'native');
    return {
      claim,
      scope: scopeFor(claim, overrides),
      from: own?.from === undefined ? usual : causes[own.from],
      value,
    };
  });
  return [...protocol, ...others];
}
