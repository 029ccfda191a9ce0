/**
 * The hub's state: every collection, declared once. Protocol artifacts (codes, tokens, sessions, …) hold the provider
 * library's payload and the few fields the hub looks things up by; their ids are SHA-256 of what the client holds.
 */
import { z } from 'zod';
import { collection, type Index } from './collection.ts';

const attribute = z.union([z.string(), z.array(z.string())]);

export const personSchema = z.object({
  email: z.string().optional(),
  emailVerified: z.boolean(),
  username: z.string().optional(),
  /** Folded e-mail and username: one namespace, so nobody's username is another's e-mail. */
  logins: z.array(z.string()),
  name: z.string(),
  /** Nobody told the name; it was made of the other fields, and the policy's rules see none. */
  nameDerived: z.literal(true).optional(),
  givenName: z.string().optional(),
  familyName: z.string().optional(),
  department: z.string().optional(),
  jobTitle: z.string().optional(),
  country: z.string().optional(),
  manager: z.string().optional(),
  employeeNumber: z.string().optional(),
  status: z.enum(['active', 'disabled']),
  /** Further columns, as the policy's rules see them. */
  attributes: z.record(z.string(), attribute),
  /** Folded words of names, logins and employee number, for search by prefix. */
  searchTerms: z.array(z.string()),
  /** Folded name, for sorting. */
  sortName: z.string(),
  createdAt: z.number(),
  changedAt: z.number(),
});
export type Person = z.infer<typeof personSchema>;
export const people = collection({
  name: 'people',
  life: 'kept',
  schemaVersion: 1,
  schema: personSchema,
  indexes: {
    logins: { fields: ['logins'], unique: true },
    employeeNumber: { fields: ['employeeNumber'], unique: true },
    searchTerms: { fields: ['searchTerms'] },
    sortName: { fields: ['sortName'] },
    department: { fields: ['department'] },
    status: { fields: ['status'] },
  },
});

export const credentialSchema = z.object({
  person: z.string(),
  kind: z.enum(['password']),
  /** PHC string (argon2id, or an imported hash until the next sign-in) or `{SSHA}…`. */
  hash: z.string(),
  createdAt: z.number(),
  changedAt: z.number(),
});
export type Credential = z.infer<typeof credentialSchema>;
/** Id: `<person>:<kind>`. */
export const credentials = collection({
  name: 'credentials',
  life: 'kept',
  schemaVersion: 1,
  schema: credentialSchema,
  indexes: { person: { fields: ['person'] } },
});

export const assignmentSchema = z.object({
  person: z.string(),
  role: z.string(),
  /** Milliseconds; from inclusive, until exclusive. */
  from: z.number().optional(),
  until: z.number().optional(),
  reason: z.string(),
  /** Who assigned it: `person:<id>`, `operator`, `system:<id>`. */
  by: z.string(),
  at: z.number(),
});
export type Assignment = z.infer<typeof assignmentSchema>;
export const assignments = collection({
  name: 'assignments',
  life: 'kept',
  schemaVersion: 1,
  schema: assignmentSchema,
  indexes: { person: { fields: ['person'] }, role: { fields: ['role'] } },
});

