import type { Response } from 'express';
import { context } from '#http/context.ts';
import { viewer } from './signed-in.ts';

/** How long ago a person may have signed in for a dangerous act: keys, exports, roles of the hub itself (security.md). */
export const freshMs = 10 * 60_000;

/** @param authTime when the person last proved who they are, in milliseconds */
export function isFresh(authTime: number, now: number): boolean {
  return now - authTime <= freshMs;
}

/**
 * Before a dangerous act: true when the sign-in is fresh. Otherwise the browser is on its way to sign in again and then to
 * `back`, a path of this hub; the caller does nothing more.
 */
export async function freshOrAgain(res: Response, back: string): Promise<boolean> {
  const { deps } = context(res);
  if (isFresh(viewer(res).authTime * 1_000, deps.services.clock.now())) return true;
  await deps.oidc.startSignIn(res, back, { again: true });
  return false;
}
