import type { Request, Response } from 'express';
import { leavingProof } from '#actions/people/leaving.ts';
import { HubError } from '#domain/errors.ts';
import type { HttpDeps } from '#http/deps.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { people } from '#storage/collections.ts';
import { text } from '../route.ts';

/** `/admin/people/:id/leaving`: is this person out of everything, system by system? Made to be printed. */
export async function leavingPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const person = await services.store.get(people, text(req.params.id));
  if (person === undefined) throw new HubError('not-found');
  const [proof, names] = await Promise.all([leavingProof(services, person), systemNames(services)]);
  render(res, 'admin/person-leaving', {
    active: 'people',
    record: person,
    proof,
    now: services.clock.now(),
    rows: proof.systems.map((one) => ({ ...one, chip: names.of(one.system) })),
  });
}
