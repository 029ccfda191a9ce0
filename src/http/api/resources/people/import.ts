import { z } from 'zod';
import { importPeople } from '#actions/people/import/import.ts';
import { HubError } from '#domain/errors.ts';
import { named } from '../../openapi/names.ts';
import { type Route, route } from '../../route.ts';

export const csv = named(
  'PeopleCsv',
  z.string().describe('UTF-8, RFC 4180, columns by name; further columns become attributes'),
);

export const fault = z.object({ line: z.int(), path: z.string().describe('The column'), message: z.string() });

export const report = named(
  'ImportReport',
  z.object({
    loaded: z.boolean(),
    rows: z.int(),
    created: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    left: z.int().describe('Not in the file, and gone with `leavers`'),
    skipped: z.int().describe('Bad rows'),
    faults: z.array(fault),
  }),
);

/** `true` or `false`, false by default. */
export const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional();

const load = route({
  method: 'POST',
  path: '/people/import',
  summary: 'Take people in from a CSV',
  description:
    'Rows meet existing people by employeeNumber, then email. With a bad row nothing is loaded, unless bad rows are to be skipped.',
  permission: 'hub:people-write',
  departments: 'narrowed',
  query: z.strictObject({
    dryRun: flag,
    skipBad: flag,
    emailsVerified: flag,
    leavers: flag,
    confirmLeavers: flag,
    previewed: z
      .string()
      .max(100)
      .describe('The digest of a preview: load what it showed, or nothing (412)')
      .optional(),
  }),
  body: { type: 'text/csv', schema: csv, limit: 16 * 1024 * 1024 },
  answers: { 200: { description: 'What was done, or what a dry run found', schema: report } },
  async handle({ services, origin, query, body }) {
    const found = await importPeople(services, origin, body, query);
    if (found.loaded || query.dryRun === true) return { status: 200, body: found };
    throw new HubError('invalid', 'Nothing was loaded: some rows are bad', { faults: found.faults });
  },
});

export const importRoutes: readonly Route[] = [load];
