import type { Response } from 'express';
import { credentialsOf, hasSecondFactor, strongestBy } from '#actions/factors/credentials.ts';
import type { Services } from '#actions/services.ts';
import { provedSecond } from '#domain/assurance.ts';
import { context } from '#http/context.ts';
import { viewer } from './signed-in.ts';

/** How long ago a person may have signed in for a dangerous act: keys, exports, roles of the hub itself (security.md). */
export const freshMs = 10 * 60_000;

/** What somebody proved last. */
export interface Proved {
  readonly personId: string;
  /** When, in milliseconds. */
  readonly authTime: number;
  /** How (RFC 8176). */
  readonly amr: readonly string[];
}

/**
 * Is this good for a dangerous act? It has to be recent, and whoever has a second factor has to have proved one: a remembered
 * device does not count.
 */
export async function isFresh(services: Services, proved: Proved): Promise<boolean> {
  if (services.clock.now() - proved.authTime > freshMs) return false;
  return provedSecond(proved.amr) || !hasSecondFactor(await credentialsOf(services, proved.personId));
}

export function viewerIsFresh(res: Response): Promise<boolean> {
  const { person, authTime, amr } = viewer(res);
  return isFresh(context(res).deps.services, { personId: person.id, authTime: authTime * 1_000, amr });
}

/**
 * Before a dangerous act: true when the sign-in is fresh. Otherwise the browser is on its way to sign in again, with the
 * strongest that the person has, and then to `back`, a path of this hub; the caller does nothing more.
 */
export async function freshOrAgain(res: Response, back: string): Promise<boolean> {
  const { services, oidc } = context(res).deps;
  const { person } = viewer(res);
  if (await viewerIsFresh(res)) return true;
  const strongest = strongestBy(await credentialsOf(services, person.id));
  await oidc.startSignIn(res, back, { again: true, ...(strongest === 'password' ? {} : { wanted: strongest }) });
  return false;
}
