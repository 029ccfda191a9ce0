import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Services } from '#actions/services.ts';
import { appendCookie, cookieOf } from './cookies.ts';
import { paths } from './paths.ts';

/** How long a link from one system into another stays the reason for an entry, in seconds. */
const goodFor = 600;

function cookieName(services: Services, system: string): string {
  const prefix = services.settings.issuer.startsWith('https:') ? '__Secure-' : '';
  return `${prefix}gatehouse-via-${system}`;
}

function mark(services: Services, system: string, from: string, until: number): string {
  return services.seal.mac('via', `${system}|${from}|${until}`);
}

/** Remembers in this browser that the next entry into `system` comes from `from`. */
export function writeVia(services: Services, res: ServerResponse, system: string, from: string): void {
  const until = services.clock.now() + goodFor * 1000;
  appendCookie(services, res, cookieName(services, system), `${from}|${until}|${mark(services, system, from, until)}`, {
    path: paths.authorization,
    maxAge: goodFor,
  });
}

export function readVia(services: Services, req: IncomingMessage, system: string): string | undefined {
  const [from, until, proof] = (cookieOf(req, cookieName(services, system)) ?? '').split('|');
  if (from === undefined || until === undefined || proof === undefined) return undefined;
  const expected = Buffer.from(mark(services, system, from, Number(until)));
  const actual = Buffer.from(proof);
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) return undefined;
  return Number(until) > services.clock.now() ? from : undefined;
}

export function clearVia(services: Services, res: ServerResponse, system: string): void {
  appendCookie(services, res, cookieName(services, system), '', { path: paths.authorization, maxAge: 0 });
}
