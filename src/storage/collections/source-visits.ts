/** Browsers that were sent to a source and are awaited back. */
import { z } from 'zod';
import { collection } from '../collection.ts';

export const sourceVisitSchema = z.object({
  source: z.string(),
  /** SHA-256 of the value of the cookie of the browser that left. */
  browser: z.string(),
  /** What the way back needs: nonce, PKCE verifier, where it belongs to. Sealed. */
  sealed: z.string(),
});
export type SourceVisit = z.infer<typeof sourceVisitSchema>;
/** Id: SHA-256 of `state`. Spent by being removed. */
export const sourceVisits = collection({
  name: 'sourceVisits',
  life: 'live',
  schemaVersion: 1,
  schema: sourceVisitSchema,
  indexes: {},
});
