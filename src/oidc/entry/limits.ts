import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import { usedFieldOf } from '#actions/sessions/session.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import { parseDuration } from '#domain/duration.ts';
import { type SessionRecord, type System, sessions } from '#storage/collections.ts';
import { unitOf } from '../adapter/context.ts';
import { systemOf } from '../systems.ts';

/**
 * A system may want younger and livelier sessions than the hub's own limits (`lifetimes.session`, `.sessionIdle`): whoever's is
 * older signs in again before entering. Who just did is let in.
 */
export async function isTooOldFor(services: Services, ctx: KoaContextWithOIDC): Promise<boolean> {
  const system = await systemOf(services, ctx);
  const { session, result } = ctx.oidc;
  if (system?.session === undefined || session?.accountId === undefined || result?.login !== undefined) return false;
  const { state } = unitOf(services);
  const record = [...state.sessions.values()].find(({ uid }) => uid === session.uid);
  return isOver(services, system, session.authTime(), record);
}

/** The same at a refresh, which ends with it: the system has the person sign in again. */
export async function isRefreshTooOld(
  services: Services,
  token: {
    readonly clientId?: string | undefined;
    readonly sessionUid?: string | undefined;
    readonly authTime?: number | undefined;
  },
): Promise<boolean> {
  const system = await systemByClientId(services, token.clientId ?? '');
  if (system?.session === undefined || token.sessionUid === undefined) return false;
  return isOver(services, system, token.authTime, await services.store.one(sessions, 'uid', token.sessionUid));
}

/**
 * Idle is who has neither signed in nor used this very system for so long: what they did elsewhere does not count, or whoever finds
 * the machine unattended would open another system first.
 */
function isOver(
  services: Services,
  { session: limits, clientId }: System,
  /** Seconds. */
  authTime: number | undefined,
  record: SessionRecord | undefined,
): boolean {
  const now = services.clock.now();
  const signedIn = (authTime ?? 0) * 1000;
  const absolute = parseDuration(limits?.absolute ?? '');
  const idle = parseDuration(limits?.idle ?? '');
  if (absolute !== undefined && now - signedIn > absolute) return true;
  const used = record?.[usedFieldOf(clientId)];
  return idle !== undefined && now - Math.max(signedIn, typeof used === 'number' ? used : 0) > idle;
}
