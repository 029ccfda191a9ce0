import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import { CommitConflict, isUnavailable } from '#storage/port.ts';
import type { UnitOfWork } from '#storage/unit-of-work.ts';
import { refuseUnreadable } from './basic-auth.ts';
import { answerJwtQuestions } from './jwt-questions.ts';
import { answerLostRace, runsAgain } from './lost-race.ts';
import { originOf } from './origin.ts';
import { onwardFrom, uidIn } from './over.ts';
import type { ErrorPages } from './pages.ts';
import { isForPeople } from './paths.ts';
import { openerOf } from './pushed-request.ts';
import { recordOutcome } from './record/outcome.ts';
import { clearHeaders, respond } from './respond.ts';
import { type RequestState, stateOf } from './state.ts';

/** How often a request without a body is run again when another overtook it. */
const attempts = 5;

export type Execute = (ctx: KoaContextWithOIDC) => Promise<unknown>;

/** The library's own handler, without Koa's outer shell: the hub commits between it and the first byte. */
export function executeOf(provider: Provider): Execute {
  const [handler] = provider.middleware;
  if (handler === undefined) throw new Error('the provider library has no handler any more');
  return async (ctx) => handler(ctx, async () => {});
}

/**
 * One request, one commit. The library's handler runs inside a unit of work; what it staged, audit events included, is
 * committed before the answer leaves: on 4xx too (a reuse ends the grant and then refuses), never on 5xx. A commit that
 * another request overtook is run again where that can help, or answered by what it lost.
 */
export async function runProtocol(
  services: Services,
  provider: Provider,
  execute: Execute,
  pages: ErrorPages,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const before = res.getHeaders();
  for (let attempt = 1; ; attempt += 1) {
    const conflict = await services.store.unit((unit) => once(services, provider, execute, pages, unit, req, res));
    if (conflict === undefined) return;
    clearHeaders(res, before);
    if (attempt < attempts && runsAgain(req, conflict.error)) continue;
    await answerLostRace(services, pages, conflict, req, res);
    return;
  }
}

export interface LostRace {
  readonly error: CommitConflict;
  readonly ctx: KoaContextWithOIDC;
  readonly state: RequestState;
}

async function once(
  services: Services,
  provider: Provider,
  execute: Execute,
  pages: ErrorPages,
  unit: UnitOfWork,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<LostRace | undefined> {
  const state = stateOf(unit);
  state.origin = originOf(services, req);
  state.opener = openerOf(services, req);
  let committed = false;
  res.statusCode = 404;
  const ctx = provider.createContext(req, res) as unknown as KoaContextWithOIDC;
  try {
    await execute(ctx);
    await answerJwtQuestions(services, ctx, unit);
    refuseUnreadable(services.settings.issuer, ctx, state);
    if (!(await leadOn(services, ctx, state))) await toPage(ctx, state, pages);
    await recordOutcome(services, ctx, unit);
    if (ctx.status >= 500) {
      unit.drop();
      await unavailable(services, ctx, state, pages);
    } else {
      committed = !unit.empty;
      await unit.commit();
    }
  } catch (error) {
    if (error instanceof CommitConflict) return { error, ctx, state };
    unit.drop();
    state.failure ??= { error: 'server_error', cause: error };
    if (isUnavailable(error)) state.failure = { error: 'temporarily_unavailable', cause: error };
    await unavailable(services, ctx, state, pages);
  }
  respond(ctx, committed);
  return undefined;
}

/** Who presses *back* after signing in comes to a request that is over, and is led on. */
async function leadOn(services: Services, ctx: KoaContextWithOIDC, state: RequestState): Promise<boolean> {
  const over = state.failure?.cause instanceof errors.SessionNotFound;
  const uid = over && ctx.status === 400 ? uidIn(ctx.path) : undefined;
  const onward = uid === undefined ? undefined : await onwardFrom(services, ctx.req, uid);
  if (onward === undefined) return false;
  ctx.status = 303;
  ctx.redirect(onward);
  ctx.body = '';
  // Nothing was refused.
  state.failure = undefined;
  return true;
}

/** What a person looks at is a page, wherever a fault in client, redirect address or pushed request would lead (contract.md). */
async function toPage(ctx: KoaContextWithOIDC, state: RequestState, pages: ErrorPages): Promise<void> {
  const error = state.failure?.error;
  // A form that posts itself leads there as well.
  const leads =
    (ctx.status >= 300 && ctx.status < 400) || (ctx.status === 200 && error !== undefined && isForPeople(ctx.path));
  if (!leads || (error !== 'invalid_request_uri' && error !== 'invalid_client')) return;
  ctx.remove('Location');
  ctx.status = 400;
  const page = await pages.render(ctx.req, { status: 400, error, cause: state.failure?.cause });
  ctx.type = 'html';
  ctx.set(page.headers);
  ctx.body = page.body;
}

/** 5xx: the cause is logged, never shown; a store that does not answer is 503 with a time to come back. */
async function unavailable(
  services: Services,
  ctx: KoaContextWithOIDC,
  state: RequestState,
  pages: ErrorPages,
): Promise<void> {
  const cause = state.failure?.cause;
  services.log.error({ err: cause, request: state.origin.request, path: ctx.path.slice(0, 12) }, 'a request failed');
  ctx.remove('Set-Cookie');
  ctx.remove('Location');
  const store = isUnavailable(cause);
  ctx.status = store ? 503 : 500;
  if (store) ctx.set('Retry-After', '2');
  const error = store ? 'temporarily_unavailable' : 'server_error';
  if (isForPeople(ctx.path)) {
    const page = await pages.render(ctx.req, { status: ctx.status, error, cause });
    ctx.type = 'html';
    ctx.set(page.headers);
    ctx.body = page.body;
    return;
  }
  ctx.type = 'json';
  ctx.body = { error, error_description: store ? 'the store does not answer; try again' : 'something went wrong' };
}
