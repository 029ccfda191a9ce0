import type { FieldFault } from '#domain/errors.ts';
import { filterFault } from '#domain/ldap/filter.ts';
import { textFields } from '#domain/people/fields.ts';
import { attributeNameFault } from '#domain/people/rules.ts';
import { isLoopback, webAddressFault } from '#domain/systems/addresses.ts';

import { directoryProviders, openIdProviders } from './source.ts';

/** Any of a source's keys, some perhaps missing; it may be half-read. */
export interface SourceDraft {
  readonly provider?: string | undefined;
  readonly domains?: readonly string[] | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly [key: string]: unknown;
}

const openIdKeys = [
  'issuer',
  'clientId',
  'auth',
  'clientSecret',
  'scopes',
  'algs',
  'tenant',
  'hostedDomain',
  'trustMethods',
  'signOut',
];
const directoryKeys = [
  'url',
  'startTls',
  'ca',
  'bindDn',
  'bindPassword',
  'base',
  'filter',
  'subject',
  'everybody',
  'groups',
  'timeout',
];

/**
 * What is wrong with a source, by whichever way it is registered. All faults at once; paths are relative to the source.
 * @param unreadable keys that another check has already found at fault
 */
export function sourceFaults(source: SourceDraft, unreadable: ReadonlySet<string> = new Set()): FieldFault[] {
  const faults: FieldFault[] = [];
  const fault = (path: string, message: string) => faults.push({ path, message });
  const demand = (...keys: string[]) => {
    for (const key of keys)
      if (source[key] === undefined && !unreadable.has(key)) fault(key, `is missing; ${source.provider} needs it`);
  };
  const foreign = (keys: readonly string[]) => {
    for (const key of keys)
      if (source[key] !== undefined) fault(key, `means nothing for ${source.provider}; remove it`);
  };
  for (const [index, domain] of (source.domains ?? []).entries())
    if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(domain))
      fault(`domains[${index}]`, 'is no mail domain; write it in small letters, like example.com');
  for (const name of Object.keys(source.attributes ?? {})) {
    const why = (textFields as readonly string[]).includes(name) ? undefined : attributeNameFault(name);
    if (why !== undefined) fault(`attributes.${name}`, `${name} ${why}; a source cannot set it`);
  }
  if ((openIdProviders as readonly (string | undefined)[]).includes(source.provider)) {
    demand('issuer', 'clientId');
    foreign(directoryKeys);
    openId(source, fault, unreadable);
  } else if ((directoryProviders as readonly (string | undefined)[]).includes(source.provider)) {
    demand('url', 'base');
    foreign(openIdKeys);
    directory(source, fault);
  }
  return faults;
}

/**
 * A secret that is kept goes where it went before: to another address it is typed again, or who may change the address could read it there.
 * @param typed it came with the change
 */
export function movedSecretFault(before: SourceDraft, after: SourceDraft, typed: boolean): FieldFault | undefined {
  const directory = (directoryProviders as readonly (string | undefined)[]).includes(before.provider);
  const secret = directory ? 'bindPassword' : 'clientSecret';
  const places = directory ? ['url', 'startTls', 'ca'] : ['issuer'];
  if (typed || before[secret] === undefined || places.every((place) => before[place] === after[place]))
    return undefined;
  return { path: secret, message: 'is missing: it would go to another place than before; give it again' };
}

type Report = (path: string, message: string) => void;

function openId(source: SourceDraft, fault: Report, unreadable: ReadonlySet<string>): void {
  const { issuer, auth, clientSecret, tenant, hostedDomain, provider } = source;
  const wrong = typeof issuer === 'string' ? (webAddressFault(issuer) ?? queryFault(issuer)) : undefined;
  if (wrong !== undefined) fault('issuer', wrong);
  else if (
    provider === 'entra' &&
    typeof issuer === 'string' &&
    /\/(common|organizations|consumers)(\/|$)/.test(issuer)
  )
    fault('issuer', 'stands for every tenant; write the one that names yours');
  if (auth !== 'none' && clientSecret === undefined && !unreadable.has('clientSecret') && !unreadable.has('auth'))
    fault(
      'clientSecret',
      'is missing; give the secret (clientSecretFile names a file that holds it), or set auth: none',
    );
  if (auth === 'none' && clientSecret !== undefined) fault('clientSecret', 'is not used with auth none; remove it');
  if (provider === 'entra' && tenant === undefined && !unreadable.has('tenant') && tenantOf(issuer) === undefined)
    fault('tenant', 'is missing; give the id of the one tenant whose people may come, or an issuer that names it');
  if (provider !== 'entra' && tenant !== undefined) fault('tenant', 'is for provider entra; remove it');
  if (provider === 'google' && hostedDomain === undefined && !unreadable.has('hostedDomain'))
    fault('hostedDomain', 'is missing; without it every Google account could come: give the company’s domain');
  if (provider !== 'google' && hostedDomain !== undefined) fault('hostedDomain', 'is for provider google; remove it');
}

function queryFault(issuer: string): string | undefined {
  return new URL(issuer).search === '' ? undefined : 'has a query; an issuer has none (OpenID Connect Discovery, 3)';
}

/** The tenant that an issuer of Entra names: `https://login.microsoftonline.com/<tenant id>/v2.0`. */
export function tenantOf(issuer: unknown): string | undefined {
  if (typeof issuer !== 'string') return undefined;
  return /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/|$)/i.exec(issuer)?.[1]?.toLowerCase();
}

function directory(source: SourceDraft, fault: Report): void {
  const { url, startTls, bindDn, bindPassword } = source;
  const parsed = typeof url === 'string' ? URL.parse(url) : undefined;
  if (url !== undefined) {
    const wrong = directoryAddressFault(parsed ?? undefined, startTls === true);
    if (wrong !== undefined) fault('url', wrong);
  }
  if (startTls === true && parsed?.protocol === 'ldaps:') fault('startTls', 'stands beside ldaps:; keep one');
  if ((bindDn === undefined) !== (bindPassword === undefined))
    fault(bindDn === undefined ? 'bindDn' : 'bindPassword', 'is missing; who searches needs both, or neither');
  const groups = (source.groups ?? {}) as { readonly filter?: unknown };
  for (const [path, filter, placeholder] of [
    ['filter', source.filter, '{login}'],
    ['everybody', source.everybody, undefined],
    ['groups.filter', groups.filter, '{dn}'],
  ] as const) {
    const wrong = typeof filter === 'string' ? filterFault(filter, placeholder) : undefined;
    if (wrong !== undefined) fault(path, wrong);
  }
}

function directoryAddressFault(url: URL | undefined, startTls: boolean): string | undefined {
  if (url === undefined || !['ldap:', 'ldaps:'].includes(url.protocol) || url.hostname === '')
    return 'is no address of a directory; write it like ldaps://ad.example.com';
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.username !== '' || url.hash !== '')
    return 'has more than a scheme, a host and a port; write the rest under base and filter';
  if (url.protocol === 'ldap:' && !startTls && !isLoopback(url.hostname))
    return 'would send passwords in the clear; use ldaps://, or add startTls: true';
  return undefined;
}
