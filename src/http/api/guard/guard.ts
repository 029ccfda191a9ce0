import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Services } from '#actions/services.ts';
import { HubError } from '#domain/errors.ts';
import { hasAnyRight } from '#domain/hub-rights.ts';
import type { Ask, Caller, Route } from '../route.ts';
import { sendAnswer } from './answer.ts';
import { authorize, requireStrength } from './authorize.ts';
import { readBody, refuseBody } from './body.ts';
import { authenticate, checkCrossSite, type Doors } from './caller.ts';
import { createMatcher, type Match, type Matching } from './match.ts';
import { checkIfMatch } from './precondition.ts';
import { readQuery } from './query.ts';
import { type Progress, refuse } from './refuse.ts';

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
      const matching = match(req.method ?? '', path);
      if (matching !== undefined && 'found' in matching) progress.match = matching.found;
      checkCrossSite(doors, caller, req, res);
      if (!hasAnyRight(caller.rights)) throw new HubError('forbidden');
      const { route, params } = place(matching, res);
      await requireStrength(services, caller);
      const admitted = await authorize(services, caller, route, params);
      const ask = await check(services, admitted, { route, params }, req, search);
      await sendAnswer(res, route, await route.handle(ask));
    } catch (cause) {
      await refuse(services, doors.whence(req, res).request, progress, req, res, cause);
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
