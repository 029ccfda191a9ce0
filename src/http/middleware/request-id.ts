import type { RequestHandler } from 'express';
import { setContext } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { texts } from '#http/i18n/catalogue.ts';
import { uuidv7 } from '#platform/ids.ts';

/** Opens the request's context under a fresh id, the same in log, audit and answer. A client's own id is not believed. */
export function requestContext(deps: HttpDeps): RequestHandler {
  return (_req, res, next) => {
    const given = res.getHeader('X-Request-Id');
    const requestId = typeof given === 'string' ? given : uuidv7(deps.services.clock.now());
    res.setHeader('X-Request-Id', requestId);
    setContext(res, { deps, requestId, texts: texts('en') });
    next();
  };
}
