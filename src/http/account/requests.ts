import type { RequestHandler, Response } from 'express';
import { effectiveAccess } from '#actions/access/effective.ts';
import { everyRecord } from '#actions/access/reading.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import { isOwn, manages } from '#actions/requests/approvers.ts';
import { askForRole } from '#actions/requests/ask.ts';
import { changeRequest, withdrawRequest } from '#actions/requests/change.ts';
import { approveRequest, rejectRequest } from '#actions/requests/decide.ts';
import type { Services } from '#actions/services.ts';
import { dayOf, endOfDay, startOfDay } from '#domain/days.ts';
import { refusedAsLine } from '#http/admin/refused.ts';
import { context } from '#http/context.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { shownRequest } from '#http/requests.ts';
import type { Stored } from '#storage/collection.ts';
import { type AccessRequest, accessRequests, people } from '#storage/collections.ts';
import { roleTitle } from './lines.ts';

const path = '/account/requests';
const kept = ['role', 'from', 'until', 'reason'];
/** Of one's own past requests the newest. */
const mostShown = 30;

/** What I asked for, a form to ask, and what waits for me because I am somebody's manager. */
export const requestsPage: RequestHandler = async (req, res) => {
  const state = context(res);
  const { services } = state.deps;
  const { person } = viewer(res);
  const [{ compiled }, access, mine] = await Promise.all([
    policyInForce(services),
    effectiveAccess(services, person),
    Array.fromAsync(everyRecord(services.store, accessRequests, { where: { person: person.id } })),
  ]);
  const waiting = await forManager(services, originOf(req, res), person.id);
  const newest = mine.toReversed().slice(0, mostShown);
  const roles = [...compiled.document.roles.keys()]
    .filter((role) => !access.roles.includes(role) && !mine.some((one) => one.state === 'open' && one.role === role))
    .map((id) => ({ id, title: roleTitle(state.texts, compiled.document, id) }));
  render(res, 'account/requests', {
    roles: roles.toSorted((a, b) => a.title.localeCompare(b.title, state.texts.locale)),
    mine: await Promise.all(newest.map((one) => shownRequest(state, one))),
    waiting: await Promise.all(waiting.map((one) => shownRequest(state, one))),
  });
};

/** Open requests of people whose manager this is. */
async function forManager(services: Services, origin: ReturnType<typeof originOf>, manager: string) {
  const found: Stored<AccessRequest>[] = [];
  for await (const one of everyRecord(services.store, accessRequests, { where: { state: 'open' } })) {
    const person = isOwn(origin, one) ? undefined : await services.store.get(people, one.person);
    if (person !== undefined && (await manages(services, manager, person))) found.push(one);
  }
  return found;
}

export const ask: RequestHandler = async (req, res) => {
  const { services } = context(res).deps;
  const filled = Object.fromEntries(kept.map((name) => [name, field(req, name)]));
  await refusedAsLine(
    res,
    path,
    async () => {
      const person = viewer(res).person.id;
      const asked = { person, role: field(req, 'role'), reason: field(req, 'reason'), ...days(services, req) };
      await askForRole(services, originOf(req, res), asked);
      flash(res, { tone: 'good', key: 'requests.asked' });
    },
    filled,
  );
};

/** @throws HubError `invalid` */
function days({ settings }: Services, req: Parameters<RequestHandler>[0]) {
  const from = startOfDay(field(req, 'from'), settings.timeZone);
  const until = endOfDay(field(req, 'until'), settings.timeZone);
  return { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
}

/** A day that was left as the form showed it is no change of a moment within that day, as the API may have asked for. */
function unlessSame(
  { settings: { timeZone } }: Services,
  req: Parameters<RequestHandler>[0],
  before: AccessRequest | undefined,
  told: ReturnType<typeof days>,
): ReturnType<typeof days> {
  const { from, until } = before ?? {};
  const sameFrom = from !== undefined && field(req, 'from') === dayOf(from, timeZone);
  const sameUntil = until !== undefined && field(req, 'until') === dayOf(until - 1, timeZone);
  return { ...told, ...(sameFrom ? { from } : {}), ...(sameUntil ? { until } : {}) };
}

const version = (req: Parameters<RequestHandler>[0]): number => Number(field(req, 'version'));
const idOf = (req: Parameters<RequestHandler>[0]): string => String(req.params.id ?? '');

export const change: RequestHandler = async (req, res) => {
  const { services } = context(res).deps;
  await refusedAsLine(res, path, async () => {
    const before = await services.store.get(accessRequests, idOf(req));
    const asked = { reason: field(req, 'reason'), ...unlessSame(services, req, before, days(services, req)) };
    await changeRequest(services, originOf(req, res), idOf(req), asked, version(req));
    flash(res, { tone: 'good', key: 'requests.changed' });
  });
};

export const withdraw: RequestHandler = async (req, res) => {
  const { services } = context(res).deps;
  await refusedAsLine(res, path, async () => {
    await withdrawRequest(services, originOf(req, res), idOf(req), version(req));
    flash(res, { tone: 'good', key: 'requests.withdrawn' });
  });
};

/** A manager decides; who may is the action's own question. */
export const decide: RequestHandler = async (req, res) => decideAndReturn(req, res, path);

/** Takes the form of a decision and leads back to its page. */
export async function decideAndReturn(req: Parameters<RequestHandler>[0], res: Response, back: string): Promise<void> {
  const { services } = context(res).deps;
  await refusedAsLine(res, back, async () => {
    const decision = { ifVersion: version(req), reason: field(req, 'reason') };
    const origin = originOf(req, res);
    if (field(req, 'decision') === 'approve') {
      const decided = await approveRequest(services, origin, idOf(req), { ...decision, digest: field(req, 'digest') });
      flash(res, { tone: 'good', key: decided.state === 'approved' ? 'requests.approved' : 'requests.oneMore' });
      return;
    }
    await rejectRequest(services, origin, idOf(req), decision);
    flash(res, { tone: 'good', key: 'requests.rejected' });
  });
}
