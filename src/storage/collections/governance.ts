/** Decisions about rights that somebody answers for: accepted breaches of separation rules, requests for roles. */
import { z } from 'zod';
import { collection } from '../collection.ts';

export const acceptanceSchema = z.object({
  person: z.string(),
  separation: z.string(),
  reason: z.string(),
  /** Person id of whoever answers for it. */
  owner: z.string(),
  /** Milliseconds, exclusive. */
  until: z.number(),
  by: z.string(),
  at: z.number(),
  /** `lapsed`: it ran out; `revoked`: it was taken back. What has run out counts no more, whether this is written yet or not. */
  state: z.enum(['accepted', 'lapsed', 'revoked']),
  endedAt: z.number().optional(),
});
export type Acceptance = z.infer<typeof acceptanceSchema>;
/** Id: `<person>:<separation>`; accepting again takes the place of the one before, the record has them all. */
export const acceptances = collection({
  name: 'acceptances',
  life: 'kept',
  schemaVersion: 1,
  schema: acceptanceSchema,
  indexes: { person: { fields: ['person'] }, stateUntil: { fields: ['state', 'until'] } },
});

export const accessRequestSchema = z.object({
  /** Who is to have the role. */
  person: z.string(),
  role: z.string(),
  /** Milliseconds; from inclusive, until exclusive. */
  from: z.number().optional(),
  until: z.number().optional(),
  reason: z.string(),
  /** Hash of what stands above; approvals are of this and of nothing else. */
  digest: z.string(),
  state: z.enum(['open', 'approved', 'rejected', 'withdrawn', 'expired']),
  /** `<person>:<role>` while it is open: nobody asks twice for the same. */
  openKey: z.string().optional(),
  approvals: z.array(z.object({ by: z.string(), at: z.number(), digest: z.string(), reason: z.string() })),
  /** Who asked: `person:<id>`, `system:<id>`, `operator`. */
  by: z.string(),
  at: z.number(),
  /** Milliseconds, exclusive; nobody decided until then. */
  openUntil: z.number(),
  decidedBy: z.string().optional(),
  decidedAt: z.number().optional(),
  decision: z.string().optional(),
  /** What an approved one became. */
  assignment: z.string().optional(),
});
export type AccessRequest = z.infer<typeof accessRequestSchema>;
export const accessRequests = collection({
  name: 'accessRequests',
  life: 'kept',
  schemaVersion: 1,
  schema: accessRequestSchema,
  indexes: {
    person: { fields: ['person'] },
    state: { fields: ['state'] },
    stateOpenUntil: { fields: ['state', 'openUntil'] },
    openKey: { fields: ['openKey'], unique: true },
  },
});
