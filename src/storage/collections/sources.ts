/** Upstream sources of people, and which of their identities is whose. */
import { z } from 'zod';
import { directoryProviders, openIdProviders } from '#domain/sources/source.ts';
import { collection } from '../collection.ts';

const common = {
  /** Where it was made: the configuration (applied at each start) or the console, API or command line. */
  origin: z.enum(['config', 'console']),
  enabled: z.boolean(),
  title: z.string(),
  domains: z.array(z.string()),
  create: z.boolean(),
  /** Hub attribute -> upstream name. */
  attributes: z.record(z.string(), z.string()),
  trustEmail: z.boolean(),
  contact: z.string().optional(),
  outbound: z.object({ allow: z.array(z.string()) }),
  /** The client secret or the password of who searches, sealed (platform/seal). */
  secretSealed: z.string().optional(),
  createdAt: z.number(),
  changedAt: z.number(),
};

export const openIdSourceSchema = z.object({
  ...common,
  provider: z.enum(openIdProviders),
  issuer: z.string(),
  clientId: z.string(),
  auth: z.enum(['client_secret_basic', 'client_secret_post', 'none']),
  scopes: z.array(z.string()),
  algs: z.array(z.string()),
  tenant: z.string().optional(),
  hostedDomain: z.string().optional(),
  trustMethods: z.boolean(),
  signOut: z.boolean(),
});
export type OpenIdSourceRecord = z.infer<typeof openIdSourceSchema>;

export const directorySourceSchema = z.object({
  ...common,
  provider: z.enum(directoryProviders),
  url: z.string(),
  startTls: z.boolean(),
  ca: z.string().optional(),
  bindDn: z.string().optional(),
  base: z.string(),
  filter: z.string(),
  subject: z.string(),
  everybody: z.string(),
  groups: z.object({
    by: z.enum(['memberOf', 'search']),
    base: z.string(),
    filter: z.string(),
    nested: z.enum(['no', 'walk', 'chain']),
    value: z.string(),
  }),
  timeout: z.number(),
});
export type DirectorySourceRecord = z.infer<typeof directorySourceSchema>;

export const sourceSchema = z.discriminatedUnion('provider', [openIdSourceSchema, directorySourceSchema]);
export type Source = z.infer<typeof sourceSchema>;
/** Id: the source id, which never changes. */
export const sources = collection({
  name: 'sources',
  life: 'kept',
  schemaVersion: 1,
  schema: sourceSchema,
  indexes: {},
});

export const identitySchema = z.object({
  person: z.string(),
  source: z.string(),
  /** Who vouches for the subject: the issuer, or `directory:<source id>`. Of another issuer it is another identity. */
  issuer: z.string(),
  subject: z.string(),
  /** The person was made by this identity's first sign-in. */
  made: z.boolean(),
  /** It brought the account's e-mail address, and its source did not vouch for that. Absent in records from before. */
  unvouched: z.boolean().optional(),
  createdAt: z.number(),
  usedAt: z.number(),
  /** What the source told at the last sign-in, sealed and bounded; goes with the person. */
  toldSealed: z.string().optional(),
});
export type Identity = z.infer<typeof identitySchema>;
/** Id: SHA-256 of source, issuer and subject, so each is one person's alone. */
export const identities = collection({
  name: 'identities',
  life: 'kept',
  schemaVersion: 1,
  schema: identitySchema,
  indexes: { person: { fields: ['person'] }, source: { fields: ['source'] } },
});
