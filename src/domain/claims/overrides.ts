import type { FieldFault } from '../errors.ts';
import type { Claimant, Claims, HeldInSystem, PersonalSource } from './claims.ts';

/** What a claim of one's own may hold: a fact about the person, or what the person holds there. */
export type OverrideSource = Exclude<PersonalSource, 'account' | 'login'> | 'roles' | 'permissions' | 'nativeRoles';

/** One line of `settings.claims`: `groups: nativeRoles`, or with a shape `groups: { from: nativeRoles, shape: text }`. */
export interface ClaimOverride {
  readonly claim: string;
  /** Undefined: the claim is not sent. */
  readonly from: OverrideSource | undefined;
  /** A list of names, or one text with `;` between them. */
  readonly shape: 'list' | 'text';
  /** The scope that releases it, which is that of its source. */
  readonly scope: 'profile' | 'email' | 'roles';
}

const scopes: Readonly<Record<OverrideSource, ClaimOverride['scope']>> = {
  name: 'profile',
  givenName: 'profile',
  familyName: 'profile',
  username: 'profile',
  email: 'email',
  emailVerified: 'email',
  roles: 'roles',
  permissions: 'roles',
  nativeRoles: 'roles',
};

/** Claims that say who spoke, to whom and when (RFC 7519, OpenID Connect Core 1.0, 2): nothing else may stand in them. */
const reserved =
  'iss sub aud exp nbf iat jti nonce acr amr azp auth_time at_hash c_hash s_hash sid act cnf events client_id scope typ _claim_names _claim_sources __proto__'.split(
    ' ',
  );

/** `settings.claims` as it was checked; what is malformed is left out. */
export function claimOverrides(settings: Readonly<Record<string, unknown>>): readonly ClaimOverride[] {
  return read(settings).overrides;
}

/** What is wrong in `settings.claims` and `settings.idTokenClaims`, for the check of a system before it is stored. */
export function claimOverrideFaults(settings: Readonly<Record<string, unknown>>): FieldFault[] {
  const { faults } = read(settings);
  const { idTokenClaims: where } = settings;
  if (where !== undefined && where !== 'all' && where !== 'few') {
    faults.push({
      path: 'settings.idTokenClaims',
      message: 'has to be all (the ID token holds what userinfo holds) or few',
    });
  }
  return faults;
}

function read({ claims: table }: Readonly<Record<string, unknown>>): {
  overrides: ClaimOverride[];
  faults: FieldFault[];
} {
  const overrides: ClaimOverride[] = [];
  const faults: FieldFault[] = [];
  if (table === undefined) return { overrides, faults };
  if (typeof table !== 'object' || table === null || Array.isArray(table)) {
    faults.push({ path: 'settings.claims', message: 'has to map claim names to what they hold, like upn: email' });
    return { overrides, faults };
  }
  for (const [claim, value] of Object.entries(table)) {
    const wrong = (message: string) => faults.push({ path: `settings.claims.${claim}`, message });
    const { from, shape = 'list' } = (typeof value === 'object' && value !== null ? value : { from: value }) as {
      from?: unknown;
      shape?: unknown;
    };
    if (reserved.includes(claim)) wrong('belongs to the protocol; choose another name');
    else if (from === false) overrides.push({ claim, from: undefined, shape: 'list', scope: 'profile' });
    else if (typeof from !== 'string' || !Object.hasOwn(scopes, from)) {
      wrong(`has to hold one of ${Object.keys(scopes).join(', ')}, or false to leave it out`);
    } else if (shape !== 'list' && shape !== 'text') wrong('has a shape that is not known; write list or text');
    else overrides.push({ claim, from: from as OverrideSource, shape, scope: scopes[from as OverrideSource] });
  }
  return { overrides, faults };
}

/** The claims with the system's own names and shapes in place. */
export function withOverrides(
  claims: Claims,
  overrides: readonly ClaimOverride[],
  person: Claimant,
  login: string | undefined,
  held: HeldInSystem,
): Claims {
  if (overrides.length === 0) return claims;
  const after: Claims = { ...claims };
  for (const { claim, from, shape } of overrides) {
    const value = from === undefined ? undefined : factOf(from, person, login, held);
    if (value === undefined) delete after[claim];
    else after[claim] = Array.isArray(value) && shape === 'text' ? value.join(';') : value;
  }
  return after;
}

function factOf(from: OverrideSource, person: Claimant, login: string | undefined, held: HeldInSystem): unknown {
  if (from === 'roles' || from === 'permissions' || from === 'nativeRoles') return held[from];
  if (from === 'username') return login ?? person.username ?? person.email;
  return person[from];
}
