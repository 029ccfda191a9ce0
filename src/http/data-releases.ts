import type { DataReleases, SentClaim, SystemRelease } from '#actions/people/data/releases.ts';
import type { ClaimSource } from '#domain/claims/released.ts';
import type { Texts } from './i18n/catalogue.ts';
import type { SystemNames } from './systems.ts';

/** What a line of the page says: one attribute, or several claims that are one thing to a person. */
interface Line {
  readonly key: string;
  /** Names of the claims, for admins. */
  readonly claims: readonly string[];
  readonly scope: string;
  readonly values: readonly string[];
  readonly lastSent: number | undefined;
}

/** How a claim is called: by what it is made of; what only a sign-in makes stands together. */
const keyOf: Readonly<Record<ClaimSource, string>> = {
  name: 'name',
  givenName: 'givenName',
  familyName: 'familyName',
  email: 'email',
  emailVerified: 'emailVerified',
  username: 'login',
  login: 'login',
  link: 'link',
  session: 'session',
  rights: 'rights',
  native: 'native',
  account: 'account',
};

/** What somebody would look for first stands first. */
const places = [
  'name',
  'givenName',
  'familyName',
  'email',
  'emailVerified',
  'account',
  'login',
  'link',
  'session',
  'roles',
  'rights',
  'native',
];

/**
 * Releases as pages show them, to the person and to an admin alike: systems with something first.
 * @param rightInWords a permission as the reader knows it
 */
export function shownReleases(
  { t }: Texts,
  names: SystemNames,
  { systems }: DataReleases,
  rightInWords: (permission: string) => string = (permission) => permission,
) {
  const order: Readonly<Record<SystemRelease['state'], number>> = { sent: 0, ahead: 1, stopped: 2, none: 3 };
  return systems
    .toSorted((a, b) => order[a.state] - order[b.state])
    .map((release) => ({
      ...release,
      chip: names.of(release.system),
      lines: linesOf(release.claims, (claim, value) => {
        if (typeof value === 'boolean') return t(value ? 'data.yes' : 'data.no');
        return claim === 'permissions' ? rightInWords(String(value)) : String(value);
      }),
      delegated: release.delegated.map(({ permissions, ...one }) => ({
        ...one,
        chip: names.of(one.from),
        permissions: permissions.map(rightInWords),
      })),
    }));
}

function linesOf(claims: readonly SentClaim[], inWords: (claim: string, value: unknown) => string): Line[] {
  const lines = new Map<string, Line>();
  for (const { claim, scope, from, value, lastSent } of claims) {
    // The login there may be the username or the address: it is still what the system calls the person by.
    const key = claim === 'preferred_username' ? 'login' : claim === 'roles' ? 'roles' : keyOf[from];
    const values = value === undefined ? [] : [value].flat().map((one) => inWords(claim, one));
    const before = lines.get(key);
    lines.set(key, {
      ...{ key, scope, lastSent },
      claims: [...(before?.claims ?? []), claim],
      values: [...(before?.values ?? []), ...values],
    });
  }
  // No roles and no rights are worth no line.
  return [...lines.values()]
    .filter(({ key, values }) => values.length > 0 || places.indexOf(key) < places.indexOf('roles'))
    .toSorted((a, b) => places.indexOf(a.key) - places.indexOf(b.key));
}
