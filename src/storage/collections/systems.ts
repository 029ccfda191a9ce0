/** The systems that trust the hub. */
import { z } from 'zod';
import { connectorNames } from '#domain/provisioning/settings.ts';
import { collection } from '../collection.ts';

const provisioningSchema = z.object({
  connector: z.enum(connectorNames),
  url: z.string(),
  mode: z.enum(['off', 'preview', 'on']),
  accounts: z.enum(['create', 'link-only']),
  roles: z.enum(['replace', 'add-only', 'one-profile-many-sets']).optional(),
  database: z.string().optional(),
  login: z.string().optional(),
  clientId: z.string().optional(),
  dialect: z.enum(['rfc', 'salesforce', 'hubspot']).optional(),
  api: z.enum(['jsonrpc', 'json2']).optional(),
  grants: z.enum(['groups', 'roles']).optional(),
  check: z.string().optional(),
  parallel: z.number().optional(),
  rate: z.number().optional(),
});

export const systemSchema = z.object({
  /** Where it was made: the configuration (applied at each start) or the console, API or command line. */
  origin: z.enum(['config', 'console']),
  enabled: z.boolean(),
  title: z.string(),
  side: z.enum(['crm', 'erp', 'other']),
  provider: z.string(),
  description: z.string().optional(),
  redirectUris: z.array(z.string()),
  postLogoutRedirectUris: z.array(z.string()),
  backchannelLogoutUri: z.string().optional(),
  launchUri: z.string().optional(),
  clientId: z.string(),
  auth: z.enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none']),
  /** Sealed with the hub's secret (platform/seal). */
  clientSecretSealed: z.string().optional(),
  /** The secret before, sealed alike, and until when (ms) it is good beside the new one; asked at each use. */
  previousSecretSealed: z.string().optional(),
  previousSecretUntil: z.number().optional(),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).optional(),
  jwksUri: z.string().optional(),
  firstParty: z.boolean(),
  api: z.object({ audience: z.string() }).optional(),
  /** That of `api`, where an index finds it: an API belongs to one system. */
  audience: z.string().optional(),
  machine: z.object({ scopes: z.array(z.string()) }).optional(),
  refresh: z.boolean(),
  rotateRefresh: z.boolean(),
  idTokenAlg: z.enum(['RS256', 'ES256']),
  par: z.boolean(),
  open: z.boolean(),
  /** Absent in records from before: no. */
  deviceFlow: z.boolean().optional(),
  session: z.object({ idle: z.string().optional(), absolute: z.string().optional() }).optional(),
  requires: z.enum(['password', 'mfa', 'phishing-resistant']),
  outbound: z.object({ allow: z.array(z.string()) }),
  /** How it may speak at the protocol endpoints; absent ones have their default (`domain/systems/protocol.ts`). */
  pkce: z.enum(['required', 'optional']).optional(),
  implicit: z.boolean().optional(),
  dpop: z.enum(['optional', 'required']).optional(),
  profile: z.enum(['none', 'fapi2']).optional(),
  protocol: z.enum(['oidc', 'saml']).optional(),
  /** How accounts are brought into it; without its secrets. */
  provisioning: provisioningSchema.optional(),
  /** They, sealed with the hub's secret. */
  provisioningSealed: z.string().optional(),
  /** What the provider module asks for. */
  settings: z.record(z.string(), z.unknown()),
  createdAt: z.number(),
  changedAt: z.number(),
});
export type System = z.infer<typeof systemSchema>;
/** Id: the system id, which never changes. */
export const systems = collection({
  name: 'systems',
  life: 'kept',
  schemaVersion: 1,
  schema: systemSchema,
  indexes: {
    clientId: { fields: ['clientId'], unique: true },
    audience: { fields: ['audience'], unique: true },
    side: { fields: ['side'] },
  },
});
