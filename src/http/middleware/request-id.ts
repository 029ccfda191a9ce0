import type { RequestHandler } from 'express';
import { setContext } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { texts } from '#http/i18n/catalogue.ts';
import { requestId } from '#platform/request-id.ts';

/** Opens the request's context; its id is the same in log, audit and answer. */
export function requestContext(deps: HttpDeps): RequestHandler {
  return (req, res, next) => {
    const id = requestId(req);
    res.setHeader('X-Request-Id', id);
    setContext(res, { deps, requestId: id, texts: texts('en') });
    next();
  };
}
