import { z } from 'zod';
import { scan } from '#actions/scan.ts';
import type { Stored } from '#storage/collection.ts';
import { type Delivery, deliverySchema, outbox } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import { type Route, route } from '../route.ts';
import { cursor, holds, limit, pageOf, q } from './list.ts';
import { given, iso } from './shared.ts';

const delivery = named(
  'Delivery',
  deliverySchema
    .omit({ sub: true, sid: true, nextAt: true, giveUpAt: true, createdAt: true })
    .extend({ id: z.string(), version: z.int(), nextAt: z.string(), giveUpAt: z.string(), createdAt: z.string() }),
);

function shown(record: Stored<Delivery>) {
  return {
    ...record,
    nextAt: iso(record.nextAt),
    giveUpAt: iso(record.giveUpAt),
    createdAt: iso(record.createdAt),
  };
}

const list = route({
  method: 'GET',
  path: '/deliveries',
  summary: 'List what the hub has told the systems, and what still waits',
  permission: 'hub:systems-read',
  query: z.strictObject({
    q,
    system: z.string().max(200).optional(),
    person: z.string().max(200).optional(),
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
