import type { Request, Response } from 'express';
import type { HttpDeps } from '#http/deps.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { outbox, people } from '#storage/collections.ts';
import { text, withQuery } from './route.ts';

const states = ['waiting', 'failed', 'delivered'] as const;

/** `/admin/deliveries`: which system was told of which ending, and which was not. */
export async function deliveriesPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const wanted = text(req.query.status);
  const state = states.find((one) => one === wanted) ?? 'waiting';
  const cursor = text(req.query.cursor);
  const { store } = services;
  const [page, names, ...counts] = await Promise.all([
    store.find(outbox, { where: { status: state }, limit: 50, ...(cursor === '' ? {} : { cursor }) }),
    systemNames(services),
    ...states.map((status) => store.count(outbox, { status })),
  ]);
  const rows = await Promise.all(
    page.items.map(async (delivery) => ({
      ...delivery,
      chip: delivery.kind !== 'mail' ? names.of(delivery.system) : undefined,
      mail: delivery.kind === 'mail' ? delivery.template : undefined,
      personName: delivery.person === undefined ? undefined : (await store.get(people, delivery.person))?.name,
    })),
  );
  render(res, 'admin/deliveries', {
    active: 'deliveries',
    state,
    states: states.map((status, index) => ({
      status,
      count: counts[index] ?? 0,
      href: `${req.path}?status=${status}`,
    })),
    rows,
    next: page.next === null ? undefined : withQuery(req, { cursor: page.next }),
    first: cursor === '' ? undefined : withQuery(req, { cursor: undefined }),
  });
}
