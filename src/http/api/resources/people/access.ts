import { z } from 'zod';
import { effectiveAccess } from '#actions/access/effective.ts';
import { type AccessExplanation, explainAccess } from '#actions/access/explain.ts';
import { onlyAbout } from '#actions/access/only-about.ts';
import { personLabel } from '#actions/access/subject.ts';
import { named } from '../../openapi/names.ts';
import { type Route, route } from '../../route.ts';
import { atQuery } from '../policy-questions.ts';
import { findPerson } from './view.ts';

const json = z.record(z.string(), z.unknown());

const systemAccess = named(
  'SystemAccess',
  z
    .object({
      system: z.string(),
      mayEnter: z.boolean(),
      roles: z.array(z.object({ role: z.string(), because: z.array(json) })),
      permissions: z.array(z.object({ permission: z.string(), because: z.array(z.object({ role: z.string() })) })),
      nativeRoles: z.array(z.string()),
      nativeBecause: z.array(z.object({ nativeRole: z.string(), because: z.array(json) })),
      policy: z.int().describe('The version of the policy that was asked'),
      claims: json,
      missing: z.array(z.object({ permission: z.string(), nearest: z.array(json) })),
    })
    .describe('Every path is a reason; `missing` holds what some role grants here and the person lacks'),
);

const access = named(
  'Access',
  z.object({
    person: z.string().describe('The e-mail, or the username where there is none'),
    active: z.boolean(),
    roles: z.array(z.string()),
    systems: z.array(systemAccess),
    hub: z.array(z.string()).describe('Permissions in the hub itself, over everybody'),
    hubLimited: z
      .array(z.object({ permission: z.string(), departments: z.array(z.string()) }))
      .describe('Permissions in the hub over the people of these departments alone'),
  }),
);

const get = route({
  method: 'GET',
  path: '/people/{id}/access',
  summary: 'Show what a person may do where, and why',
  permission: 'hub:people-read',
  departments: 'person',
  find: findPerson,
  query: z.strictObject({
    system: z.string().max(200).describe('This system alone').optional(),
    permission: z.string().max(200).describe('This permission alone: why, or why not').optional(),
    at: atQuery,
  }),
  answers: { 200: { description: 'The effective access with its reasons', schema: access } },
  async handle({ services, item, query: { system, permission, at } }) {
    const effective = await effectiveAccess(services, item, at);
    const wanted = [...effective.systems].filter(([id]) => system === undefined || id === system);
    const systems = wanted.map(async ([id, { mayEnter }]) => ({
      ...only(await explainAccess(services, item, id, at), permission),
      mayEnter,
    }));
    const { active, roles, hub, hubRights } = effective;
    const body = {
      person: personLabel(item),
      active,
      roles,
      systems: await Promise.all(systems),
      hub: [...hub].sort(),
      hubLimited: [...hubRights.limited].map(([one, departments]) => ({
        permission: one,
        departments: [...departments],
      })),
    };
    return { status: 200, body };
  },
});

const only = (explanation: AccessExplanation, permission: string | undefined) =>
  permission === undefined ? explanation : onlyAbout(explanation, permission);

export const accessRoutes: readonly Route[] = [get];
