import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import type { FieldFault } from '#domain/errors.ts';
import { sourceFaults, tenantOf } from '#domain/sources/faults.ts';
import {
  type DirectorySource,
  isOpenIdProvider,
  type OpenIdSource,
  type SourceSettings,
  sourceProviders,
} from '#domain/sources/source.ts';
import { joinPath } from './faults.ts';
import { fields, readFields, text } from './read.ts';
import { readSecretFile } from './system.ts';
import { duration } from './units.ts';

const network = z.string().refine((value) => ipaddr.isValidCIDR(value) || ipaddr.isValid(value), {
  error: 'is not a network; write it like 10.1.0.0/16',
});

/** Signatures that nobody can make who only knows the public key; `none` and HMAC are not among them. */
const signatures = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;

/** A source as written in the configuration, the console or the API; defaults come in `withDefaults`. */
export const sourceShape = {
  id: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, {
    error: 'is no source id; it starts with a small letter and holds small letters, digits and hyphens',
  }),
  title: text,
  provider: z.enum(sourceProviders),
  domains: z.array(z.string()).max(100).optional(),
  create: z.boolean().optional(),
  attributes: z.record(z.string(), text).optional(),
  trustEmail: z.boolean().optional(),
  contact: text.optional(),
  outbound: fields({ allow: z.array(network) }).optional(),
  issuer: z.string().optional(),
  clientId: text.optional(),
  auth: z.enum(['client_secret_basic', 'client_secret_post', 'none']).optional(),
  clientSecret: text.optional(),
  clientSecretFile: text.optional(),
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, { error: 'is no scope' })).optional(),
  algs: z.array(z.enum(signatures)).min(1).optional(),
  tenant: z
    .string()
    .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, { error: 'is no tenant id' })
    .optional(),
  hostedDomain: text.optional(),
  trustMethods: z.boolean().optional(),
  signOut: z.boolean().optional(),
  url: z.string().optional(),
  startTls: z.boolean().optional(),
  ca: text.optional(),
  caFile: text.optional(),
  bindDn: text.optional(),
  bindPassword: text.optional(),
  bindPasswordFile: text.optional(),
  base: z.string().optional(),
  filter: text.optional(),
  subject: text.optional(),
  everybody: text.optional(),
  groups: fields({
    by: z.enum(['memberOf', 'search']).optional(),
    base: text.optional(),
    filter: text.optional(),
    nested: z.enum(['no', 'walk', 'chain']).optional(),
    value: text.optional(),
  }).optional(),
  timeout: z.union([z.number().int().min(100).max(30_000), duration({ atLeast: '100ms', atMost: '30s' })]).optional(),
};
export type SourceInput = { [K in keyof typeof sourceShape]: z.infer<(typeof sourceShape)[K]> };

/** Keys whose value may stand in a file of its own. */
const fromFile = { clientSecretFile: 'clientSecret', bindPasswordFile: 'bindPassword', caFile: 'ca' } as const;

/** Fills in what the contract says of a source that is silent about it. The input has passed `sourceFaults`. */
export function sourceWithDefaults(input: SourceInput): SourceSettings {
  const common = {
    id: input.id,
    title: input.title,
    domains: input.domains ?? [],
    create: input.create ?? false,
    attributes: input.attributes ?? {},
    trustEmail: input.trustEmail ?? false,
    ...given('contact', input.contact),
    outbound: input.outbound ?? { allow: [] },
  };
  const { provider } = input;
  if (isOpenIdProvider(provider)) {
    const tenant = provider === 'entra' ? (input.tenant?.toLowerCase() ?? tenantOf(input.issuer)) : undefined;
    const source: OpenIdSource = {
      ...common,
      provider,
      issuer: input.issuer ?? '',
      clientId: input.clientId ?? '',
      auth: input.auth ?? 'client_secret_basic',
      ...given('clientSecret', input.clientSecret),
      scopes: input.scopes ?? ['openid', 'profile', 'email'],
      algs: input.algs ?? ['RS256', 'ES256'],
      ...given('tenant', tenant),
      ...given('hostedDomain', input.hostedDomain?.toLowerCase()),
      trustMethods: input.trustMethods ?? false,
      signOut: input.signOut ?? false,
    };
    return source;
  }
  const ad = provider === 'ad';
  const filter = input.filter ?? (ad ? '(|(sAMAccountName={login})(userPrincipalName={login}))' : '(uid={login})');
  const source: DirectorySource = {
    ...common,
    provider,
    url: input.url ?? '',
    startTls: input.startTls ?? false,
    ...given('ca', input.ca),
    ...given('bindDn', input.bindDn),
    ...given('bindPassword', input.bindPassword),
    base: input.base ?? '',
    filter,
    subject: input.subject ?? (ad ? 'objectGUID' : 'entryUUID'),
    // Everybody whom some login finds; in Active Directory machines have login names too.
    everybody:
      input.everybody ?? (ad ? '(&(objectCategory=person)(objectClass=user))' : filter.replaceAll('={login}', '=*')),
    groups: {
      by: input.groups?.by ?? 'memberOf',
      base: input.groups?.base ?? input.base ?? '',
      filter: input.groups?.filter ?? '(member={dn})',
      nested: input.groups?.nested ?? (ad ? 'chain' : 'no'),
      value: input.groups?.value ?? 'dn',
    },
    timeout: input.timeout ?? 5000,
  };
  return source;
}

