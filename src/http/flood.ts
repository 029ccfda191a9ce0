import { randomInt } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestId } from '#platform/request-id.ts';
import type { HttpDeps } from './deps.ts';
import { locales, texts } from './i18n/catalogue.ts';
import { localeOf } from './middleware/locale.ts';
import { pagePolicy } from './middleware/security-headers.ts';
import { page } from './render/page.ts';

/** The sign-in form's own address; the id of an interaction is as long as this. */
const form = /^\/sign-in\/[\w-]{43}$/;
/** So many a second are turned away by the form itself, with what they typed still in it; the rest by the prepared page. */
const gently = 20;

/** @returns whether the request was turned away, and so answered. */
export type TurnAway = (request: IncomingMessage, response: ServerResponse, path: string) => boolean;

/**
 * While no hashing slot is free and sign-ins pour in, all but the first few of each second get one prepared page: nothing is read,
 * looked up or rendered for them, so that those who are signed in go on working.
 */
export function createTurnAway(deps: HttpDeps): TurnAway {
  const { services } = deps;
  // Made at the start: a fault in them is no surprise of the first flood.
  const prepared = new Map(
    locales.map((locale) => [
      locale,
      Buffer.from(page({ deps, requestId: '', texts: texts(locale) }, 'pages/busy', {})),
    ]),
  );
  let second = 0;
  let seen = 0;

  return (request, response, path) => {
    if (request.method !== 'POST' || !services.hasher.full() || !form.test(path)) return false;
    const now = Math.floor(performance.now() / 1000);
    if (now !== second) [second, seen] = [now, 0];
    seen += 1;
    if (seen <= gently) return false;
    const locale = localeOf(request, services.settings.issuer);
    const body = prepared.get(locale);
    if (body === undefined) return false;
    // What was posted is not looked at, but has to be gone before the connection serves the next request.
    request.resume();
    response.writeHead(503, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': body.length,
      'Content-Language': locale,
      'Content-Security-Policy': pagePolicy,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'same-origin',
      // Spread, so that not all come back at the same moment.
      'Retry-After': 2 + randomInt(4),
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'X-Request-Id': requestId(request),
    });
    response.end(body);
    return true;
  };
}
