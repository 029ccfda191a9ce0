/** Access reviews: a campaign, what it asks about, and whom it asks. */
import { z } from 'zod';
import { collection } from '../collection.ts';

const scopeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('everybody') }),
  z.object({ kind: z.literal('department'), department: z.string() }),
  /** Roles that grant something there; `hub` for the roles of the hub itself. */
  z.object({ kind: z.literal('system'), system: z.string() }),
  z.object({ kind: z.literal('role'), role: z.string() }),
  z.object({ kind: z.literal('permission'), system: z.string(), permission: z.string() }),
  /** What takes part in a breach of a separation rule that nobody accepted. */
  z.object({ kind: z.literal('conflicts') }),
]);
export type ReviewScope = z.infer<typeof scopeSchema>;

export const reviewSchema = z.object({
  title: z.string(),
  scope: scopeSchema,
  /** Who is asked, in this order; all are person ids. The fallback decides what nobody else may. */
  reviewers: z.object({
    managers: z.boolean(),
    owners: z.array(z.object({ role: z.string(), person: z.string() })),
    named: z.string().optional(),
    fallback: z.string(),
  }),
  /** Milliseconds, exclusive. */
  due: z.number(),
  /** What becomes of what nobody decided until then. */
  undecided: z.enum(['keep', 'withdraw']),
  /** `opening`: its items are being made; `closing`: what nobody decided is being settled. */
  state: z.enum(['opening', 'open', 'closing', 'closed']),
  /** Counts the processes that took its work up, so that one that lost its lease writes nothing more. */
  run: z.number(),
  by: z.string(),
  at: z.number(),
  openedAt: z.number().optional(),
  /** Every reviewer has got the mail that it began; that it ends soon. */
  told: z.literal(true).optional(),
  reminded: z.literal(true).optional(),
  closing: z
    .object({
      actor: z.object({ kind: z.enum(['person', 'system', 'hub', 'operator']), id: z.string().optional() }),
      at: z.number(),
      undecided: z.enum(['keep', 'withdraw']),
      reason: z.string().optional(),
    })
    .optional(),
  closedAt: z.number().optional(),
  /** How it ended, by state of its items. */
  counts: z.record(z.string(), z.number()).optional(),
});
export type Review = z.infer<typeof reviewSchema>;
export const reviews = collection({
  name: 'reviews',
  life: 'kept',
  schemaVersion: 1,
  schema: reviewSchema,
  indexes: { state: { fields: ['state'] } },
});

/**
 * `gone`: what it asked about is no more, by somebody else's doing. `undecided`: nobody decided, and it stays. `lapsed`: nobody
 * decided, and it was withdrawn.
 */
export const reviewItemStates = ['open', 'kept', 'withdrawn', 'change', 'gone', 'undecided', 'lapsed'] as const;

export const reviewItemSchema = z.object({
  review: z.string(),
  person: z.string(),
  role: z.string(),
  /** The single assignment; a role that a rule gives has none. */
  assignment: z.string().optional(),
  /** Person id of who is asked; empty while nobody can be. */
  reviewer: z.string(),
  state: z.enum(reviewItemStates),
  /** Hash of what is asked about, or was decided: a decision is of this and of nothing else. */
  digest: z.string(),
  decision: z.object({ by: z.string(), at: z.number(), reason: z.string().optional() }).optional(),
  /** What a `withdrawn` took, to give it back while the review is open. */
  taken: z
    .object({
      from: z.number().optional(),
      until: z.number().optional(),
      departments: z.array(z.string()).optional(),
      reason: z.string(),
      by: z.string(),
      at: z.number(),
      /** How often everything of the person had been ended by then: what leaving ended does not come back. */
      endings: z.number().optional(),
    })
    .optional(),
  /** The decision of before, void since what it was about changed. */
  voided: z.object({ state: z.enum(['kept', 'change']), by: z.string(), at: z.number() }).optional(),
});
export type ReviewItem = z.infer<typeof reviewItemSchema>;
/** Id: `<review>.<person>.<of what>`, so that one review's, and in it one person's, stand together. */
export const reviewItems = collection({
  name: 'reviewItems',
  life: 'kept',
  schemaVersion: 1,
  schema: reviewItemSchema,
  indexes: {
    person: { fields: ['person'] },
    reviewState: { fields: ['review', 'state'] },
    reviewerState: { fields: ['reviewer', 'state'] },
    reviewReviewerState: { fields: ['review', 'reviewer', 'state'] },
  },
});

export const reviewTaskSchema = z.object({
  review: z.string(),
  reviewer: z.string(),
  /** When the mail that it began, and the reminder, were queued. */
  told: z.number().optional(),
  reminded: z.number().optional(),
});
export type ReviewTask = z.infer<typeof reviewTaskSchema>;
/** Whom a review asks. Id: `<review>.<reviewer>`. */
export const reviewTasks = collection({
  name: 'reviewTasks',
  life: 'kept',
  schemaVersion: 1,
  schema: reviewTaskSchema,
  indexes: { review: { fields: ['review'] }, reviewer: { fields: ['reviewer'] } },
});
