import type { IncomingMessage, ServerResponse } from 'node:http';
import { named } from '#actions/named.ts';
import type { Services } from '#actions/services.ts';
import { endingOfSession } from '#actions/sessions/ending.ts';
import { type Assurance, acrOf, assuranceBy, assurances, together } from '#domain/assurance.ts';
import { draft } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { hashedId, randomToken } from '#platform/ids.ts';

import type { Stored } from '#storage/collection.ts';
import { type Person, type SessionRecord, sessions } from '#storage/collections.ts';
import { keptAfterEnd } from './adapter/session.ts';
import { appendCookie, cookieNames } from './cookies.ts';
import { hubClientId, hubRedirectUri, safeReturnPath } from './hub-client.ts';
import { originOf } from './origin.ts';
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
  readonly assurance: Assurance;
  /** Milliseconds. */
  readonly startedAt: number;
  readonly endsAt: number;
  /** The source upstream that it was begun through. */
  readonly source?: string;
}

export async function signedIn(services: Services, req: IncomingMessage): Promise<SignedIn | undefined> {
  const session = await sessionOf(services, req);
  if (session === undefined) return undefined;
  const { loginTs, amr } = session.payload;
  const methods = Array.isArray(amr) ? amr.map(String) : [];
  return {
    uid: session.uid,
    personId: session.account,
    authTime: typeof loginTs === 'number' ? loginTs : Math.floor(session.startedAt / 1000),
    assurance: assuranceBy(methods),
    amr: methods,
    startedAt: session.startedAt,
    endsAt: session.endsAt,
    ...(session.source === undefined ? {} : { source: session.source }),
  };
}

/**
 * Sends the browser to sign in through the hub's own client and then back to `returnTo`, a path of this hub.
 * @param options.again ask even somebody who is signed in, before a dangerous act
 * @param options.wanted how strong the sign-in should be; whoever has a weaker second factor alone may use that
 */
export function startSignIn(
  services: Services,
  res: ServerResponse,
  returnTo: string,
  options: { readonly again?: boolean; readonly wanted?: Assurance } = {},
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
    ...(options.wanted === undefined ? {} : { acr_values: wish(options.wanted) }),
  });
  redirect(res, `${paths.authorization}?${query}`);
}

/** In order of preference (OIDC Core, 3.1.2.1): the wanted one, then what is next to it but more than a password. */
function wish(wanted: Assurance): string {
  const good = assurances.slice(1, assurances.indexOf(wanted) + 1);
  return (good.length === 0 ? [wanted] : good.toReversed()).map(acrOf).join(' ');
}

/** Where the hub's own sign-in comes back to; what went wrong leads to the front page, which asks again. */
export function returnFromSignIn(services: Services, req: IncomingMessage, res: ServerResponse): void {
  const url = new URL(req.url ?? '/', services.settings.issuer);
  redirect(res, url.searchParams.has('error') ? '/' : safeReturnPath(url.searchParams.get('state') ?? undefined));
}

/**
 * The person in hand has proved more, on a page of the hub: the session gets that, and a new id with it (security.md, "New
 * session id at each rise in privilege"). Staged into the unit of the request, whose commit fails when the session is gone.
 * @param amr what was proved now (RFC 8176)
 */
export async function raiseSession(
  services: Services,
  req: IncomingMessage,
  res: ServerResponse,
  amr: readonly string[],
): Promise<void> {
  const session = await sessionOf(services, req);
  if (session === undefined) throw new HubError('not-signed-in');
  const { id, version, expiresAt, ...data } = session;
  const before = Array.isArray(data.payload.amr) ? data.payload.amr.map(String) : [];
  const methods = together(before, amr);
  const value = randomToken();
  const payload = { ...data.payload, amr: methods, acr: acrOf(assuranceBy(methods)) };
  const expiry = expiresAt === undefined ? {} : { expiresAt };
  await services.store.write({
    changes: [
      { kind: 'remove', collection: sessions, id, ifVersion: version },
      { kind: 'insert', collection: sessions, id: hashedId(value), data: { ...data, payload }, ...expiry },
    ],
  });
  const maxAge = Math.max(1, Math.floor((session.endsAt - services.clock.now()) / 1000));
  appendCookie(services, res, cookieNames(services).session, value, { path: '/', maxAge });
}

/**
 * Starts a session without an authorization request, for the account in the envelope. Whoever was signed in here is signed out
 * first. Staged into the unit of the caller, who answers.
 * @param lastsMs how long it lasts, whatever is done in it
 */
export async function beginSession(
  services: Services,
  req: IncomingMessage,
  res: ServerResponse,
  person: Stored<Person>,
  { amr, lastsMs }: { readonly amr: readonly string[]; readonly lastsMs: number },
): Promise<void> {
  const before = await sessionOf(services, req);
  const origin = { ...originOf(services, req), actor: { kind: 'person', id: person.id } as const };
  if (before !== undefined) await services.store.write(await endingOfSession(services, origin, before, 'replaced'));
  const now = services.clock.now();
  const value = randomToken();
  const acr = acrOf(assuranceBy(amr));
  const endsAt = now + lastsMs;
  const data: SessionRecord = {
    payload: { amr: [...amr], acr, loginTs: Math.floor(now / 1000), kind: 'Session' },
    account: person.id,
    ...(person.endings === undefined ? {} : { endings: person.endings }),
    uid: randomToken(),
    startedAt: now,
    seenAt: now,
    endsAt,
    ...(origin.ip === undefined ? {} : { ip: origin.ip }),
    ...(origin.agent === undefined ? {} : { agent: origin.agent.slice(0, 256) }),
  };
  const event = draft(origin, 'session.started', 'success', {
    subject: { id: person.id },
    session: data.uid,
    detail: { acr, amr: [...amr] },
    personal: { actor: named(person), subject: named(person) },
  });
  await services.store.write({
    changes: [{ kind: 'insert', collection: sessions, id: hashedId(value), data, expiresAt: endsAt + keptAfterEnd }],
    events: [event],
  });
  appendCookie(services, res, cookieNames(services).session, value, { path: '/', maxAge: Math.floor(lastsMs / 1000) });
}
