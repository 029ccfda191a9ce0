/** Keys: those that sign, and one for each person's part of the audit record. */
import { z } from 'zod';
import { collection } from '../collection.ts';

export const keySchema = z.object({
  alg: z.enum(['ES256', 'RS256']),
  state: z.enum(['next', 'active', 'retired']),
  publicJwk: z.record(z.string(), z.unknown()),
  privateSealed: z.string(),
  createdAt: z.number(),
  activatedAt: z.number().optional(),
  /** When it leaves the JWKS. */
  leavesAt: z.number().optional(),
  /** Somebody else had it: nothing it signed counts any more, but for checkpoints of the audit log. */
  leakedAt: z.number().optional(),
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
