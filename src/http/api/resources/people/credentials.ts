import { z } from 'zod';
import { credentialsOf } from '#actions/factors/credentials.ts';
import { factorsOf } from '#actions/factors/remove.ts';
import { resetFactors } from '#actions/factors/reset.ts';
import { HubError } from '#domain/errors.ts';
import { named } from '../../openapi/names.ts';
import { type Look, type Route, route } from '../../route.ts';
import { listOf, listQuery, pageOf } from '../list.ts';
import { given, iso } from '../shared.ts';
import { findPerson, findReachable } from './view.ts';

const credential = named(
  'Credential',
  z.object({
    id: z.string(),
    kind: z.enum(['password', 'totp', 'passkey']),
    label: z.string().optional().describe('What its owner calls it'),
    createdAt: z.string(),
    usedAt: z.string().optional().describe('Of second factors: when it was last used'),
  }),
);

const reasonQuery = z.strictObject({ reason: z.string().min(1).max(500).optional().describe('Why, for the record') });

const list = route({
  method: 'GET',
  path: '/people/{id}/credentials',
  summary: 'List what a person signs in with',
  description: 'Kinds and times; no secret, hash or key. Recovery codes are not among them.',
  permission: 'hub:people-read',
  departments: 'person',
  find: findPerson,
  query: z.strictObject(listQuery(['createdAt'], 'createdAt')),
  answers: { 200: { description: 'A page of credentials', schema: pageOf('CredentialPage', credential) } },
  async handle({ services, item, query }) {
    const { password, totp, passkeys } = await credentialsOf(services, item.id);
    const all = [password, totp, ...passkeys].filter((one) => one !== undefined);
    const shown = all.map((one) => {
      const { id, kind, createdAt } = one;
      const second = kind === 'password' ? {} : { label: one.label, usedAt: one.usedAt && iso(one.usedAt) };
      return given({ id, kind, createdAt: iso(createdAt), ...second });
    });
    return { status: 200, body: listOf(shown, query) };
  },
});

const resetAll = route({
  method: 'DELETE',
  path: '/people/{id}/credentials',
  summary: 'Take all second factors from a person',
  description:
    'With recovery codes and remembered browsers; every session ends. The password stays. Who may is said by `hub:password-reset`; never for holders of more rights in the hub.',
  permission: 'hub:password-reset',
  fresh: true,
  departments: 'person',
  find: findReachable,
  query: reasonQuery,
  answers: { 204: { description: 'None is left' } },
  async handle({ services, origin, item, query }) {
    await resetFactors(services, origin, item.id, given({ which: 'all', reason: query.reason }));
    return { status: 204 };
  },
});

const resetOne = route({
  method: 'DELETE',
  path: '/people/{id}/credentials/{credential}',
  summary: 'Take one second factor from a person',
  permission: 'hub:password-reset',
  fresh: true,
  departments: 'person',
  async find(look: Look) {
    const person = await findReachable(look);
    const one = (await factorsOf(look.services, person.id)).find(({ id }) => id === look.params.credential);
    if (one === undefined) throw new HubError('not-found');
    return { person: person.id, which: one.id };
  },
  query: reasonQuery,
  answers: { 204: { description: 'Taken; every session of the person ended' } },
  async handle({ services, origin, item, query }) {
    await resetFactors(services, origin, item.person, given({ which: item.which, reason: query.reason }));
    return { status: 204 };
  },
});

export const credentialRoutes: readonly Route[] = [list, resetAll, resetOne];
