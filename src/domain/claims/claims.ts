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

/** The part that tells who somebody is. */
export function personalClaims(
  module: Pick<SystemModule, 'claims'>,
  person: Claimant,
  login: string | undefined,
): Claims {
  const personal: Record<(typeof module.claims)[number], string | undefined> = {
    name: person.name,
    given_name: person.givenName,
    family_name: person.familyName,
    email: person.email,
    preferred_username: login ?? person.username ?? person.email,
  };
  const claims: Claims = {};
  for (const name of module.claims) if (personal[name] !== undefined) claims[name] = personal[name];
  if (claims.email !== undefined) claims.email_verified = person.emailVerified;
  return claims;
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

const scopeOfClaim: Readonly<Record<string, string>> = {
  name: 'profile',
  given_name: 'profile',
  family_name: 'profile',
  preferred_username: 'profile',
  email: 'email',
  email_verified: 'email',
};

/** The claims that the scopes allow; what is no standard claim comes with `roles`, as contract.md says. */
export function claimsWithin(claims: Claims, scopes: ReadonlySet<string>): Claims {
  const within: Claims = {};
  for (const name of Object.keys(claims)) if (scopes.has(scopeFor(name))) within[name] = claims[name];
  return within;
}

/** The scope that releases a claim. */
export function scopeFor(claim: string): string {
  return Object.hasOwn(scopeOfClaim, claim) ? (scopeOfClaim[claim] ?? 'roles') : 'roles';
}
