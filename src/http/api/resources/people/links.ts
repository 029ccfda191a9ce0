import { z } from 'zod';
import { everyRecord } from '#actions/access/reading.ts';
import type { Stored } from '#storage/collection.ts';
import { type Link, links } from '#storage/collections.ts';
import { named } from '../../openapi/names.ts';
import { type Route, route } from '../../route.ts';
import { listOf, listQuery, pageOf } from '../list.ts';
import { iso } from '../shared.ts';
import { findPerson } from './view.ts';

const link = named(
  'Link',
  z.object({
    id: z.string(),
    version: z.int(),
    person: z.string(),
    system: z.string(),
    login: z.string().describe('The login that this system knows the person by').optional(),
    sub: z.string().describe('Made with the link, never changed, never reused'),
    createdAt: z.string(),
  }),
);

const shown = (record: Stored<Link>) => ({ ...record, createdAt: iso(record.createdAt) });

const list = route({
  method: 'GET',
  path: '/people/{id}/links',
  summary: 'List the logins that systems know a person by',
  permission: 'hub:people-read',
  departments: 'person',
  find: findPerson,
  query: z.strictObject(listQuery(['createdAt', 'system'])),
  answers: { 200: { description: 'A page of links', schema: pageOf('LinkPage', link) } },
  async handle({ services, item, query }) {
    const all = await Array.fromAsync(everyRecord(services.store, links, { where: { person: item.id } }));
    return { status: 200, body: listOf(all.map(shown), query) };
  },
});

export const linkRoutes: readonly Route[] = [list];
