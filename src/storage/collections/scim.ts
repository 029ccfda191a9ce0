/** What SCIM clients made or linked, the groups they keep, their tokens, and their last calls. */
import { z } from 'zod';
import { collection } from '../collection.ts';

export const scimUserSchema = z.object({
  /** System id of the client. */
  client: z.string(),
  person: z.string(),
  /** `removed`: the client deleted it. The person stays, disabled; the same user of the same client finds them again. */
  state: z.enum(['live', 'removed']),
  userName: z.string(),
  /** Folded, for finding. */
  userNameKey: z.string(),
  externalId: z.string().optional(),
  /** Attributes without a place in the person, sealed. */
  restSealed: z.string().optional(),
  createdAt: z.number(),
  changedAt: z.number(),
});
export type ScimUser = z.infer<typeof scimUserSchema>;
/** Id: `<client>:<person>`, so a person is one user of each client. */
export const scimUsers = collection({
  name: 'scimUsers',
  life: 'kept',
  schemaVersion: 1,
  schema: scimUserSchema,
  indexes: {
    person: { fields: ['person'] },
    clientState: { fields: ['client', 'state'] },
    clientUserName: { fields: ['client', 'userNameKey'], unique: true },
    clientExternal: { fields: ['client', 'externalId'], unique: true },
  },
});

export const scimGroupSchema = z.object({
  client: z.string(),
  displayName: z.string(),
  /** Folded. */
  nameKey: z.string(),
  externalId: z.string().optional(),
  createdAt: z.number(),
  changedAt: z.number(),
});
export type ScimGroup = z.infer<typeof scimGroupSchema>;
export const scimGroups = collection({
  name: 'scimGroups',
  life: 'kept',
  schemaVersion: 1,
  schema: scimGroupSchema,
  indexes: {
    client: { fields: ['client'] },
    clientName: { fields: ['client', 'nameKey'], unique: true },
    clientExternal: { fields: ['client', 'externalId'], unique: true },
  },
});

export const scimMemberSchema = z.object({ client: z.string(), group: z.string(), person: z.string() });
export type ScimMember = z.infer<typeof scimMemberSchema>;
/** Id: `<group>:<person>`. */
export const scimMembers = collection({
  name: 'scimMembers',
  life: 'kept',
  schemaVersion: 1,
  schema: scimMemberSchema,
  indexes: { group: { fields: ['group'] }, person: { fields: ['person'] } },
});

export const scimTokenSchema = z.object({
  client: z.string(),
  /** The last characters, so that an administrator recognises it. */
  ending: z.string(),
  by: z.string(),
  createdAt: z.number(),
  endsAt: z.number(),
});
export type ScimToken = z.infer<typeof scimTokenSchema>;
/** Id: SHA-256 of the token. */
export const scimTokens = collection({
  name: 'scimTokens',
  life: 'kept',
  schemaVersion: 1,
  schema: scimTokenSchema,
  indexes: { client: { fields: ['client'] } },
});

export const scimCallSchema = z.object({
  client: z.string(),
  at: z.number(),
  method: z.string(),
  /** Path template, never an id or a filter's value. */
  path: z.string(),
  status: z.number(),
  /** How many of the same within the minute; reads alone are gathered. */
  count: z.number(),
  /** What was wrong, as answered. */
  detail: z.string().optional(),
  person: z.string().optional(),
});
export type ScimCall = z.infer<typeof scimCallSchema>;
export const scimCalls = collection({
  name: 'scimCalls',
  life: 'live',
  schemaVersion: 1,
  schema: scimCallSchema,
  indexes: { client: { fields: ['client'] }, person: { fields: ['person'] } },
});
