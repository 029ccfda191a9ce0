import type { IncomingMessage } from 'node:http';
import type { Response } from 'express';
import { context } from '#http/context.ts';

/** One cookie of the request, percent-decoded; undefined when it is missing or badly written. */
export function cookie(req: IncomingMessage, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at < 0 || pair.slice(0, at).trim() !== name) continue;
    try {
      return decodeURIComponent(pair.slice(at + 1).trim());
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/** `__Host-` where https: bound to this host, secure, whole path (RFC 6265bis, 4.1.3.2). */
export function cookieNameAt(issuer: string, name: string): string {
  return issuer.startsWith('https:') ? `__Host-gh_${name}` : `gh_${name}`;
}

export function cookieName(res: Response, name: string): string {
  return cookieNameAt(context(res).deps.services.settings.issuer, name);
}

/** @param maxAge seconds; 0 takes it away */
export function setCookie(res: Response, name: string, value: string, maxAge: number): void {
  res.cookie(cookieName(res, name), value, {
    httpOnly: true,
    secure: cookieName(res, name).startsWith('__Host-'),
    sameSite: 'lax',
    path: '/',
    maxAge: maxAge * 1000,
  });
}
