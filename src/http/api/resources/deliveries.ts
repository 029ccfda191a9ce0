import { z } from 'zod';
import { scan } from '#actions/scan.ts';
import type { Stored } from '#storage/collection.ts';
import { type Delivery, mailTemplates, outbox } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import { type Route, route } from '../route.ts';
import { cursor, holds, limit, pageOf, q } from './list.ts';
import { given, iso } from './shared.ts';

const delivery = named(
  'Delivery',
  z.object({
    id: z.string(),
    version: z.int(),
    kind: z.enum(['logout', 'mail', 'provision']),
    system: z.string().describe('Of a logout or an account: which system').optional(),
    session: z.string().describe('Of a logout: the public id of the session that ended').optional(),
    template: z.enum(mailTemplates).describe('Of a mail: what it tells').optional(),
    person: z.string().optional(),
    status: z.enum(['waiting', 'delivered', 'failed']),
    attempts: z.number(),
    nextAt: z.string(),
    giveUpAt: z.string(),
    lastError: z.string().optional(),
    createdAt: z.string(),
  }),
);

/** Addresses, links and subjects of other systems stay inside. */
function shown(record: Stored<Delivery>) {
  const { id, version, kind, person, status, attempts, lastError } = record;
  const own =
    record.kind === 'mail'
      ? { template: record.template }
      : { system: record.system, ...(record.kind === 'logout' ? { session: record.session } : {}) };
  return {
    ...{ id, version, kind, status, attempts },
    ...given({ ...own, person, lastError }),
    nextAt: iso(record.nextAt),
    giveUpAt: iso(record.giveUpAt),
    createdAt: iso(record.createdAt),
  };
}

const list = route({
  method: 'GET',
  path: '/deliveries',
  summary: 'List what the hub has told systems and people, and what still waits',
  permission: 'hub:systems-read',
  query: z.strictObject({
    q,
    system: z.string().max(200).optional(),
    person: z.string().max(200).optional(),
    kind: z.enum(['logout', 'mail', 'provision']).optional(),
    status: z.enum(['waiting', 'delivered', 'failed']).optional(),
    sort: z.enum(['createdAt', '-createdAt']).describe('Newest first by default').optional(),
    limit,
    cursor,
  }),
  answers: { 200: { description: 'A page of deliveries', schema: pageOf('DeliveryPage', delivery) } },
  async handle({ services, query: { q: text = '', limit: most = 50, cursor: from, sort, ...where } }) {
    // Ids are ordered by time of making.
    const query = { where: given(where), sort: sort === 'createdAt' ? 'id' : '-id' };
    const page = await scan(
      most,
      from,
      (limit, cursor) => services.store.find(outbox, { ...query, limit, ...given({ cursor }) }),
      (one) => holds(one, text.toLowerCase()),
    );
    return { status: 200, body: { items: page.items.map(shown), next: page.next } };
  },
});

export const deliveryRoutes: readonly Route[] = [list];
