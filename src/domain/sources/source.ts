/** A source of people as registered (contract.md, "Settings"): an OpenID provider or a directory. */

export const openIdProviders = ['oidc', 'entra', 'google'] as const;
export const directoryProviders = ['ldap', 'ad'] as const;
export const sourceProviders = [...openIdProviders, ...directoryProviders] as const;
export type SourceProvider = (typeof sourceProviders)[number];

interface Common {
  readonly id: string;
  /** On the button of the sign-in page. */
  readonly title: string;
  /** Mail domains whose people are led here (home-realm discovery); lower case. */
  readonly domains: readonly string[];
  /** Makes a person at the first sign-in of somebody who is linked to nobody. */
  readonly create: boolean;
  /** Hub attribute -> name of the claim or attribute upstream: brought up to date at each sign-in. */
  readonly attributes: Readonly<Record<string, string>>;
  /** An address that the source tells counts as verified where the source says so. */
  readonly trustEmail: boolean;
  /** Whom to ask who is not let in; shown on the page. */
  readonly contact?: string;
  readonly outbound: { readonly allow: readonly string[] };
}

export interface OpenIdSource extends Common {
  readonly provider: (typeof openIdProviders)[number];
  readonly issuer: string;
  readonly clientId: string;
  readonly auth: 'client_secret_basic' | 'client_secret_post' | 'none';
  readonly clientSecret?: string;
  readonly scopes: readonly string[];
  /** Signatures of ID tokens that are taken. */
  readonly algs: readonly string[];
  /** Entra: the one tenant whose people may come. */
  readonly tenant?: string;
  /** Google: the one hosted domain whose people may come. */
  readonly hostedDomain?: string;
  /** What the source says of second factors (`amr`) counts; else its word is worth a password. */
  readonly trustMethods: boolean;
  /** After a sign-out here the browser is led to sign out there as well. */
  readonly signOut: boolean;
}

export interface DirectorySource extends Common {
  readonly provider: (typeof directoryProviders)[number];
  /** `ldaps://…`, or `ldap://…` with `startTls`. */
  readonly url: string;
  readonly startTls: boolean;
  /** Certificates (PEM) that the directory's is signed by, where the system's do not do. */
  readonly ca?: string;
  /** Who searches; absent: anonymous. */
  readonly bindDn?: string;
  readonly bindPassword?: string;
  readonly base: string;
  /** `{login}` stands for what was typed, escaped (RFC 4515). */
  readonly filter: string;
  /** Attribute that never changes for a person; default `entryUUID`, for `ad` `objectGUID`. */
  readonly subject: string;
  /** Everybody who belongs to the source, for `sources sync`. */
  readonly everybody: string;
  /** How groups are found; they stand under `memberOf` in `attributes`. */
  readonly groups: DirectoryGroups;
  /** How long it may take to answer one question, in milliseconds. */
  readonly timeout: number;
}

export interface DirectoryGroups {
  /** Told by the person's entry (`memberOf`), or sought with `filter` below `base`. */
  readonly by: 'memberOf' | 'search';
  readonly base: string;
  /** `{dn}` stands for the entry whose groups are sought. */
  readonly filter: string;
  /** Groups of groups: not, by asking group after group, or by Active Directory's own rule (1.2.840.113556.1.4.1941). */
  readonly nested: 'no' | 'walk' | 'chain';
  /** What is told of a group: `dn`, or an attribute of it such as `cn`. */
  readonly value: string;
}

export type SourceSettings = OpenIdSource | DirectorySource;

export function isOpenIdProvider(provider: SourceProvider): provider is OpenIdSource['provider'] {
  return (openIdProviders as readonly string[]).includes(provider);
}

export function isOpenId<T extends { readonly provider: SourceProvider }>(
  source: T,
): source is Extract<T, { readonly provider: OpenIdSource['provider'] }> {
  return isOpenIdProvider(source.provider);
}

/**
 * What a person is made of at the first sign-in where the mapping does not say otherwise: hub attribute -> upstream name. Later
 * sign-ins bring only what the mapping names.
 */
const usual: Readonly<Record<SourceProvider, Readonly<Record<string, string>>>> = {
  oidc: { email: 'email', name: 'name', givenName: 'given_name', familyName: 'family_name' },
  google: { email: 'email', name: 'name', givenName: 'given_name', familyName: 'family_name' },
  entra: { email: 'email', username: 'preferred_username', name: 'name' },
  ldap: { email: 'mail', username: 'uid', name: 'displayName', givenName: 'givenName', familyName: 'sn' },
  ad: { email: 'mail', username: 'sAMAccountName', name: 'displayName', givenName: 'givenName', familyName: 'sn' },
};

export function mappingAtFirst(source: Pick<Common, 'attributes'> & { readonly provider: SourceProvider }) {
  return { ...usual[source.provider], ...source.attributes };
}
