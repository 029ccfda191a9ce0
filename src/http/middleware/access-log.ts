import type { RequestHandler } from 'express';
import { context } from '#http/context.ts';

/** One line per request: method, path without query, status, milliseconds, request id. */
export const accessLog: RequestHandler = (req, res, next) => {
  const { deps, requestId } = context(res);
  const started = performance.now();
  res.on('finish', () => {
    const took = Math.round(performance.now() - started);
    deps.services.log.debug(
      { request: requestId, method: req.method, path: pathOf(req.originalUrl), status: res.statusCode, took },
      'request',
    );
  });
  next();
};

/** Queries carry codes and one-time tokens; a set-up or reset address carries one in its path. */
function pathOf(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.replace(/^(\/set-up|\/sign-in\/reset)\/.+$/, '$1/[secret]');
}
