import type { SystemModule } from '../providers/system-module.ts';

export type Claims = Record<string, unknown>;

/** What is known of a person that a claim can be made of. */
export interface Claimant {
  readonly name: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly email?: string | undefined;
  readonly emailVerified: boolean;
  readonly username?: string | undefined;
  /** Seconds since 1970 of the last change (OpenID Connect Core 1.0, 5.1). */
  readonly updatedAt?: number | undefined;
  /** BCP 47 and IANA names. */
  readonly locale?: string | undefined;
  readonly zoneinfo?: string | undefined;
}

/** What a person holds in the one system that asks. */
export interface HeldInSystem {
  /** Business roles through which something is held there. */
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly nativeRoles: readonly string[];
  /** Of the native roles the one profile, where the product has profiles; it is not among the others. */
  readonly profile?: string | undefined;
}

/**
 * Every claim that a system may receive for a person, whatever the scopes (see `claimsWithin`); `sub` aside, which comes
 * from the link.
 * @param login the name by which this system already knows the person.
 */
export function claimsOf(
  module: SystemModule,
  person: Claimant,
  login: string | undefined,
  held: HeldInSystem,
): Claims {
  return { ...personalClaims(module, person, login), ...rightsClaims(module, held) };
}

/** What a personal claim is made of: a field of the account, or the login that the system knows the person by. */
export type PersonalSource =
  | 'name'
  | 'givenName'
  | 'familyName'
  | 'email'
  | 'emailVerified'
  | 'username'
  | 'login'
  | 'account';

/** The part that tells who somebody is. */
export function personalClaims(
  module: Pick<SystemModule, 'claims'>,
  person: Claimant,
  login: string | undefined,
): Claims {
  const claims: Claims = {};
  for (const claim of module.claims) {
    if (isAccountClaim(claim)) {
      const value = person[accountClaims[claim]];
      if (value !== undefined) claims[claim] = value;
      continue;
    }
    const from = sourceOf(claim, person, login);
    if (from !== undefined) claims[claim] = from === 'login' ? login : person[from];
  }
  if (claims.email !== undefined) claims.email_verified = person.emailVerified;
  return claims;
}

/** What each of the personal claims is made of, for the page that tells so. */
export function personalSources(
  module: Pick<SystemModule, 'claims'>,
  person: Claimant,
  login: string | undefined,
): ReadonlyMap<string, PersonalSource> {
  const sources = new Map<string, PersonalSource>([['email_verified', 'emailVerified']]);
  for (const claim of module.claims) {
    const from = isAccountClaim(claim) ? 'account' : sourceOf(claim, person, login);
    if (from !== undefined) sources.set(claim, from);
  }
  return sources;
}

/** The first of these that there is. */
const sourcesOfClaim = {
  name: ['name'],
  given_name: ['givenName'],
  family_name: ['familyName'],
  email: ['email'],
  preferred_username: ['login', 'username', 'email'],
} as const satisfies Record<Exclude<SystemModule['claims'][number], AccountClaim>, readonly PersonalSource[]>;

/** Facts about the account itself, by the claim that tells them. */
const accountClaims = { updated_at: 'updatedAt', locale: 'locale', zoneinfo: 'zoneinfo' } as const;
type AccountClaim = keyof typeof accountClaims;
const isAccountClaim = (claim: string): claim is AccountClaim => Object.hasOwn(accountClaims, claim);

function sourceOf(claim: keyof typeof sourcesOfClaim, person: Claimant, login: string | undefined) {
  for (const from of sourcesOfClaim[claim]) {
    if ((from === 'login' ? login : person[from]) !== undefined) return from;
  }
  return undefined;
}

/** The part that tells what they may do: the same for everybody who holds the same. */
export function rightsClaims({ nativeClaim }: Pick<SystemModule, 'nativeClaim'>, held: HeldInSystem): Claims {
  const claims: Claims = { roles: held.roles, permissions: held.permissions };
  if (nativeClaim === undefined) return claims;
  const { name, shape, profile } = nativeClaim;
  if (profile !== undefined && held.profile !== undefined) claims[profile] = held.profile;
  claims[name] = shape === 'list' ? held.nativeRoles : held.nativeRoles.join(';');
  return claims;
}

/** Claims of the protocol itself and of the standard, by the scope that releases them. */
export const standardClaims = {
  openid: ['sub', 'acr', 'amr', 'auth_time', 'sid'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'updated_at', 'locale', 'zoneinfo'],
  email: ['email', 'email_verified'],
} as const;

const scopeOfClaim: ReadonlyMap<string, string> = new Map(
  Object.entries(standardClaims).flatMap(([scope, claims]) => claims.map((claim): [string, string] => [claim, scope])),
);

/** The claims that the scopes allow; what is no standard claim comes with `roles`, as contract.md says. */
export function claimsWithin(
  claims: Claims,
  scopes: ReadonlySet<string>,
  overrides: readonly { readonly claim: string; readonly scope: string }[] = [],
): Claims {
  const within: Claims = {};
  for (const name of Object.keys(claims)) if (scopes.has(scopeFor(name, overrides))) within[name] = claims[name];
  return within;
}

/** The scope that releases a claim. */
export function scopeFor(
  claim: string,
  overrides: readonly { readonly claim: string; readonly scope: string }[] = [],
): string {
  return overrides.find((one) => one.claim === claim)?.scope ?? scopeOfClaim.get(claim) ?? 'roles';
}
