import { z } from 'zod';
import { erasePerson } from '#actions/people/erase/erase.ts';
import { named } from '../../openapi/names.ts';
import { type Route, route } from '../../route.ts';
import { findPerson } from './view.ts';

const request = named(
  'ErasureRequest',
  z.strictObject({ reason: z.string().describe('Why; it stays readable for good, so it has to name nobody') }),
);

const erasure = named(
  'Erasure',
  z.object({
    person: z.string().describe('The id; it stays, and means nobody'),
    sessions: z.int(),
    credentials: z.int(),
    roles: z.int(),
    links: z.int().describe('They stay without a login, so that no `sub` is given again'),
    records: z.int().describe('Merges, proposals and letters that spoke of the person'),
  }),
);

const erase = route({
  method: 'POST',
  path: '/people/{id}/erase',
  summary: 'Erase a person for good',
  description:
    'Ends everything, removes the account and destroys the key of its part of the audit record; the chain still verifies. The last owner stays. Backups from before are not reached.',
  permission: 'hub:people-write',
  departments: 'person',
  find: findPerson,
  fresh: true,
  body: { type: 'application/json', schema: request },
  answers: { 200: { description: 'What was ended and removed', schema: erasure } },
  handle: async ({ services, origin, item, ifVersion, body: { reason } }) => ({
    status: 200,
    body: { ...(await erasePerson(services, origin, item.id, { reason, ifVersion })) },
  }),
});

export const eraseRoutes: readonly Route[] = [erase];