/** Keys that were not given are left out rather than set to undefined: stored records have no such value. */
function given<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: string });
}

/** Reads one source and says all that is wrong with it; its secret is told of a faulty one too. */
function readSource(
  raw: unknown,
  path: string,
  cwd: string,
  faults: FieldFault[],
): { source: SourceSettings | undefined; secrets: [string, string][] } {
  const found = faults.length;
  const { values, unreadable } = readFields(sourceShape, raw, path, faults);
  for (const [file, key] of Object.entries(fromFile) as [
    keyof typeof fromFile,
    'clientSecret' | 'bindPassword' | 'ca',
  ][]) {
    const named = values[file];
    if (named === undefined) continue;
    if (values[key] !== undefined)
      faults.push({ path: joinPath(path, [file]), message: `stands beside ${key}; keep one` });
    else values[key] = readSecretFile(named, cwd, joinPath(path, [file]), faults) ?? 'unreadable';
  }
  const { clientSecretFile: _client, bindPasswordFile: _bind, caFile: _ca, ...judged } = values;
  for (const fault of sourceFaults(judged, unreadable))
    faults.push({ path: joinPath(path, [fault.path]), message: fault.message });
  const secrets = (['clientSecret', 'bindPassword'] as const).flatMap((key): [string, string][] =>
    values[key] === undefined ? [] : [[joinPath(path, [key]), values[key]]],
  );
  return { source: faults.length === found ? sourceWithDefaults(values as SourceInput) : undefined, secrets };
}

/** One source as the console, the API or the command line hands it over. Faults are returned. */
export function checkSource(
  raw: unknown,
  options: { cwd?: string } = {},
): { source: SourceSettings; faults: [] } | { source: undefined; faults: FieldFault[] } {
  const faults: FieldFault[] = [];
  const { source } = readSource(raw, '', options.cwd ?? process.cwd(), faults);
  return source === undefined ? { source: undefined, faults } : { source, faults: [] };
}

/** All sources of the list; each id stands once, and a mail domain leads to one source alone. */
export function readSources(
  list: readonly unknown[],
  cwd: string,
  faults: FieldFault[],
): { sources: SourceSettings[]; secrets: ReadonlyMap<string, string> } {
  const sources: SourceSettings[] = [];
  const secrets: [string, string][] = [];
  const ids = new Map<unknown, string>();
  const domains = new Map<string, string>();
  for (const [index, raw] of list.entries()) {
    const path = `sources[${index}]`;
    const read = readSource(raw, path, cwd, faults);
    secrets.push(...read.secrets);
    const id = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>).id : undefined;
    const first = id === undefined ? undefined : ids.get(id);
    if (first !== undefined)
      faults.push({ path: `${path}.id`, message: `${id} is taken by ${first}; give each its own` });
    else if (id !== undefined) ids.set(id, `${path}.id`);
    for (const [at, domain] of (read.source?.domains ?? []).entries()) {
      const owner = domains.get(domain);
      if (owner === undefined) domains.set(domain, path);
      else faults.push({ path: `${path}.domains[${at}]`, message: `${domain} leads to ${owner} already; remove one` });
    }
    if (read.source !== undefined) sources.push(read.source);
  }
  return { sources, secrets: new Map(secrets) };
}
