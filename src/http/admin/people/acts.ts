/** What an admin does to a person from their page. Each answers 303 back to it, with a line saying what was done. */
import type { Request, Response } from 'express';
import { assignRole } from '#actions/assignments/assign.ts';
import { withdrawRole } from '#actions/assignments/withdraw.ts';
import { resetFactors } from '#actions/factors/reset.ts';
import { disablePerson, enablePerson } from '#actions/people/change.ts';
import { requireReach } from '#actions/people/rights.ts';
import { sendLink } from '#actions/recovery/send.ts';
import type { Services } from '#actions/services.ts';
import { endSessions } from '#actions/sessions/end.ts';
import { endOfDay, startOfDay } from '#domain/days.ts';
import { HubError } from '#domain/errors.ts';
import { isHubRole } from '#domain/hub-roles.ts';
import type { HttpDeps } from '#http/deps.ts';
import { type flash as Flash, flash } from '#http/middleware/flash.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import { refusedAsLine } from '../refused.ts';
import { repeat } from '../repeat.ts';
import { text } from '../route.ts';

type Line = Parameters<typeof Flash>[1];
type Act = (services: Services, person: Stored<Person>, req: Request, res: Response) => Promise<Line>;

function formOf(act: Act, kept: readonly string[] = [], dangerous = false) {
  return async (req: Request, res: Response, { services }: HttpDeps): Promise<void> => {
    const person = await services.store.get(people, text(req.params.id));
    if (person === undefined) throw new HubError('not-found');
    // Giving somebody a part of the hub itself is the most dangerous act of all; who takes somebody's factors is half in.
    const asks = dangerous || isHubRole(text(req.body?.role));
    if (asks && !(await freshOrAgain(res, repeat(`/admin/people/${person.id}`)))) return;
    const filled = Object.fromEntries(kept.map((name) => [name, text(req.body?.[name])]));
    await refusedAsLine(
      res,
      `/admin/people/${person.id}`,
      async () => flash(res, await act(services, person, req, res)),
      filled,
    );
  };
}

/** Several values in one field, as lists stand in a people CSV. */
const listed = (field: string): string[] =>
  field
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one !== '');

const version = (req: Request) => ({ ifVersion: Number(text(req.body?.version)) });

export const disable = formOf(async (services, person, req, res) => {
  await disablePerson(services, originOf(req, res), person.id, version(req));
  return { tone: 'good', key: 'admin.person.disabled', values: { name: person.name } };
});

export const enable = formOf(async (services, person, req, res) => {
  await enablePerson(services, originOf(req, res), person.id, version(req));
  return { tone: 'good', key: 'admin.person.enabled', values: { name: person.name } };
});

export const endAllSessions = formOf(async (services, person, req, res) => {
  const origin = originOf(req, res);
  await requireReach(services, origin, person);
  await endSessions(services, origin, person.id, 'admin');
  return { tone: 'good', key: 'admin.person.sessionsEnded', values: { name: person.name } };
});

export const resetMfa = formOf(
  async (services, person, req, res) => {
    const reason = text(req.body?.reason);
    if (reason === '')
      throw new HubError('invalid', undefined, { faults: [{ path: 'reason', message: 'is missing; say why' }] });
    await resetFactors(services, originOf(req, res), person.id, { which: 'all', reason });
    return { tone: 'good', key: 'admin.person.factorsReset', values: { name: person.name } };
  },
  ['reason'],
  true,
);

export const mailLink = formOf(async (services, person, req, res) => {
  const purpose = await sendLink(services, originOf(req, res), person.id);
  return { tone: 'good', key: `admin.person.linkSent.${purpose}`, values: { name: person.name } };
});

export const assign = formOf(
  async (services, person, req, res) => {
    const role = text(req.body?.role);
    const { timeZone } = services.settings;
    const from = startOfDay(text(req.body?.from), timeZone);
    const until = endOfDay(text(req.body?.until), timeZone);
    const departments = listed(text(req.body?.departments));
    await assignRole(services, originOf(req, res), person.id, {
      role,
      reason: text(req.body?.reason),
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
      ...(departments.length === 0 ? {} : { departments }),
    });
    return { tone: 'good', key: 'admin.person.assigned', values: { role, name: person.name } };
  },
  ['role', 'from', 'until', 'departments', 'reason'],
);

export const withdraw = formOf(async (services, person, req, res) => {
  await withdrawRole(services, originOf(req, res), person.id, text(req.params.assignment));
  return { tone: 'good', key: 'admin.person.withdrawn', values: { role: text(req.body?.role), name: person.name } };
});
