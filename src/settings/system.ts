import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { parseDuration } from '#domain/duration.ts';
import type { FieldFault } from '#domain/errors.ts';
import type { SystemModule } from '#domain/providers/system-module.ts';
import { nearest } from '#domain/suggest.ts';
import { registrationFaults } from '#domain/systems/registration.ts';
import { joinPath } from './faults.ts';
import { provisioningDefaults, provisioningShape, withSecretsOfFiles } from './provisioning.ts';
import { fields, readFields, text } from './read.ts';
import type { SystemSettings } from './settings.ts';

const network = z.string().refine((value) => ipaddr.isValidCIDR(value) || ipaddr.isValid(value), {
  error: 'is not a network; write it like 10.1.0.0/16',
});

const sessionLimit = z.string().refine((value) => (parseDuration(value) ?? 0) >= 60_000, {
  error: 'is no duration of at least a minute; write it like 15m or 8h',
});

/** A system as written in the configuration (contract.md, "Settings"); defaults come in `withDefaults`. */
export const systemShape = {
  id: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, {
    error: 'is no system id; it starts with a small letter and holds small letters, digits and hyphens',
  }),
  title: text,
  side: z.enum(['crm', 'erp', 'other']),
  provider: text.optional(),
  description: text.optional(),
  redirectUris: z.array(z.string()).optional(),
  postLogoutRedirectUris: z.array(z.string()).optional(),
  backchannelLogoutUri: z.string().optional(),
  launchUri: z.string().optional(),
  clientId: z
    .string()
    .regex(/^[\x21-\x39\x3b-\x7e]{1,200}$/, { error: 'is no client id; use printable ASCII without spaces and colons' })
    .optional(),
  auth: z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']).optional(),
  clientSecret: text.optional(),
  clientSecretFile: text.optional(),
  jwks: fields({ keys: z.array(z.record(z.string(), z.unknown())) }).optional(),
  jwksUri: z.string().optional(),
  firstParty: z.boolean().optional(),
  api: fields({ audience: text }).optional(),
  machine: fields({ scopes: z.array(z.string()) }).optional(),
  refresh: z.boolean().optional(),
  rotateRefresh: z.boolean().optional(),
  idTokenAlg: z.enum(['RS256', 'ES256']).optional(),
  par: z.boolean().optional(),
  open: z.boolean().optional(),
  deviceFlow: z.boolean().optional(),
  session: fields({ idle: sessionLimit.optional(), absolute: sessionLimit.optional() }).optional(),
  requires: z.enum(['password', 'mfa', 'phishing-resistant']).optional(),
  outbound: fields({ allow: z.array(network) }).optional(),
  pkce: z.enum(['required', 'optional']).optional(),
  implicit: z.boolean().optional(),
  dpop: z.enum(['optional', 'required']).optional(),
  profile: z.enum(['none', 'fapi2']).optional(),
  protocol: z.enum(['oidc', 'saml']).optional(),
  provisioning: provisioningShape.optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
};
export type SystemInput = { [K in keyof typeof systemShape]: z.infer<(typeof systemShape)[K]> };

/** How a system proves who it is where its settings do not say. */
const usualAuth = (profile: SystemInput['profile']) =>
  profile === 'fapi2' ? ('private_key_jwt' as const) : ('client_secret_basic' as const);

/** Fills in what the contract says of a system that is silent about it. */
export function withDefaults(input: SystemInput): SystemSettings {
  const { clientSecretFile: _, provider, clientId, auth, firstParty, refresh, rotateRefresh, ...given } = input;
  const style = auth ?? usualAuth(input.profile);
  const fapi = input.profile === 'fapi2';
  const own = firstParty ?? input.side !== 'other';
  const settings = {
    ...given,
    provider: provider ?? 'generic',
    clientId: clientId ?? input.id,
    auth: style,
    firstParty: own,
    refresh: refresh ?? own,
    rotateRefresh: rotateRefresh ?? style === 'none',
    redirectUris: input.redirectUris ?? [],
    postLogoutRedirectUris: input.postLogoutRedirectUris ?? [],
    idTokenAlg: input.idTokenAlg ?? (fapi ? 'ES256' : 'RS256'),
    par: input.par ?? fapi,
    open: input.open ?? false,
    requires: input.requires ?? 'password',
    outbound: input.outbound ?? { allow: [] },
    provisioning: input.provisioning === undefined ? undefined : provisioningDefaults(input.provisioning),
    settings: input.settings ?? {},
  };
  // Keys that were not given are left out rather than set to undefined: stored records have no such value.
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as unknown as SystemSettings;
}

/** What the settings need to know of a provider module. */
export type ModuleFacts = Pick<SystemModule, 'id' | 'title' | 'exceptions'>;

