/**
 * Cross-site posts change nothing. Two checks, either enough against a browser: the request says it comes from this origin
 * (`Sec-Fetch-Site`, `Origin`), and it carries a token that only our own pages could show (signed double submit, OWASP
 * "Cross-Site Request Forgery Prevention").
 */
import { timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import { randomToken } from '#platform/ids.ts';
import { cookie, cookieName, setCookie } from './cookies.ts';

const day = 86_400;
const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The token for this browser's forms; sets the cookie it is bound to when there is none yet. */
export function csrfToken(req: Request, res: Response): string {
  let bound = cookie(req, cookieName(res, 'csrf'));
  if (bound === undefined || !/^[\w-]{43}$/.test(bound)) {
    bound = randomToken();
    setCookie(res, 'csrf', bound, 30 * day);
  }
  return signed(res, bound);
}

function signed(res: Response, bound: string): string {
  return context(res).deps.services.seal.mac('csrf', bound);
}

/** Does the browser say that another site made this request? Absent headers say nothing. */
export function isCrossSite(req: Request, issuer: string): boolean {
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { origin } = req.headers;
  return origin !== undefined && origin !== new URL(issuer).origin;
}

/** Hands pages their token and refuses what another site sent. Every route that changes something adds `csrf`. */
export const sameOrigin: RequestHandler = (req, res, next) => {
  const { deps } = context(res);
  if (!safeMethods.has(req.method) && isCrossSite(req, deps.services.settings.issuer)) {
    return next(new HubError('cross-site'));
  }
  next();
};

/** Demands the token, from the form field `csrf` or the header `X-CSRF-Token`. */
export const csrf: RequestHandler = (req, res, next) => {
  if (safeMethods.has(req.method)) {
    context(res).csrf = csrfToken(req, res);
    return next();
  }
  const bound = cookie(req, cookieName(res, 'csrf'));
  const body: unknown = req.body;
  const field = typeof body === 'object' && body !== null && 'csrf' in body ? body.csrf : undefined;
  const given = req.get('x-csrf-token') ?? field;
  if (bound === undefined || typeof given !== 'string' || !equal(given, signed(res, bound))) {
    return next(new HubError('cross-site'));
  }
  context(res).csrf = signed(res, bound);
  next();
};

function equal(given: string, right: string): boolean {
  const one = Buffer.from(given);
  const other = Buffer.from(right);
  return one.length === other.length && timingSafeEqual(one, other);
}
