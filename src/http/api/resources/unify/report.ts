import { Readable } from 'node:stream';
import { z } from 'zod';
import { reportOf } from '#actions/unify/report.ts';
import { reportCsv } from '#actions/unify/report-csv.ts';
import { named } from '../../openapi/names.ts';
import { type Route, route } from '../../route.ts';
import { findUnification } from './unify.ts';

const row = z.object({
  list: z.enum(['crm', 'erp', 'directory']),
  id: z.string(),
  login: z.string(),
  name: z.string(),
  line: z.int(),
  active: z.boolean().describe('Works in its system, by the file'),
  why: z.string().optional(),
  group: z.int().describe('Accounts of one person have one group').optional(),
  person: z.string().describe("The hub's account, once there is one").optional(),
});

const report = named(
  'UnifyReport',
  z.object({
    orphans: z.array(row).describe('In one system only'),
    leavers: z.array(row).describe('Active in a system, though the directory says they left or does not know them'),
    duplicates: z.array(row).describe('Several accounts of one person in one system'),
    technical: z.array(row).describe("Machines, shared and test accounts: nobody's"),
    conflicts: z
      .array(
        z.object({
          person: z.string(),
          label: z.string(),
          separation: z.string(),
          title: z.string(),
          mode: z.enum(['prevent', 'warn']),
          permissions: z.array(z.object({ system: z.string(), permission: z.string() })),
        }),
      )
      .describe('People whose rights in both systems breach a separation rule'),
    open: z.object({ sure: z.int(), doubts: z.int() }).describe('Still to be decided'),
  }),
);

const get = route({
  method: 'GET',
  path: '/unify/{id}/report',
  summary: 'Show what a unification found in both systems',
  permission: 'hub:people-read',
  find: findUnification,
  query: z.strictObject({ format: z.enum(['json', 'csv']).optional() }),
  answers: { 200: { description: 'The report', schema: report, stream: ['text/csv'] } },
  async handle({ services, item, query }) {
    const found = await reportOf(services, item.id);
    if (query.format !== 'csv') return { status: 200, body: found };
    const content = Readable.from([reportCsv(found)]);
    return {
      status: 200,
      body: found,
      stream: { type: 'text/csv; charset=utf-8', filename: 'unify-report.csv', content },
    };
  },
});

export const reportRoutes: readonly Route[] = [get];
