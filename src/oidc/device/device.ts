import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import { unitOf } from '../adapter/context.ts';
import { devicePages } from '../paths.ts';

/** Eight letters of twenty that cannot be mistaken for one another: 34 bits (RFC 8628, 6.1). */
export const userCodeMask = '****-****';

/** How an approval came to its end: what the last page says. */
export type DeviceEnd = 'allowed' | 'denied' | 'expired' | 'used' | 'refused';

/** Where and when the device asked, for the page on which a person decides (RFC 8628, 5.4). */
export function askedFrom(services: Services, _ctx: KoaContextWithOIDC): Record<string, string | number> {
  const { origin } = unitOf(services).state;
  return {
    at: services.clock.now(),
    ...(origin.ip === undefined ? {} : { ip: origin.ip }),
    ...(origin.agent === undefined ? {} : { agent: origin.agent }),
  };
}

/** Answers an approval with the page that says how it ended. */
export function leadToEnd(ctx: KoaContextWithOIDC, error?: Error): void {
  const how = error === undefined ? 'allowed' : (ends[error.constructor.name] ?? 'refused');
  // When something went wrong the library puts a form token of its own into the session, which nobody uses, and would save it.
  const session = ctx.oidc.session as { state?: unknown; touched?: boolean } | undefined;
  if (error !== undefined && session?.state !== undefined) {
    delete session.state;
    session.touched = false;
  }
  ctx.redirect(`${devicePages.end}${how}`);
  ctx.status = 303;
}

/** The library's "render again" errors, which it does not export. */
const ends: Readonly<Record<string, DeviceEnd>> = {
  AbortedError: 'denied',
  AlreadyUsedError: 'used',
  ExpiredError: 'expired',
  NotFoundError: 'expired',
};
