import { z } from 'zod';
import { policyHistory, policyVersion } from '#actions/policy/history.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import { simulateOnStore } from '#actions/policy/simulate.ts';
import { systemsForPolicy } from '#actions/policy/systems.ts';
import { HubError } from '#domain/errors.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { compilePolicy } from '#domain/policy/compile.ts';
import { parseInstant } from '#domain/policy/dates.ts';
import type { PolicyVersion } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import { type Route, route } from '../route.ts';
import { listOf, listQuery, pageOf } from './list.ts';
import { findVersion } from './policy-questions.ts';
import { simulation } from './policy-shapes.ts';
import { iso } from './shared.ts';

const summary = z.object({
  number: z.int(),
  version: z.int().describe('The number again, as every item has one'),
  reason: z.string(),
  by: z.string(),
  at: z.string(),
});
const listed = named('PolicyVersionSummary', summary);
const whole = named('PolicyVersion', summary.extend({ text: z.string().describe('The document, YAML') }));

const shown = ({ number, reason, by, at, text }: PolicyVersion) => ({
  number,
  version: number,
  reason,
  by,
  at: iso(at),
  text,
});

const current = route({
  method: 'GET',
  path: '/policy',
  summary: 'Show the policy in force',
  permission: 'hub:policy-read',
  async find({ services }) {
    const { number } = await policyInForce(services);
    if (number === 0) throw new HubError('not-found', 'There is no policy yet; nobody has any rights');
    return policyVersion(services, number);
  },
  answers: { 200: { description: 'The newest version', schema: whole, etag: true } },
  handle: async ({ item }) => ({ status: 200, version: item.number, body: shown(item) }),
});

const versions = route({
  method: 'GET',
  path: '/policy/versions',
  summary: 'List the versions of the policy',
  permission: 'hub:policy-read',
  query: z.strictObject(listQuery(['number'], '-number')),
  answers: { 200: { description: 'Newest first, without the text', schema: pageOf('PolicyVersionPage', listed) } },
  async handle({ services, query }) {
    return { status: 200, body: listOf((await policyHistory(services)).map(shown), query) };
  },
});

const version = route({
  method: 'GET',
  path: '/policy/versions/{number}',
  summary: 'Show one version of the policy',
  permission: 'hub:policy-read',
  find: findVersion,
  answers: { 200: { description: 'The version', schema: whole, etag: true } },
  handle: async ({ item }) => ({ status: 200, version: item.number, body: shown(item) }),
});

const draft = named(
  'PolicyTrial',
  z.strictObject({
    text: z.string().describe('The document, YAML'),
    at: z
      .string()
      .refine(
        (text) => parseInstant(text) !== undefined,
        'A day such as 2026-01-31 (00:00 UTC) or an instant ending in Z',
      )
      .describe('Compare at this time instead of now')
      .optional(),
  }),
);

const simulate = route({
  method: 'POST',
  path: '/policy/simulate',
  summary: 'Show who would gain and lose what',
  description: 'Compares a document with the policy in force. Nothing is published.',
  permission: 'hub:policy-read',
  body: { type: 'application/json', schema: draft },
  answers: { 200: { description: 'The effect on everybody in the store', schema: simulation } },
  async handle({ services, body: { text, at } }) {
    const checked = checkPolicy(text, await systemsForPolicy(services));
    if (!checked.ok) throw new HubError('invalid', 'The policy has faults', { faults: checked.faults });
    const instant = at === undefined ? undefined : parseInstant(at);
    const options = instant === undefined ? {} : { at: instant };
    return {
      status: 200,
      body: await simulateOnStore(services, { text, compiled: compilePolicy(checked.document) }, options),
    };
  },
});

export const policyRoutes: readonly Route[] = [current, versions, version, simulate];
