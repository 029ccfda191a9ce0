import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Services } from '#actions/services.ts';

/** The value of a cookie, or undefined; the first of a name counts. */
export function cookieOf(req: IncomingMessage, name: string): string | undefined {
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const split = part.indexOf('=');
    if (split > 0 && part.slice(0, split).trim() === name) return part.slice(split + 1).trim();
  }
  return undefined;
}

export function appendCookie(
  services: Services,
  res: ServerResponse,
  name: string,
  value: string,
  options: { path: string; maxAge: number },
): void {
  const secure = services.settings.issuer.startsWith('https:') ? '; secure' : '';
  res.appendHeader(
    'Set-Cookie',
    `${name}=${value}; path=${options.path}; max-age=${options.maxAge}; httponly; samesite=lax${secure}`,
  );
}

/** `__Host-` where https: bound to this host and to the whole of it. Path-bound ones can only be `__Secure-`. */
export function cookieNames(services: Services): {
  session: string;
  interaction: string;
  resume: string;
  /** What a browser opens pushed requests by. */
  request: string;
} {
  const https = services.settings.issuer.startsWith('https:');
  return {
    session: `${https ? '__Host-' : ''}gatehouse-session`,
    interaction: `${https ? '__Secure-' : ''}gatehouse-interaction`,
    resume: `${https ? '__Secure-' : ''}gatehouse-resume`,
    request: `${https ? '__Secure-' : ''}gatehouse-request`,
  };
}
