import compression from 'compression';
import type { Request, RequestHandler } from 'express';

const pack = compression({ threshold: 1024 });

/**
 * Compresses what can give nothing away by its length (BREACH: a secret of the reader and a text of somebody else in one
 * answer): static files, the description of the API, and answers to a bearer token, which no browser sends on its own. Pages
 * hold the token of their forms beside what a link may put there, and go out as they are.
 */
export const compressed: RequestHandler = (req, res, next) => (mayCompress(req) ? pack(req, res, next) : next());

function mayCompress(req: Request): boolean {
  if (req.path.startsWith('/static/') || req.path === '/favicon.ico' || req.path === '/api/v1/openapi.json')
    return true;
  return req.path.startsWith('/api/v1/') && /^(bearer|dpop) /i.test(req.get('authorization') ?? '');
}
