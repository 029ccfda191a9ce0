import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Services } from '#actions/services.ts';
import { hashedId, randomToken } from '#platform/ids.ts';
import { acrValues } from './entry/acr.ts';
import { hubClientId, hubRedirectUri, safeReturnPath } from './hub-client.ts';
import { paths } from './paths.ts';
import { redirect } from './respond.ts';
import { sessionOf } from './session-cookie.ts';

/** The session of the browser in hand. */
export interface SignedIn {
  /** Public id of the session. */
  readonly uid: string;
  readonly personId: string;
  /** Seconds since 1970. */
  readonly authTime: number;
  readonly amr: readonly string[];
  readonly acr: string;
  /** Milliseconds. */
  readonly startedAt: number;
  readonly endsAt: number;
}

export async function signedIn(services: Services, req: IncomingMessage): Promise<SignedIn | undefined> {
  const session = await sessionOf(services, req);
  if (session === undefined) return undefined;
  const { loginTs, acr, amr } = session.payload;
  return {
    uid: session.uid,
    personId: session.account,
    authTime: typeof loginTs === 'number' ? loginTs : Math.floor(session.startedAt / 1000),
    acr: typeof acr === 'string' ? acr : (acrValues[0] ?? ''),
    amr: Array.isArray(amr) ? amr.map(String) : [],
    startedAt: session.startedAt,
    endsAt: session.endsAt,
  };
}

/**
 * Sends the browser to sign in through the hub's own client and then back to `returnTo`, a path of this hub.
 * @param options.again ask for the password even of somebody signed in, before a dangerous act
 */
export function startSignIn(
  services: Services,
  res: ServerResponse,
  returnTo: string,
  options: { readonly again?: boolean } = {},
): void {
  const query = new URLSearchParams({
    client_id: hubClientId,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: hubRedirectUri(services),
    state: safeReturnPath(returnTo),
    // The code is never redeemed: what the hub's pages want is the session. So nobody needs to know the verifier.
    code_challenge: hashedId(randomToken()),
    code_challenge_method: 'S256',
    ...(options.again === true ? { prompt: 'login' } : {}),
  });
  redirect(res, `${paths.authorization}?${query}`);
}

/** Where the hub's own sign-in comes back to; what went wrong leads to the front page, which asks again. */
export function returnFromSignIn(services: Services, req: IncomingMessage, res: ServerResponse): void {
  const url = new URL(req.url ?? '/', services.settings.issuer);
  redirect(res, url.searchParams.has('error') ? '/' : safeReturnPath(url.searchParams.get('state') ?? undefined));
}
