/** The versions of the policy, and the draft of the next one. */
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

export const policyDraftSchema = z.object({
  text: z.string(),
  /** The number of the version it was begun on, or last compared with. */
  base: z.number(),
  /** Who changed it last, and when. */
  by: z.string(),
  at: z.number(),
});
export type PolicyDraft = z.infer<typeof policyDraftSchema>;
/** Id: always `next`. There is one draft for all authors, so that nobody publishes past another; its version tells edits apart. */
export const policyDrafts = collection({
  name: 'policyDrafts',
  life: 'kept',
  schemaVersion: 1,
  schema: policyDraftSchema,
  indexes: {},
});
