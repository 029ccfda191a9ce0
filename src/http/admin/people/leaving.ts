import type { Request, Response } from 'express';
import { assignmentsOf } from '#actions/access/reading.ts';
import { changePerson } from '#actions/people/change.ts';
import { leavePerson } from '#actions/people/leave.ts';
import { leavingProof } from '#actions/people/leaving.ts';
import { endOfDay, isDay } from '#domain/days.ts';
import { HubError } from '#domain/errors.ts';
import { isActive } from '#domain/people/active.ts';
import { inForce } from '#domain/policy/subject.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { datesOf, render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { people } from '#storage/collections.ts';
import { refusedAsLine } from '../refused.ts';
import { text } from '../route.ts';

/** `/admin/people/:id/leaving`: their last day, leaving now, and the proof, system by system, that they are out. Made to be printed. */
export async function leavingPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const person = await services.store.get(people, text(req.params.id));
  if (person === undefined) throw new HubError('not-found');
  const now = services.clock.now();
  const [proof, names, assigned] = await Promise.all([
    leavingProof(services, person),
    systemNames(services),
    assignmentsOf(services.store, person.id),
  ]);
  render(res, 'admin/person-leaving', {
    active: 'people',
    record: person,
    proof,
    now,
    isActive: isActive(person, now),
    mayLeave: viewer(res).hub.has('hub:people-write'),
    timeZone: services.settings.timeZone,
    roles: assigned.filter((one) => inForce({ until: one.until }, now)).length,
    rows: proof.systems.map((one) => ({ ...one, chip: names.of(one.system) })),
  });
}

/** Sets the last day (`act` is `on`), takes it away (`stay`), or lets the person leave at once (`now`). */
export async function leave(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const person = await services.store.get(people, text(req.params.id));
  if (person === undefined) throw new HubError('not-found');
  const [act, on, reason] = [text(req.body?.act), text(req.body?.on), text(req.body?.reason)];
  const origin = originOf(req, res);
  const options = { ifVersion: Number(text(req.body?.version)), ...(reason === '' ? {} : { reason }) };
  await refusedAsLine(
    res,
    `/admin/people/${person.id}/leaving`,
    async () => {
      if (act === 'now') {
        await leavePerson(services, origin, person.id, options);
        return flash(res, { tone: 'good', key: 'admin.leaving.left', values: { name: person.name } });
      }
      if (act === 'stay') {
        await changePerson(services, origin, person.id, { lastDay: null }, options);
        return flash(res, { tone: 'good', key: 'admin.leaving.stays', values: { name: person.name } });
      }
      if (act !== 'on' || !isDay(on))
        throw new HubError('invalid', undefined, { faults: [{ path: 'on', message: 'choose their last day' }] });
      await changePerson(services, origin, person.id, { lastDay: on }, options);
      const date = datesOf(context(res)).date((endOfDay(on, services.settings.timeZone) ?? 0) - 1);
      flash(res, { tone: 'good', key: 'admin.leaving.leavesOn', values: { name: person.name, date } });
    },
    { on, reason },
  );
}
