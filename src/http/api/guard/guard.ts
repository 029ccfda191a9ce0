import type { IncomingMessage, ServerResponse } from 'node:http';
import { recordRefusal } from '#actions/audit/refused.ts';
import type { Services } from '#actions/services.ts';
import { HubError } from '#domain/errors.ts';
import { asHubError } from '#http/middleware/errors.ts';
import { sendProblem } from '../problem.ts';
import type { Ask, Caller, Route } from '../route.ts';
import { sendAnswer } from './answer.ts';
import { authorize, challenge } from './authorize.ts';
import { readBody, refuseBody } from './body.ts';
import { authenticate, checkCrossSite, type Doors } from './caller.ts';
import { createMatcher, type Match, type Matching } from './match.ts';
import { checkIfMatch } from './precondition.ts';
import { readQuery } from './query.ts';

/** What is known of a request so far; for the challenge and the record of a refusal. */
interface Progress {
  caller?: Caller;
  route?: Route;
}

/**
 * The one guard of the REST API. In this order: who asks (401), may they (403), is there such a path, method and object
 * (404, 405), are query and body right (400, 413, 415, 422), is the version the one they saw (428, 412). Only then the handler.
 */
export function createGuard(
  services: Services,
  doors: Doors,
  routes: readonly Route[],
): (req: IncomingMessage, res: ServerResponse, path: string, search: string) => Promise<void> {
  const match = createMatcher(routes);
  return async (req, res, path, search) => {
    const progress: Progress = {};
    res.setHeader('cache-control', 'no-store');
    try {
      const caller = await authenticate(services, doors, req, res);
      progress.caller = caller;
      checkCrossSite(doors, caller, req, res);
      const matching = match(req.method ?? '', path);
      if (matching !== undefined && 'found' in matching) progress.route = matching.found.route;
      if (caller.permissions.size === 0) throw new HubError('forbidden');
      const { route, params } = place(matching, res);
      authorize(services, caller, route);
      const ask = await check(services, caller, { route, params }, req, search);
      await sendAnswer(res, route, await route.handle(ask));
    } catch (cause) {
      await refuse(services, doors, progress, req, res, cause);
    }
  };
}

function place(matching: Matching, res: ServerResponse): Match {
  if (matching === undefined) throw new HubError('not-found');
  if ('found' in matching) return matching.found;
  res.setHeader('allow', matching.allow.join(', '));
  throw new HubError('method-not-allowed');
}

async function check(
  services: Services,
  caller: Caller,
  { route, params: decoded }: Match,
  req: IncomingMessage,
  search: string,
): Promise<Ask> {
  const params = decoded();
  const item = await route.find?.({ services, caller, params });
  const query = readQuery(search, route.query);
  if (route.body === undefined) refuseBody(req);
  const body = route.body === undefined ? undefined : await readBody(req, route.body);
  const ifVersion = hasVersion(item)
    ? checkIfMatch(req.headers['if-match'], item.version, route.versioned === true)
    : undefined;
  return { services, caller, origin: caller.origin, params, query, body, item, ifVersion };
}

function hasVersion(item: unknown): item is { version: number } {
  return typeof item === 'object' && item !== null && 'version' in item && typeof item.version === 'number';
}

async function refuse(
  services: Services,
  doors: Doors,
  { caller, route }: Progress,
  req: IncomingMessage,
  res: ServerResponse,
  cause: unknown,
): Promise<void> {
  const error = asHubError(cause);
  const { request } = doors.whence(req, res);
  if (error.status >= 500) services.log.error({ request, code: error.code, err: error.cause ?? error }, 'api fault');
  if (res.headersSent) {
    res.destroy();
    return;
  }
  challenge(res, error, route?.permission);
  if (caller !== undefined && error.status === 403) {
    const endpoint = `${req.method} /api/v1${route?.path ?? ''}`;
    await recordRefusal(services, caller.origin, { error: error.code, endpoint }).catch((fault) =>
      services.log.error({ request, err: fault }, 'a refusal could not be recorded'),
    );
  }
  sendProblem(res, error, request);
}
