import type { IncomingMessage } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import { hashedId, randomToken } from '#platform/ids.ts';
import { pushedRequests } from '#storage/collections.ts';
import { unitOf } from './adapter/context.ts';
import { appendCookie, cookieNames, cookieOf } from './cookies.ts';
import { paths } from './paths.ts';

/**
 * A pushed request (RFC 9126) that led to a page may be opened again by the browser that opened it, which a reload and the back
 * button do, until its sign-in is finished: then the commit of the code spends it. Another browser finds it spent.
 */
export function keepForBrowser(services: Services, ctx: KoaContextWithOIDC, jti: string): void {
  const { unit, state } = unitOf(services);
  const id = hashedId(jti);
  const record = state.records.get(id);
  if (record === undefined || record.payload.opener !== undefined) return;
  const { request: name } = cookieNames(services);
  const value = cookieOf(ctx.req, name) ?? randomToken();
  const maxAge = Math.floor(services.settings.lifetimes.interaction / 1000);
  appendCookie(services, ctx.res, name, value, { path: paths.authorization, maxAge });
  const { id: _, version, expiresAt, ...data } = record;
  unit.stage({
    changes: [
      {
        kind: 'replace',
        collection: pushedRequests,
        id,
        ifVersion: version,
        data: { ...data, payload: { ...data.payload, opener: hashedId(value) } },
        ...(expiresAt === undefined ? {} : { expiresAt }),
        tag: 'par',
      },
    ],
  });
}

/** What the browser of this request opens pushed requests by; undefined for one that has opened none. */
export function openerOf(services: Services, req: IncomingMessage): string | undefined {
  const value = cookieOf(req, cookieNames(services).request);
  return value === undefined ? undefined : hashedId(value);
}
