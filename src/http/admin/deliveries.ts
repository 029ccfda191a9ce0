import type { Request, Response } from 'express';
import type { HttpDeps } from '#http/deps.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { outbox, people } from '#storage/collections.ts';
import { numberedPage } from './numbered.ts';
import { pageAsked, pagesOf } from './pages.ts';
import { text } from './route.ts';

const states = ['waiting', 'failed', 'delivered'] as const;

const pageSize = 50;

/** `/admin/deliveries`: which system was told of which ending, and which was not. */
export async function deliveriesPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const wanted = text(req.query.status);
  const state = states.find((one) => one === wanted) ?? 'waiting';
  const { store } = services;
  const [names, ...counts] = await Promise.all([
    systemNames(services),
    ...states.map((status) => store.count(outbox, { status })),
  ]);
  const total = counts[states.indexOf(state)] ?? 0;
  const page = pageAsked(req, total, pageSize);
  const items = await numberedPage(store, outbox, { where: { status: state } }, page, pageSize);
  const rows = await Promise.all(
    items.map(async (delivery) => ({
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
    pages: pagesOf(req, total, pageSize),
  });
}
