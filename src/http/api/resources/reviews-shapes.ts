import { z } from 'zod';
import type { ReviewCounts } from '#actions/reviews/list.ts';
import type { ReviewRow } from '#actions/reviews/rows.ts';
import { parseInstant } from '#domain/policy/dates.ts';
import type { Stored } from '#storage/collection.ts';
import { type Review, reviewItemStates } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import { pageOf } from './list.ts';
import { given, iso } from './shared.ts';

export const reviewStates = z.enum(['opening', 'open', 'closing', 'closed']);

const text = z.string().max(200);
const scope = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('everybody') }),
    z.strictObject({ kind: z.literal('department'), department: text }),
    z.strictObject({ kind: z.literal('system'), system: text }),
    z.strictObject({ kind: z.literal('role'), role: text }),
    z.strictObject({ kind: z.literal('permission'), system: text, permission: text }),
    z.strictObject({ kind: z.literal('conflicts') }),
  ])
  .describe('Active people, and of what they have: all, or what is in this');
const reviewers = z.strictObject({
  managers: z.boolean().describe('First the manager of the person'),
  owners: z
    .array(z.strictObject({ role: text, person: text }))
    .max(500)
    .describe('Then the owner of the role, by id'),
  named: text.describe('Then this person, by id').optional(),
  fallback: text.describe('Last this person, by id; also for what would be the own access of the others'),
});
const undecided = z.enum(['keep', 'withdraw']).describe('What becomes of what nobody decided until the due date');

export const newReview = named(
  'NewReview',
  z.strictObject({
    title: z.string().max(200),
    scope,
    reviewers,
    due: z
      .string()
      .max(40)
      .refine(
        (one) => parseInstant(one) !== undefined,
        'A day such as 2026-01-31 (00:00 UTC) or an instant ending in Z',
      )
      .describe('Exclusive; a day (00:00 UTC) or an instant ending in Z'),
    undecided: undecided.default('keep'),
  }),
);

export const previewShape = named(
  'ReviewPreview',
  z.object({
    items: z.int(),
    people: z.int(),
    byRule: z.int().describe('Given by rules: nothing that could be withdrawn from one person'),
    nobody: z.int().describe('Items that nobody of those who are asked may decide; holders of hub:roles-assign may'),
    reviewers: z.array(z.object({ person: z.string(), items: z.int() })),
  }),
);

export const reviewShape = named(
  'AccessReview',
  z.object({
    id: z.string(),
    version: z.int(),
    title: z.string(),
    state: reviewStates,
    scope,
    reviewers,
    due: z.string(),
    undecided,
    by: z.string(),
    at: z.string(),
    closedAt: z.string().optional(),
    counts: z
      .record(z.string(), z.int())
      .describe(
        'Items by state; `undecided` stayed and `lapsed` was withdrawn, since nobody decided; `gone` ended by itself',
      ),
  }),
);
export const reviewPage = pageOf('AccessReviewPage', reviewShape);

export function shownReview(review: Stored<Review>, counts: Partial<ReviewCounts>) {
  return given({
    ...review,
    due: iso(review.due),
    at: iso(review.at),
    closedAt: review.closedAt === undefined ? undefined : iso(review.closedAt),
    counts,
  });
}

export const itemShape = named(
  'AccessReviewItem',
  z.object({
    id: z.string(),
    version: z.int(),
    review: z.string(),
    person: z.string(),
    role: z.string(),
    reviewer: z.string().describe('Id of who is asked').optional(),
    state: z.enum(reviewItemStates),
    digest: z.string().describe('Hash of what it stands for now; a decision names it and is of this alone').optional(),
    gives: z.array(z.object({ system: z.string(), permissions: z.array(z.string()) })),
    assignment: z
      .object({
        id: z.string(),
        from: z.string().optional(),
        until: z.string().optional(),
        reason: z.string(),
        by: z.string(),
        at: z.string(),
      })
      .optional(),
    rules: z.array(z.object({ path: z.string(), line: z.int() })).describe('The rules that give it'),
    conflicts: z.array(z.string()).describe('Separation rules that are breached with it'),
    stays: z.boolean().describe('Without the assignment the person would have the role all the same'),
    lastUsed: z.string().describe('The last entry into a system that the role grants').optional(),
    notUsedSince: z.string().optional(),
    decision: z.object({ by: z.string(), at: z.string(), reason: z.string().optional() }).optional(),
  }),
);
export const itemPage = pageOf('AccessReviewItemPage', itemShape);

export function shownItem({ item, live, used }: ReviewRow) {
  const { id, version, review, person, role, reviewer, state, decision } = item;
  const { assignment } = live ?? {};
  return given({
    ...{ id, version, review, person, role, state },
    reviewer: reviewer === '' ? undefined : reviewer,
    digest: live?.digest,
    gives: [...(live?.gives ?? [])].map(([system, permissions]) => ({ system, permissions: [...permissions] })),
    assignment:
      assignment === undefined
        ? undefined
        : given({
            ...assignment,
            from: assignment.from === undefined ? undefined : iso(assignment.from),
            until: assignment.until === undefined ? undefined : iso(assignment.until),
            at: iso(assignment.at),
          }),
    rules: (live?.rules ?? []).map(({ path, line }) => ({ path, line })),
    conflicts: (live?.conflicts ?? []).map((one) => one.id),
    stays: live?.stays ?? false,
    lastUsed: used?.at === undefined ? undefined : iso(used.at),
    notUsedSince: used === undefined || used.at !== undefined ? undefined : iso(used.since),
    decision: decision === undefined ? undefined : { ...decision, at: iso(decision.at) },
  });
}
