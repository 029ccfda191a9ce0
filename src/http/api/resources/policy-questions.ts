import { z } from 'zod';
import { comparePolicies } from '#actions/policy/compare.ts';
import { policyVersion } from '#actions/policy/history.ts';
import { whoCan } from '#actions/policy/holders.ts';
import { matrixInForce } from '#actions/policy/matrix.ts';
import { rollbackPolicy } from '#actions/policy/rollback.ts';
import { systemsForPolicy } from '#actions/policy/systems.ts';
import { HubError } from '#domain/errors.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { parseInstant } from '#domain/policy/dates.ts';
import { policyNotes } from '#domain/policy/notes.ts';
import { unifiedDiff } from '#domain/text/diff.ts';
import type { PolicyVersion } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import { type Look, type Route, route } from '../route.ts';
import { listOf, listQuery, pageOf } from './list.ts';
import { atWords, change, fault, publication, published } from './policy-shapes.ts';

/** @throws HubError not-found: also for a number written in another way than the hub writes it */
export async function findVersion({ services, params }: Pick<Look, 'services' | 'params'>): Promise<PolicyVersion> {
  if (!/^[1-9]\d{0,7}$/.test(params.number ?? '')) throw new HubError('not-found');
  return policyVersion(services, Number(params.number));
}

export const atQuery = z
  .string()
  .max(40)
  .refine((text) => parseInstant(text) !== undefined, atWords)
  .transform((text) => parseInstant(text))
  .describe(atWords)
  .optional()
  .meta({ type: 'string', format: 'date-time' });

const checked = named('PolicyCheck', z.object({ ok: z.boolean(), faults: z.array(fault), notes: z.array(fault) }));

const check = route({
  method: 'POST',
  path: '/policy/check',
  summary: 'Say everything that is wrong in a document',
  permission: 'hub:policy-read',
  body: {
    type: 'application/json',
    schema: named('PolicyText', z.strictObject({ text: z.string() })),
    limit: 2_500_000,
  },
  answers: { 200: { description: 'All faults at once, and what is probably not meant', schema: checked } },
  async handle({ services, body: { text } }) {
    const found = checkPolicy(text, await systemsForPolicy(services));
    const body = found.ok
      ? { ok: true, faults: [], notes: policyNotes(found.document) }
      : { ok: false, faults: found.faults, notes: [] };
    return { status: 200, body };
  },
});

const number = z
  .string()
  .regex(/^[1-9]\d{0,7}$/, 'The number of a version')
  .transform(Number)
  .meta({ type: 'integer' });

const compare = route({
  method: 'GET',
  path: '/policy/diff',
  summary: 'Show what differs between two versions',
  permission: 'hub:policy-read',
  query: z.strictObject({ from: number, to: number }),
  answers: {
    200: {
      description: 'In words and line by line',
      schema: named('PolicyDiff', z.object({ from: z.int(), to: z.int(), changes: z.array(change), diff: z.string() })),
    },
  },
  async handle({ services, query: { from, to } }) {
    const [before, after] = await Promise.all([policyVersion(services, from), policyVersion(services, to)]);
    const diff = unifiedDiff(before.text, after.text, [`version ${from}`, `version ${to}`]);
    return { status: 200, body: { from, to, changes: comparePolicies(before.text, after.text), diff } };
  },
});

const rollback = route({
  method: 'POST',
  path: '/policy/versions/{number}/rollback',
  summary: 'Put an old version in force again, as a new one',
  permission: 'hub:policy-write',
  fresh: true,
  find: findVersion,
  body: { type: 'application/json', schema: publication },
  answers: { 200: { description: 'The version now in force and what changed', schema: published } },
  async handle({ services, origin, item, body: { reason, overBudget } }) {
    return { status: 200, body: await rollbackPolicy(services, origin, item.number, reason, { overBudget }) };
  },
});

const holder = named(
  'PermissionHolder',
  z.object({
    person: z.string().describe('The e-mail, or the username where there is none'),
    personId: z.string(),
    name: z.string(),
    department: z.string().optional(),
  }),
);

const who = route({
  method: 'GET',
  path: '/policy/who-can',
  summary: 'List who holds a permission in a system',
  permission: 'hub:people-read',
  query: z.strictObject({
    permission: z.string().max(200).describe('domain:action'),
    system: z.string().max(200),
    at: atQuery,
    ...listQuery(['name', 'person', 'department']),
  }),
  answers: { 200: { description: 'By name', schema: pageOf('PermissionHolderPage', holder) } },
  async handle({ services, query: { permission, system, at, ...query } }) {
    const { people } = await whoCan(services, permission, system, { at });
    const rows = people.map(({ id, ...rest }) => ({ ...rest, personId: id }));
    return { status: 200, body: listOf(rows, { ...query, ...{ of: [permission, system, at] } }) };
  },
});

const row = z.object({
  domain: z.string(),
  title: z.string(),
  sides: z.array(z.enum(['crm', 'erp', 'other'])),
  servedBy: z.enum(['both', 'crm', 'erp', 'other']),
  actions: z.array(z.object({ action: z.string(), crm: z.array(z.string()), erp: z.array(z.string()) })),
  shared: z.int().describe('Actions that some role grants on both sides'),
  crmOnly: z.int(),
  erpOnly: z.int(),
  unused: z.int(),
  roles: z.array(z.string()),
});

const matrix = route({
  method: 'GET',
  path: '/policy/matrix',
  summary: 'Show what both systems do and what one does alone',
  permission: 'hub:policy-read',
  answers: {
    200: {
      description: 'One row a business domain',
      schema: named('PolicyMatrix', z.object({ policy: z.int(), rows: z.array(row) })),
    },
  },
  handle: async ({ services }) => ({ status: 200, body: await matrixInForce(services) }),
});

export const policyQuestionRoutes: readonly Route[] = [check, compare, rollback, who, matrix];
