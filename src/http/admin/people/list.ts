import type { Request, Response } from 'express';
import { effectiveAccess } from '#actions/access/effective.ts';
import { hasAnyRight } from '#domain/hub-rights.ts';
import { isActive } from '#domain/people/active.ts';
import { fold } from '#domain/people/folding.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { people } from '#storage/collections.ts';
import type { Query } from '#storage/port.ts';
import { numberedPage } from '../numbered.ts';
import { pageAsked, pagesOf } from '../pages.ts';
import { text } from '../route.ts';

const pageSize = 50;

/** `/admin/people`: who has an account and which systems it opens. */
export async function peoplePage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const q = text(req.query.q);
  const status = text(req.query.status);
  const where: Record<string, NonNullable<Query['where']>[string]> = {};
  const { within } = context(res);
  if (within !== undefined) where.department = { in: within };
  if (q !== '') where.searchTerms = { prefix: fold(q) };
  if (status === 'active' || status === 'disabled') where.status = status;
  const [total, names] = await Promise.all([services.store.count(people, where), systemNames(services)]);
  const page = pageAsked(req, total, pageSize);
  const items = await numberedPage(services.store, people, { where, sort: 'sortName' }, page, pageSize);
  const rows = await Promise.all(
    items.map(async (person) => {
      const access = await effectiveAccess(services, person);
      const systems = [...access.systems].flatMap(([id, held]) => {
        const chip = names.known(id);
        return held.mayEnter && chip !== undefined ? [chip] : [];
      });
      const left = !isActive(person, services.clock.now());
      return { ...person, left, systems, hub: hasAnyRight(access.hubRights) };
    }),
  );
  render(res, 'admin/people', {
    active: 'people',
    q,
    status,
    total,
    within,
    rows,
    pages: pagesOf(req, total, pageSize),
  });
}
