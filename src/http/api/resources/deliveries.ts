import { z } from 'zod';
import { deliverySchema, outbox } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import { type Route, route } from '../route.ts';
import { cursor, given, iso, limit, pageOf } from './shared.ts';

const delivery = named(
  'Delivery',
  deliverySchema
    .omit({ sub: true, sid: true, nextAt: true, giveUpAt: true, createdAt: true })
    .extend({ id: z.string(), version: z.int(), nextAt: z.string(), giveUpAt: z.string(), createdAt: z.string() }),
);

const list = route({
  method: 'GET',
  path: '/deliveries',
  summary: 'List what the hub has told the systems, and what still waits',
  permission: 'hub:systems-read',
  query: z.strictObject({
    system: z.string().max(200).optional(),
    person: z.string().max(200).optional(),
    status: z.enum(['waiting', 'delivered', 'failed']).optional(),
    sort: z.enum(['createdAt', '-createdAt']).describe('Newest first by default').optional(),
    limit,
    cursor,
  }),
  answers: { 200: { description: 'A page of deliveries', schema: pageOf('DeliveryPage', delivery) } },
  async handle({ services, query: { limit: most = 50, cursor: from, sort, ...where } }) {
    // Ids are ordered by time of making.
    const order = sort === 'createdAt' ? 'id' : '-id';
    const page = await services.store.find(outbox, {
      where: given(where),
      sort: order,
      limit: most,
      ...given({ cursor: from }),
    });
    const items = page.items.map((one) => ({
      ...one,
      nextAt: iso(one.nextAt),
      giveUpAt: iso(one.giveUpAt),
      createdAt: iso(one.createdAt),
    }));
    return { status: 200, body: { items, next: page.next } };
  },
});

export const deliveryRoutes: readonly Route[] = [list];
