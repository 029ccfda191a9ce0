import type { Request, Response } from 'express';
import { isOwn } from '#actions/requests/approvers.ts';
import { listRequests } from '#actions/requests/list.ts';
import { decideAndReturn } from '#http/account/requests.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { shownRequest } from '#http/requests.ts';
import { accessRequests } from '#storage/collections.ts';
import { text, withQuery } from './route.ts';

const states = ['open', 'approved', 'rejected', 'withdrawn', 'expired'] as const;

/** `/admin/requests`: who asks for which role, what it would give, which duties would meet; and the decision. */
export async function requestsPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const state = states.find((one) => one === text(req.query.state)) ?? 'open';
  const cursor = text(req.query.cursor);
  const origin = originOf(req, res);
  const page = await listRequests(services, {
    ...{ state, newest: state !== 'open', limit: 50, within: origin.within },
    cursor: cursor === '' ? undefined : cursor,
  });
  const rows = page.items.map(async (one) => ({ ...(await shownRequest(context(res), one)), own: isOwn(origin, one) }));
  render(res, 'admin/requests', {
    active: 'requests',
    states,
    state,
    open: origin.within === undefined ? await services.store.count(accessRequests, { state: 'open' }) : undefined,
    mayDecide: viewer(res).hub.has('hub:roles-assign'),
    rows: await Promise.all(rows),
    next: page.next === null ? undefined : withQuery(req, { cursor: page.next }),
    first: cursor === '' ? undefined : withQuery(req, { cursor: undefined }),
  });
}

export async function decideRequest(req: Request, res: Response): Promise<void> {
  await decideAndReturn(req, res, '/admin/requests');
}