/** Reads one system of the list and says all that is wrong with it; its secret is told of a faulty one too. */
function readSystem(
  raw: unknown,
  path: string,
  cwd: string,
  modules: readonly ModuleFacts[] | undefined,
  faults: FieldFault[],
): { input: SystemInput | undefined; clientSecret: string | undefined } {
  const found = faults.length;
  const { values, unreadable } = readFields(systemShape, raw, path, faults);
  if (values.clientSecretFile !== undefined) {
    if (values.clientSecret !== undefined) {
      faults.push({ path: `${path}.clientSecretFile`, message: 'stands beside clientSecret; keep one' });
    } else {
      const secret = readSecretFile(values.clientSecretFile, cwd, `${path}.clientSecretFile`, faults);
      // Whatever came of the file, the secret itself is not missing.
      values.clientSecret = secret ?? 'unreadable';
    }
  }
  if (values.provisioning !== undefined) {
    const read = (file: string, at: string) => readSecretFile(file, cwd, at, faults);
    values.provisioning = withSecretsOfFiles(values.provisioning, `${path}.provisioning`, read, faults);
  }
  // A silent system has the default style and no addresses: judged as such.
  const judged = {
    ...values,
    auth: values.auth ?? (unreadable.has('auth') ? undefined : usualAuth(values.profile)),
    redirectUris: values.redirectUris ?? [],
  };
  const provider = unreadable.has('provider') ? undefined : (values.provider ?? 'generic');
  const module = modules?.find(({ id }) => id === provider);
  for (const fault of registrationFaults(judged, module, unreadable)) {
    faults.push({ path: joinPath(path, [fault.path]), message: fault.message });
  }
  if (modules !== undefined && provider !== undefined && module === undefined) {
    const known = modules.map(({ id }) => id);
    const meant = nearest(provider, known);
    faults.push({
      path: `${path}.provider`,
      message: `there is no module ${provider}; ${meant === undefined ? `choose ${known.join(', ')}` : `did you mean ${meant}?`}`,
    });
  }
  const input = faults.length === found ? (values as SystemInput) : undefined;
  return { input, clientSecret: values.clientSecret };
}

/** One system as an import, the API or the command line hands it over. @throws nothing; faults are returned. */
export function checkSystem(
  raw: unknown,
  options: { cwd?: string; modules?: readonly ModuleFacts[] } = {},
): { system: SystemSettings; faults: [] } | { system: undefined; faults: FieldFault[] } {
  const faults: FieldFault[] = [];
  const { input } = readSystem(raw, '', options.cwd ?? process.cwd(), options.modules, faults);
  return input === undefined ? { system: undefined, faults } : { system: withDefaults(input), faults: [] };
}

/** All systems of the list; ids, client ids and audiences are each one system's own. */
export function readSystems(
  list: readonly unknown[],
  options: { cwd: string; modules?: readonly ModuleFacts[] | undefined },
  faults: FieldFault[],
): { systems: SystemSettings[]; clientSecrets: ReadonlyMap<string, string> } {
  const systems: SystemSettings[] = [];
  const clientSecrets = new Map<string, string>();
  const taken = {
    id: new Map<string, string>(),
    clientId: new Map<string, string>(),
    audience: new Map<string, string>(),
  };
  const claim = (kind: keyof typeof taken, value: unknown, path: string) => {
    if (typeof value !== 'string') return;
    const first = taken[kind].get(value);
    if (first !== undefined) faults.push({ path, message: `${value} is taken by ${first}; give each system its own` });
    else taken[kind].set(value, path);
  };
  for (const [index, raw] of list.entries()) {
    const path = `systems[${index}]`;
    const { input, clientSecret } = readSystem(raw, path, options.cwd, options.modules, faults);
    if (clientSecret !== undefined) clientSecrets.set(`${path}.clientSecret`, clientSecret);
    const given = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {};
    claim('id', given.id, `${path}.id`);
    // With neither given nor different, the duplicate id has been reported already.
    if (given.clientId !== undefined || !systems.some((system) => system.id === given.id)) {
      claim('clientId', given.clientId ?? given.id, `${path}.clientId`);
    }
    const api = given.api as { audience?: unknown } | undefined | null;
    claim('audience', api?.audience, `${path}.api.audience`);
    if (input !== undefined) systems.push(withDefaults(input));
  }
  return { systems, clientSecrets };
}

/** The content of a secret's file, less the line end that editors leave. */
export function readSecretFile(file: string, cwd: string, path: string, faults: FieldFault[]): string | undefined {
  try {
    const secret = readFileSync(resolve(cwd, file), 'utf8').replace(/\r?\n$/, '');
    if (secret !== '') return secret;
    faults.push({ path, message: `${file} is empty; put the secret into it` });
  } catch {
    faults.push({ path, message: `${file} cannot be read; name a file that the hub may read` });
  }
  return undefined;
}
