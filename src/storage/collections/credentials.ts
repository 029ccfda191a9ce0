/** How people prove who they are: passwords, second factors, and what is left of a proof between two steps. */
import { z } from 'zod';
import { collection } from '../collection.ts';

const common = { person: z.string(), createdAt: z.number(), changedAt: z.number() };

export const passwordSchema = z.object({
  ...common,
  kind: z.literal('password'),
  /** PHC string (argon2id, or an imported hash until the next sign-in) or `{SSHA}…`. */
  hash: z.string(),
});
export type PasswordCredential = z.infer<typeof passwordSchema>;

export const totpSchema = z.object({
  ...common,
  kind: z.literal('totp'),
  /** What its owner calls it. */
  label: z.string(),
  /** The shared secret in base32, sealed (platform/seal). */
  sealed: z.string(),
  /** The newest time step that was spent; it and all before it are dead (RFC 6238, 5.2). */
  step: z.number(),
  usedAt: z.number().optional(),
});
export type TotpCredential = z.infer<typeof totpSchema>;

export const passkeySchema = z.object({
  ...common,
  kind: z.literal('passkey'),
  label: z.string(),
  /** WebAuthn credential id and COSE public key, base64url. */
  credential: z.string(),
  publicKey: z.string(),
  counter: z.number(),
  transports: z.array(z.string()),
  /** It is copied between its owner's devices by whoever keeps them in step. */
  synced: z.boolean(),
  usedAt: z.number().optional(),
});
export type PasskeyCredential = z.infer<typeof passkeySchema>;

export const credentialSchema = z.discriminatedUnion('kind', [passwordSchema, totpSchema, passkeySchema]);
export type Credential = z.infer<typeof credentialSchema>;
/** Id: `<person>:password`, `<person>:totp`, or `passkey:<SHA-256 of the credential id>`. */
export const credentials = collection({
  name: 'credentials',
  life: 'kept',
  schemaVersion: 2,
  schema: credentialSchema,
  indexes: { person: { fields: ['person'] } },
});

/** One-time codes for who lost the second factor. Id: a keyed hash of person and code. A spent one is removed. */
export const recoveryCodes = collection({
  name: 'recoveryCodes',
  life: 'kept',
  schemaVersion: 1,
  schema: z.object({ person: z.string(), createdAt: z.number() }),
  indexes: { person: { fields: ['person'] } },
});

export const rememberedDeviceSchema = z.object({
  person: z.string(),
  agent: z.string().optional(),
  createdAt: z.number(),
});
export type RememberedDevice = z.infer<typeof rememberedDeviceSchema>;
/** Browsers that are not asked for a code. Id: SHA-256 of the token in the browser's cookie. */
export const rememberedDevices = collection({
  name: 'rememberedDevices',
  life: 'kept',
  schemaVersion: 1,
  schema: rememberedDeviceSchema,
  indexes: { person: { fields: ['person'] } },
});

export const signInStepSchema = z.object({
  person: z.string(),
  /** Proved so far in this flow (RFC 8176). */
  amr: z.array(z.string()),
  /** `changedAt` of the password that was proved: a new one makes the step worthless. */
  password: z.number().optional(),
  /** The identity that a source proved instead, by id: unlinked, or its source disabled, the step is worthless. */
  identity: z.string().optional(),
  /** When the source had it proved, in seconds since 1970. */
  authTime: z.number().optional(),
  /** `endings` of the person who proved it: after another ending the step is worthless. */
  endings: z.number().optional(),
  /** The same of `addresses`. */
  addresses: z.number().optional(),
});
export type SignInStep = z.infer<typeof signInStepSchema>;
/** A sign-in whose second step is outstanding. Id: SHA-256 of the interaction's secret id. */
export const signInSteps = collection({
  name: 'signInSteps',
  life: 'live',
  schemaVersion: 2,
  schema: signInStepSchema,
  indexes: {},
});

/** Challenges of passkeys. Id: SHA-256 of what they are bound to; spent by being removed. */
export const passkeyChallenges = collection({
  name: 'passkeyChallenges',
  life: 'live',
  schemaVersion: 1,
  schema: z.object({
    challenge: z.string(),
    /** For an enrolment: `endings` and `addresses` of the person when it began. */
    endings: z.number().optional(),
    addresses: z.number().optional(),
  }),
  indexes: {},
});

/** When somebody without a second factor was first asked for one. Id: the person. */
export const factorGraces = collection({
  name: 'factorGraces',
  life: 'kept',
  schemaVersion: 1,
  schema: z.object({ since: z.number() }),
  indexes: {},
});

/** The sealed account. Id: `account`. */
export const breakGlass = collection({
  name: 'breakGlass',
  life: 'kept',
  schemaVersion: 1,
  schema: z.object({ person: z.string() }),
  indexes: {},
});

/** Codes of the sealed account. Id: a keyed hash of the code. A spent one is removed. */
export const breakGlassCodes = collection({
  name: 'breakGlassCodes',
  life: 'kept',
  schemaVersion: 1,
  schema: z.object({ createdAt: z.number() }),
  indexes: {},
});

/** Each time that the sealed account was opened; `open` until an owner said why. */
export const breakGlassUses = collection({
  name: 'breakGlassUses',
  life: 'kept',
  schemaVersion: 1,
  schema: z.object({
    at: z.number(),
    state: z.enum(['open', 'acknowledged']),
    by: z.string().optional(),
    acknowledgedAt: z.number().optional(),
    reason: z.string().optional(),
  }),
  indexes: { at: { fields: ['at'] }, state: { fields: ['state'] } },
});
