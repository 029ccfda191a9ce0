/** What the hub knows of accounts in the products that it provisions. */
import { z } from 'zod';
import { collection } from '../collection.ts';

export const provisionedAccountSchema = z.object({
  system: z.string(),
  person: z.string(),
  /** The product's own id of the account; absent while there is none. */
  account: z.string().optional(),
  login: z.string().optional(),
  /** SHA-256 of what the policy wanted when it was last asked to be carried; another one is to be carried. */
  wanted: z.string(),
  /** What was read in the product last, and when (ms). */
  found: z.object({ active: z.boolean(), roles: z.array(z.string()), profile: z.string().optional() }).optional(),
  readAt: z.number().optional(),
  /** How it differed from the policy when it was read last. */
  drift: z
    .object({
      add: z.array(z.string()),
      remove: z.array(z.string()),
      profile: z.string().optional(),
      /** Active there and should not be, or the other way round. */
      active: z.boolean().optional(),
    })
    .optional(),
});
export type ProvisionedAccount = z.infer<typeof provisionedAccountSchema>;
/** Id: `<system>:<person>`. */
export const provisionedAccounts = collection({
  name: 'provisionedAccounts',
  life: 'kept',
  schemaVersion: 1,
  schema: provisionedAccountSchema,
  indexes: { system: { fields: ['system'] }, person: { fields: ['person'] } },
});

export const provisioningStateSchema = z.object({
  /** When all accounts were read last, in ms. */
  readAt: z.number().optional(),
  accounts: z.number().optional(),
  /** Accounts that differed from the policy then, and those that are nobody's here. */
  drifted: z.number().optional(),
  unmanaged: z.number().optional(),
  /** When somebody asked for it to be carried now, in ms: a product that is rested from is tried at once. */
  askedAt: z.number().optional(),
  /** Why the product could not be asked, at the last attempt. */
  fault: z.object({ code: z.string(), message: z.string(), at: z.number() }).optional(),
});
export type ProvisioningState = z.infer<typeof provisioningStateSchema>;
/** Id: the system id. */
export const provisioningStates = collection({
  name: 'provisioningStates',
  life: 'kept',
  schemaVersion: 1,
  schema: provisioningStateSchema,
  indexes: {},
});
