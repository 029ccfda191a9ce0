import { z } from 'zod';
import { changePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { requireReach } from '#actions/people/rights.ts';
import { searchPeople } from '#actions/people/search.ts';
import { type Look, type Route, route } from '../../route.ts';
import { cursor, limit, pageOf } from '../list.ts';
import { given } from '../shared.ts';
import { findPerson, newPerson, person, personPatch, shown } from './view.ts';

const list = route({
  method: 'GET',
  path: '/people',
  summary: 'Search people',
  permission: 'hub:people-read',
  departments: 'narrowed',
  query: z.strictObject({
    q: z.string().max(200).describe('Beginnings of words: names, e-mail, username, employee number').optional(),
    status: z.enum(['active', 'disabled']).optional(),
    department: z.string().max(200).optional(),
    sort: z.enum(['name', '-name', 'createdAt', '-createdAt']).describe('By name by default').optional(),
    limit,
    cursor,
  }),
  answers: { 200: { description: 'A page of people', schema: pageOf('PersonPage', person) } },
  async handle({ services, origin: { within }, query }) {
    const page = await searchPeople(services, { ...given(query), within });
    return { status: 200, body: { items: page.items.map(shown), next: page.next } };
  },
});

const get = route({
  method: 'GET',
  path: '/people/{id}',
  summary: 'Show one person',
  permission: 'hub:people-read',
  departments: 'person',
  find: findPerson,
  answers: { 200: { description: 'The person', schema: person, etag: true } },
  handle: async ({ item }) => ({ status: 200, version: item.version, body: shown(item) }),
});

const create = route({
  method: 'POST',
  path: '/people',
  summary: 'Add a person',
  permission: 'hub:people-write',
  departments: 'narrowed',
  body: { type: 'application/json', schema: newPerson },
  answers: { 201: { description: 'The person as stored', schema: person, etag: true } },
  async handle({ services, origin, body }) {
    const made = await createPerson(services, origin, given(body));
    const headers = { location: `${services.settings.issuer}/api/v1/people/${made.id}` };
    return { status: 201, version: made.version, headers, body: shown(made) };
  },
});

const patch = route({
  method: 'PATCH',
  path: '/people/{id}',
  summary: 'Change a person',
  description:
    'JSON merge patch (RFC 7396): null takes a value away. `{ "status": "disabled" }` ends everything at once.',
  permission: 'hub:people-write',
  departments: 'person',
  async find(look: Look) {
    const record = await findPerson(look);
    await requireReach(look.services, look.caller.origin, record);
    return record;
  },
  versioned: true,
  body: { type: 'application/merge-patch+json', schema: personPatch },
  answers: { 200: { description: 'The person as they are now', schema: person, etag: true } },
  async handle({ services, origin, item, body, ifVersion }) {
    const changed = await changePerson(services, origin, item.id, body, { ifVersion });
    return { status: 200, version: changed.version, body: shown(changed) };
  },
});

export const personRoutes: readonly Route[] = [list, create, get, patch];
