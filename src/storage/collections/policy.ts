/** The versions of the policy. */
import { z } from 'zod';
import { collection } from '../collection.ts';

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