export const linkSchema = z.object({
  person: z.string(),
  system: z.string(),
  /** The login that this system knows the person by; sent as preferred_username. */
  login: z.string().optional(),
  /** Made with the link, never changed, never reused. */
  sub: z.string(),
  createdAt: z.number(),
});
export type Link = z.infer<typeof linkSchema>;
export const links = collection({
  name: 'links',
  life: 'kept',
  schemaVersion: 1,
  schema: linkSchema,
  indexes: {
    person: { fields: ['person'] },
    personSystem: { fields: ['person', 'system'], unique: true },
    systemSub: { fields: ['system', 'sub'], unique: true },
    systemLogin: { fields: ['system', 'login'], unique: true },
  },
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
  requires: z.enum(['password', 'mfa', 'phishing-resistant']),
  outbound: z.object({ allow: z.array(z.string()) }),
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

export const policyVersionSchema = z.object({
  number: z.number(),
  text: z.string(),
  reason: z.string(),
  by: z.string(),
  at: z.number(),
});
export type PolicyVersion = z.infer<typeof policyVersionSchema>;
/** Id: the number, zero-padded to 8; the highest is in force. Versions are never changed. */
export const policyVersions = collection({
  name: 'policyVersions',
  life: 'kept',
  schemaVersion: 1,
  schema: policyVersionSchema,
  indexes: { number: { fields: ['number'], unique: true } },
});

export const keySchema = z.object({
  alg: z.enum(['ES256', 'RS256']),
  state: z.enum(['next', 'active', 'retired']),
  publicJwk: z.record(z.string(), z.unknown()),
  privateSealed: z.string(),
  createdAt: z.number(),
  activatedAt: z.number().optional(),
  /** When it leaves the JWKS. */
  leavesAt: z.number().optional(),
});
export type SigningKey = z.infer<typeof keySchema>;
/** Id: the kid. */
export const keys = collection({
  name: 'keys',
  life: 'kept',
  schemaVersion: 1,
  schema: keySchema,
  indexes: { state: { fields: ['state'] } },
});

/** Id: the person. Destroying it makes the personal part of that person's audit events unreadable for good. */
export const personKeys = collection({
  name: 'personKeys',
  life: 'kept',
  schemaVersion: 1,
  schema: z.object({ sealed: z.string(), createdAt: z.number() }),
  indexes: {},
});

export const deliverySchema = z.object({
  kind: z.enum(['logout']),
  system: z.string(),
  person: z.string().optional(),
  /** Public id of the session that ended. */
  session: z.string().optional(),
  /** `sub` and `sid` as that system knows them. */
  sub: z.string().optional(),
  sid: z.string().optional(),
  status: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.number(),
  nextAt: z.number(),
  /** No more tries after this. */
  giveUpAt: z.number(),
  lastError: z.string().optional(),
  createdAt: z.number(),
});
export type Delivery = z.infer<typeof deliverySchema>;
export const outbox = collection({
  name: 'outbox',
  life: 'kept',
  schemaVersion: 1,
  schema: deliverySchema,
  indexes: {
    statusNextAt: { fields: ['status', 'nextAt'] },
    system: { fields: ['system'] },
    person: { fields: ['person'] },
  },
});

/** Small facts about the store itself, by name: epoch, set-up state, sealed values. */
export const meta = collection({
  name: 'meta',
  life: 'kept',
  schemaVersion: 1,
  schema: z.record(z.string(), z.unknown()),
  indexes: {},
});

/** Counters against guessing. Id: `<kind>:<keyed hash>`. */
export const throttles = collection({
  name: 'throttles',
  life: 'live',
  schemaVersion: 1,
  schema: z.object({ count: z.number(), since: z.number() }),
  indexes: {},
});

/** One-time addresses: first admin set-up, invitations, resets. Id: SHA-256 of the token. */
export const oneTimeLinks = collection({
  name: 'oneTimeLinks',
  life: 'live',
  schemaVersion: 1,
  schema: z.object({ purpose: z.enum(['setup', 'invite', 'reset']), person: z.string().optional(), used: z.boolean() }),
  indexes: { person: { fields: ['person'] } },
});

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
    ip: z.string().optional(),
    agent: z.string().optional(),
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

/** Everything, for the engines, copies and backups. */
export const allCollections = [
  people,
  credentials,
  assignments,
  links,
  systems,
  policyVersions,
  keys,
  personKeys,
  outbox,
  meta,
  throttles,
  oneTimeLinks,
  sessions,
  interactions,
  grants,
  authorizationCodes,
  accessTokens,
  refreshTokens,
  clientCredentials,
  deviceCodes,
  pushedRequests,
  replayMarks,
] as const;
