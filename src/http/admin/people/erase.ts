import type { Request, Response } from 'express';
import { assignmentsOf } from '#actions/access/reading.ts';
import { erasePerson } from '#actions/people/erase/erase.ts';
import type { Services } from '#actions/services.ts';
import { listSessions } from '#actions/sessions/list.ts';
import { HubError } from '#domain/errors.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import type { Stored } from '#storage/collection.ts';
import { links, type Person, people } from '#storage/collections.ts';
import { refusedAsLine } from '../refused.ts';
import { repeat } from '../repeat.ts';
import { text } from '../route.ts';

async function personOf({ store }: Services, req: Request): Promise<Stored<Person>> {
  const person = await store.get(people, text(req.params.id));
  if (person === undefined) throw new HubError('not-found');
  return person;
}

/** `/admin/people/:id/erase`: what goes, what stays, and the reason. */
export async function erasePage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const person = await personOf(services, req);
  const names = await systemNames(services);
  const [sessions, roles, linked] = await Promise.all([
    listSessions(services, person.id),
    assignmentsOf(services.store, person.id),
    services.store.find(links, { where: { person: person.id }, limit: 200 }),
  ]);
  render(res, 'admin/person-erase', {
    active: 'people',
    record: person,
    sessions: sessions.length,
    roles: roles.length,
    linked: linked.items.map(({ system, login }) => ({ chip: names.of(system), login: login ?? '' })),
  });
}

/** Erases the person, after a fresh sign-in. */
export async function erase(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const person = await personOf(services, req);
  let back = `/admin/people/${person.id}/erase`;
  if (!(await freshOrAgain(res, repeat(back)))) return;
  const reason = text(req.body?.reason);
  await refusedAsLine(
    res,
    () => back,
    async () => {
      const ifVersion = Number(text(req.body?.version));
      const done = await erasePerson(services, originOf(req, res), person.id, { reason, ifVersion });
      flash(res, { tone: 'good', key: 'admin.erase.done', values: { sessions: done.sessions } });
      back = '/admin/people';
    },
    { reason },
  );
}
