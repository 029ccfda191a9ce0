/** What keeps the hub itself going: deliveries, facts about the store, counters, one-time addresses. */
import { z } from 'zod';
import { collection } from '../collection.ts';

const deliveryState = {
  person: z.string().optional(),
  status: z.enum(['waiting', 'delivered', 'failed']),
  attempts: z.number(),
  nextAt: z.number(),
  /** No more tries after this. */
  giveUpAt: z.number(),
  lastError: z.string().optional(),
  createdAt: z.number(),
};

export const logoutDeliverySchema = z.object({
  kind: z.literal('logout'),
  system: z.string(),
  /** Public id of the session that ended. */
  session: z.string().optional(),
  /** `sub` and `sid` as that system knows them. */
  sub: z.string().optional(),
  sid: z.string().optional(),
  ...deliveryState,
});
export type LogoutDelivery = z.infer<typeof logoutDeliverySchema>;

/** One person is to have in one system what the policy says; what that is is worked out when it is carried. Id: `provision:<system>:<person>`. */
export const provisionDeliverySchema = z.object({
  kind: z.literal('provision'),
  system: z.string(),
  ...deliveryState,
});
export type ProvisionDelivery = z.infer<typeof provisionDeliverySchema>;

export const mailTemplates = [
  'invitation',
  'reset',
  'new-device',
  'credential',
  'locked',
  'break-glass',
  'review-opened',
  'review-due',
  'request-waiting',
  'request-approved',
  'request-rejected',
  'request-expired',
] as const;
export const mailDeliverySchema = z.object({
  kind: z.literal('mail'),
  template: z.enum(mailTemplates),
  /** Language tag, as wished for. */
  locale: z.string(),
  /** The person it speaks of, where that is not who gets it. */
  about: z.string().optional(),
  /** Address, values and link, sealed; gone once the mail is out or given up. */
  sealed: z.string().optional(),
  ...deliveryState,
});
export type MailDelivery = z.infer<typeof mailDeliverySchema>;

export const deliverySchema = z.discriminatedUnion('kind', [
  logoutDeliverySchema,
  mailDeliverySchema,
  provisionDeliverySchema,
]);
export type Delivery = z.infer<typeof deliverySchema>;
export const outbox = collection({
  name: 'outbox',
  life: 'kept',
  schemaVersion: 3,
  schema: deliverySchema,
  indexes: {
    statusNextAt: { fields: ['status', 'nextAt'] },
    kind: { fields: ['kind'] },
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
  schema: z.object({
    purpose: z.enum(['setup', 'invite', 'reset']),
    person: z.string().optional(),
    used: z.boolean(),
    createdAt: z.number().optional(),
    /** `endings` and `addresses` of the person when it was mailed: after a change of either it opens nothing. */
    endings: z.number().optional(),
    addresses: z.number().optional(),
    /** `changedAt` of the password then; absent where there was none. */
    password: z.number().optional(),
  }),
  indexes: { person: { fields: ['person'] } },
});

/** Who does a job that one process of all does, and which processes serve (leases/README.md). Id: the job's name. */
export const leases = collection({
  name: 'leases',
  life: 'live',
  schemaVersion: 1,
  schema: z.object({
    /** Process that holds it: machine, process id, and a part of its own. */
    holder: z.string(),
    /** By the holder's clock, for people who look; nobody decides by it. */
    until: z.number(),
  }),
  indexes: {},
});
