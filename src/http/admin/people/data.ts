import type { Request, Response } from 'express';
import { dataReleases } from '#actions/people/data/releases.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import { shownReleases } from '#http/data-releases.ts';
import type { HttpDeps } from '#http/deps.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { people } from '#storage/collections.ts';
import { text } from '../route.ts';

/** `/admin/people/:id/data`: which system receives what about this person, and why? */
export async function dataPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const person = await services.store.get(people, text(req.params.id));
  if (person === undefined) throw new HubError('not-found');
  const [releases, names] = await Promise.all([dataReleases(services, person), systemNames(services)]);
  render(res, 'admin/person-data', {
    active: 'people',
    record: person,
    systems: shownReleases(context(res).texts, names, releases),
    readBackTo: releases.readBackTo,
  });
}

/** Leads to the export of the API, over a fresh sign-in where the last one is long ago. */
export async function dataExport(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const person = await services.store.get(people, text(req.params.id));
  if (person === undefined) throw new HubError('not-found');
  if (!(await freshOrAgain(res, `/admin/people/${person.id}/data/export`))) return;
  res.redirect(303, `/api/v1/people/${person.id}/data/export`);
}
