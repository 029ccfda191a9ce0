import { z } from 'zod';
import { named } from '../openapi/names.ts';

/** What several routes about the policy take and answer. */
export const permissionHeld = z.object({ system: z.string(), permission: z.string() });
export const permissionRow = permissionHeld.extend({ person: z.string() });
export const conflictRow = z.object({ separation: z.string(), person: z.string() });

const effect = {
  gains: z.array(permissionRow),
  losses: z.array(permissionRow),
  conflicts: z.object({ appear: z.array(conflictRow), vanish: z.array(conflictRow), stand: z.array(conflictRow) }),
};

export const simulation = named(
  'Simulation',
  z.object({ people: z.int().describe('How many were considered, active or not'), ...effect }),
);

export const published = named(
  'PolicyPublished',
  z.object({ version: z.int().describe('The number now in force'), ...effect }),
);

export const publication = named(
  'PolicyPublication',
  z.strictObject({
    reason: z.string().trim().min(1, 'Say why, for the record').max(1_000),
    overBudget: z
      .boolean()
      .describe("Publish also when somebody's claims newly grow beyond the budget of a system")
      .default(false),
  }),
);

export const fault = named(
  'PolicyFault',
  z.object({
    path: z.string(),
    line: z.int(),
    message: z.string(),
    suggestion: z.string().optional(),
  }),
);

export const change = named(
  'PolicyChange',
  z.object({
    part: z.enum(['domain', 'role', 'rule', 'separation', 'delegation']),
    act: z.enum(['added', 'removed', 'changed']),
    id: z.string(),
    fields: z.array(z.object({ field: z.string(), plus: z.array(z.string()), minus: z.array(z.string()) })),
  }),
);

/** `at` of questions: a day (00:00 UTC) or an instant. */
export const atWords = 'A day such as 2026-01-31 (00:00 UTC) or an instant ending in Z; now where it is left out';
