/**
 * Sessions and what the protocol hands out. Each holds the provider library's payload and the few fields the hub looks
 * things up by; ids are SHA-256 of what the client holds.
 */
import { z } from 'zod';
import { collection, type Index } from '../collection.ts';

export const artifactSchema = z.object({
  /** The provider library's payload, less what is spent by condition. */
  payload: z.record(z.string(), z.unknown()),
  account: z.string().optional(),
  client: z.string().optional(),
  grant: z.string().optional(),
  /** `uid` of the session a grant or token came from. */
  session: z.string().optional(),
  userCode: z.string().optional(),
  /** When it was spent, in ms; the one-time condition is `{ consumed: null }`. */
  consumed: z.number().optional(),
});
export type Artifact = z.infer<typeof artifactSchema>;

// Few indexes: what ends a session or an account ends its grants, and everything issued under a grant dies with it, so
// nobody has to look for tokens.
function artifacts<N extends string, I extends string>(name: N, indexes: Readonly<Record<I, Index>>) {
  return collection({ name, life: 'live', schemaVersion: 1, schema: artifactSchema, indexes });
}

const byPerson = { account: { fields: ['account'] }, grant: { fields: ['grant'] } };

export const sessionSchema = z
  .object({
    /** The provider library's payload, less its entries and its secret id. */
    payload: z.record(z.string(), z.unknown()),
    account: z.string(),
    /** The public id; the record's id is the SHA-256 of the cookie. */
    uid: z.string(),
    startedAt: z.number(),
    seenAt: z.number(),
    /** When it ends of itself: the record stays a while longer, so that its systems can still be told. */
    endsAt: z.number(),
    /** `endings` of its person as they were when it began. */
    endings: z.number().optional(),
    ip: z.string().optional(),
    agent: z.string().optional(),
    /** The source upstream that it was begun through, and what takes the browser to sign out there, sealed. */
    source: z.string().optional(),
    sourceHint: z.string().optional(),
  })
  // Its entries, one pair of fields for each client, so that two tabs never write over each other's:
  // `grant:<client id>` and `sid:<client id>`.
  .catchall(z.unknown());
export type SessionRecord = z.infer<typeof sessionSchema>;
/** One session serves the hub's pages and OpenID Connect. */
export const sessions = collection({
  name: 'sessions',
  life: 'live',
  schemaVersion: 1,
  schema: sessionSchema,
  indexes: {
    account: { fields: ['account'] },
    uid: { fields: ['uid'], unique: true },
    endsAt: { fields: ['endsAt'] },
    source: { fields: ['source'] },
  },
});
export const interactions = artifacts('interactions', {});
export const grants = artifacts('grants', { account: { fields: ['account'] } });
export const authorizationCodes = artifacts('authorizationCodes', {});
export const accessTokens = artifacts('accessTokens', byPerson);
export const refreshTokens = artifacts('refreshTokens', {});
export const clientCredentials = artifacts('clientCredentials', {});
export const deviceCodes = artifacts('deviceCodes', { userCode: { fields: ['userCode'], unique: true } });
export const pushedRequests = artifacts('pushedRequests', {});
/** `jti` of client assertions and DPoP proofs. */
export const replayMarks = artifacts('replayMarks', {});
