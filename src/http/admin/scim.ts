import type { Request, Response } from 'express';
import { lastCalls } from '#actions/scim/calls.ts';
import { previewReconnect } from '#actions/scim/reconnect.ts';
import { issueScimToken, listScimTokens, mayCallScim, revokeScimToken, scimClient } from '#actions/scim/tokens.ts';
import { getSystem } from '#actions/systems/list.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { refusedAsLine } from './refused.ts';
import { text } from './route.ts';

const shownCalls = 100;

/** `/admin/systems/:id/scim`: how the client connects, its tokens, its last calls, and what connecting it again would change. */
export async function scimPage(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  await show(req, res, deps);
}

async function show(req: Request, res: Response, { services }: HttpDeps, token?: string): Promise<void> {
  const system = await getSystem(services, text(req.params.id));
  const refusedOnly = text(req.query.calls) === 'refused';
  const rights = context(res).viewer?.hub;
  const seesPeople = rights?.has('hub:people-read') === true;
  render(res, 'admin/scim', {
    active: 'systems',
    record: system,
    may: mayCallScim(system),
    mayIssue: rights?.has('hub:systems-write') === true && rights.has('hub:people-write'),
    address: `${services.settings.issuer}/scim/v2`,
    tokenAddress: `${services.settings.issuer}/token`,
    tokens: await listScimTokens(services, system.id),
    calls: await lastCalls(services, system.id, shownCalls, refusedOnly),
    refusedOnly,
    seesPeople,
    adopt: services.settings.scim.adopt,
    reconnect: seesPeople ? await previewReconnect(services, scimClient(services, system.id)) : undefined,
    token,
  });
}

/** Makes a token and shows it on this very page, once: it is kept as a hash alone. */
export async function issuePost(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const { services } = deps;
  const page = `/admin/systems/${encodeURIComponent(text(req.params.id))}/scim`;
  if (!(await freshOrAgain(res, page))) return;
  const days = Number(field(req, 'days'));
  try {
    const { token } = await issueScimToken(services, originOf(req, res), text(req.params.id), days);
    await show(req, res, deps, token);
  } catch (refusal) {
    await refusedAsLine(res, page, () => Promise.reject(refusal));
  }
}

export async function revokePost(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const system = text(req.params.id);
  const page = `/admin/systems/${encodeURIComponent(system)}/scim`;
  if (!(await freshOrAgain(res, page))) return;
  await refusedAsLine(res, page, async () => {
    await revokeScimToken(services, originOf(req, res), system, text(req.params.token));
    flash(res, { tone: 'good', key: 'admin.scim.revoked' });
  });
}
