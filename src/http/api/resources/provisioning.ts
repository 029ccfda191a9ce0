import { z } from 'zod';
import { findByLogin } from '#actions/people/find.ts';
import { applyProvisioning } from '#actions/provisioning/apply.ts';
import { driftOf } from '#actions/provisioning/drift.ts';
import { planProvisioning } from '#actions/provisioning/plan.ts';
import { shownPlan } from '#actions/provisioning/shown.ts';
import { provisioningStatus } from '#actions/provisioning/status.ts';
import type { Services } from '#actions/services.ts';
import { people } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import { type Route, route } from '../route.ts';
import { found, given, iso } from './shared.ts';
import { find } from './systems-shapes.ts';

const whose = { person: z.string().describe('E-mail or username'), id: z.string(), login: z.string() };
const names = z.array(z.string());

const planShape = {
  system: z.string(),
  at: z.string(),
  create: z.array(z.object({ ...whose, add: names, profile: z.string().optional() })),
  link: z.array(z.object(whose)),
  change: z.array(
    z.object({
      ...{ ...whose, add: names, remove: names, profile: z.string().optional() },
      enable: z.literal(true).describe('Inactive there, and to be active').optional(),
    }),
  ),
  disable: z.array(z.object({ ...whose, remove: names })),
  unmanaged: z
    .array(z.object({ login: z.string(), active: z.boolean() }))
    .describe('Accounts that are nobody’s here; never touched'),
  missing: z.array(z.object(whose)).describe('They should have an account, and none may be made'),
  faults: z.array(z.object({ person: z.string().optional(), login: z.string().optional(), message: z.string() })),
  same: z.int().describe('Accounts that are as they should be'),
};
const plan = named('ProvisioningPlan', z.object(planShape));
const applied = named(
  'ProvisioningRun',
  z.object({ ...planShape, queued: z.int().describe('People who are carried now; see the status') }),
);

const status = named(
  'ProvisioningStatus',
  z.object({
    system: z.string(),
    connector: z.string().optional(),
    mode: z.enum(['off', 'preview', 'on']).describe('Off as well where there is no connector'),
    accounts: z.enum(['create', 'link-only']).optional(),
    roles: z.enum(['replace', 'add-only', 'one-profile-many-sets']).optional(),
    waiting: z.int(),
    carried: z.int().describe('In the last 30 days'),
    failed: z.int().describe('Given up after 24 hours'),
    readAt: z.string().describe('When all accounts were read last').optional(),
    read: z.int().describe('Accounts that were read then').optional(),
    drifted: z.int().optional(),
    unmanaged: z.int().optional(),
    fault: z
      .object({ code: z.string(), message: z.string(), at: z.string() })
      .describe('Why the product could not be asked at the last attempt')
      .optional(),
  }),
);

const one = z.strictObject({
  person: z.string().max(400).describe('Only this one: e-mail, username or id').optional(),
});

async function idOf(services: Services, { person }: { person?: string | undefined }): Promise<string | undefined> {
  if (person === undefined) return undefined;
  return found((await services.store.get(people, person)) ?? (await findByLogin(services, person))).id;
}

const show = route({
  method: 'GET',
  path: '/systems/{id}/provisioning',
  summary: 'Show how far provisioning of a system is',
  permission: 'hub:systems-read',
  find,
  answers: { 200: { description: 'Settings, counts and the last fault', schema: status } },
  async handle({ services, item }) {
    const { target, state, waiting, carried, failed } = await provisioningStatus(services, item.id);
    const { readAt, accounts: read, drifted, unmanaged, fault } = state;
    const body = {
      ...{ system: item.id, mode: target?.settings.mode ?? ('off' as const), waiting, carried, failed },
      ...given({ connector: target?.settings.connector, accounts: target?.settings.accounts, roles: target?.how.mode }),
      ...given({ readAt: readAt === undefined ? undefined : iso(readAt), read, drifted, unmanaged }),
      ...(fault === undefined ? {} : { fault: { ...fault, at: iso(fault.at) } }),
    };
    return { status: 200, body };
  },
});

const asks = {
  plan: {
    summary: 'Show what would be done in the product',
    description: 'Reads the product; changes nothing there.',
    act: planProvisioning,
  },
  drift: {
    summary: 'Show how the product differs from the policy',
    description: 'Reads the product; changes nothing there. With `add-only`, roles that would stay are shown too.',
    act: driftOf,
  },
};

const looks = (['plan', 'drift'] as const).map((name) =>
  route({
    method: 'GET',
    path: `/systems/{id}/provisioning/${name}`,
    summary: asks[name].summary,
    description: asks[name].description,
    permission: 'hub:systems-write',
    find,
    query: one,
    answers: { 200: { description: 'The difference', schema: plan } },
    async handle({ services, origin, item, query }) {
      const person = await idOf(services, query);
      return { status: 200, body: shownPlan(await asks[name].act(services, origin, item.id, person)) };
    },
  }),
);

const apply = route({
  method: 'POST',
  path: '/systems/{id}/provisioning/apply',
  summary: 'Carry the difference into the product',
  description:
    'Answers at once: whoever differs is put into the outbox and carried within seconds, over restarts too. `GET …/provisioning` says how far it is.',
  permission: 'hub:systems-write',
  find,
  body: { type: 'application/json', optional: true, schema: named('ProvisioningOrder', one) },
  answers: { 202: { description: 'The plan that is carried out', schema: applied } },
  async handle({ services, origin, item, body }) {
    const done = await applyProvisioning(services, origin, item.id, await idOf(services, body));
    return { status: 202, body: { ...shownPlan(done), queued: done.queued } };
  },
});

export const provisioningRoutes: readonly Route[] = [show, ...looks, apply];
