import type { IncomingMessage, ServerResponse } from 'node:http';
import { keyRing } from '#actions/keys/ring.ts';
import type { Services } from '#actions/services.ts';
import { sidOf } from '#actions/sessions/session.ts';
import { signOut as endByPerson } from '#actions/sessions/sign-out.ts';
import { directoryOrLast } from '#actions/systems/directory.ts';
import { looksLikeJwt, verifyJwt } from '#platform/jws.ts';
import type { Stored } from '#storage/collection.ts';
import type { SessionRecord, System } from '#storage/collections.ts';
import { isUnavailable } from '#storage/port.ts';
import { appendCookie, cookieNames } from './cookies.ts';
import { safeReturnPath } from './hub-client.ts';
import { originOf } from './origin.ts';
import type { ErrorPages } from './pages.ts';
import { paths } from './paths.ts';
import { redirect } from './respond.ts';
import { sessionIdOf, sessionOf } from './session-cookie.ts';

/** The page that asks, and the one that says it is done. */
export const signOutPath = '/sign-out';
export const signedOutPath = '/sign-out/done';

/** Where to go after a sign-out that a system asked for; travels sealed through the page that asks. */
interface Wish {
  readonly system: string;
  readonly location: string;
}

const purpose = 'sign-out';
/** A request that was never answered is good for this long, in ms. */
const goodFor = 30 * 60 * 1000;

/**
 * Where a browser signs out upstream as well, after its session here has ended; handed in by the composition root, since sources are a
 * room of their own. `back` is where it comes back to, with this `state`.
 */
export type SignOutThere = (
  session: Pick<SessionRecord, 'source' | 'sourceHint'>,
  back: { readonly address: string; readonly state?: string | undefined },
) => Promise<string | undefined>;

/** Holds it, since it is known only once the sources are there. */
export class Onward {
  #there: SignOutThere = async () => undefined;

  use(there: SignOutThere): void {
    this.#there = there;
  }

  async leadFrom(
    services: Services,
    session: SessionRecord | undefined,
    wish: Wish | undefined,
  ): Promise<string | undefined> {
    if (session?.source === undefined) return undefined;
    const state = wish === undefined ? undefined : seal(services, wish);
    const there = await readable(this.#there(session, { address: services.settings.issuer + signedOutPath, state }));
    return there === 'unknown' ? undefined : there;
  }
}

/**
 * The end-session endpoint (OIDC RP-Initiated Logout 1.0). A valid hint for the session in this browser ends it without
 * asking; otherwise the person is asked. Unknown parameters are ignored.
 */
export async function endSessionEndpoint(
  services: Services,
  pages: ErrorPages,
  onward: Onward,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const params = new URL(req.url ?? '/', services.settings.issuer).searchParams;
  if (req.method === 'POST') {
    // A post from another site carries no Lax cookie: it comes again as a GET, which does.
    const body = await readForm(req);
    if (body === undefined) return refuse(pages, req, res, 'the form is too large or not a form');
    redirect(res, `${paths.end_session}?${body}`);
    return;
  }
  const directory = await directoryOrLast(services);
  const hint = await readHint(services, params.get('id_token_hint') ?? undefined);
  const clientId = params.get('client_id') ?? hint?.clientId;
  if (hint !== undefined && clientId !== hint.clientId) {
    return refuse(pages, req, res, 'client_id is not the one that the hint was issued to');
  }
  const system = clientId === undefined ? undefined : directory.byClientId.get(clientId);
  if (clientId !== undefined && system === undefined) return refuse(pages, req, res, 'client_id is not known');
  const after = params.get('post_logout_redirect_uri') ?? undefined;
  if (after !== undefined && system !== undefined && !system.postLogoutRedirectUris.includes(after)) {
    return refuse(pages, req, res, 'post_logout_redirect_uri is not registered');
  }
  const wish = system === undefined || after === undefined ? undefined : wishOf(system, after, params.get('state'));
  const session = await readable(sessionOf(services, req));
  if (session === undefined) return leave(services, res, wish);
  // A session that cannot be read now may be another than the hint's: the person is asked.
  if (session !== 'unknown' && hint !== undefined && belongs(hint, session)) {
    await endByPerson(services, originOf(services, req), session.id, session);
    return leave(services, res, wish, await onward.leadFrom(services, session, wish));
  }
  redirect(res, wish === undefined ? signOutPath : `${signOutPath}?request=${seal(services, wish)}`);
}

/** What the page that asks may show: the system that wants the sign-out, if it was one. */
export async function signOutRequest(
  services: Services,
  request: string | undefined,
): Promise<Stored<System> | undefined> {
  const wish = open(services, request);
  return wish === undefined ? undefined : (await directoryOrLast(services)).byId.get(wish.system);
}

/** Ends the session of this browser, whoever asks, and answers 303: to the system that asked, else to the last page. */
export async function signOut(
  services: Services,
  onward: Onward,
  req: IncomingMessage,
  res: ServerResponse,
  request: string | undefined,
  next?: string,
): Promise<void> {
  const session = await readable(sessionOf(services, req));
  const id = session === 'unknown' ? sessionIdOf(services, req) : session?.id;
  if (id !== undefined) {
    await endByPerson(services, originOf(services, req), id, session === 'unknown' ? undefined : session);
  }
  const after = next === undefined ? undefined : { system: '', location: safeReturnPath(next) };
  const wish = open(services, request) ?? after;
  leave(services, res, wish, await onward.leadFrom(services, session === 'unknown' ? undefined : session, wish));
}

/** Where somebody was going who comes back from signing out upstream with this `state`. */
export function afterSignOutThere(services: Services, state: string | undefined): string | undefined {
  return open(services, state)?.location;
}

/** `unknown` while the store cannot be read: signing out works all the same. */
async function readable<T>(found: Promise<T>): Promise<T | 'unknown'> {
  try {
    return await found;
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return 'unknown';
  }
}

function leave(services: Services, res: ServerResponse, wish: Wish | undefined, there?: string): void {
  appendCookie(services, res, cookieNames(services).session, '', { path: '/', maxAge: 0 });
  redirect(res, there ?? wish?.location ?? signedOutPath);
}

function wishOf(system: Stored<System>, after: string, state: string | null): Wish {
  const location =
    state === null ? after : `${after}${after.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`;
  return { system: system.id, location };
}

function seal(services: Services, wish: Wish): string {
  return services.seal.seal(purpose, JSON.stringify({ ...wish, until: services.clock.now() + goodFor }));
}

function open(services: Services, request: string | undefined): Wish | undefined {
  if (request === undefined || request === '') return undefined;
  try {
    const wish = JSON.parse(services.seal.open(purpose, request)) as Wish & { until: number };
    return wish.until > services.clock.now() ? wish : undefined;
  } catch {
    return undefined;
  }
}

interface Hint {
  readonly clientId: string;
  readonly sid: string | undefined;
}

/** An ID token of ours, however old; anything else is no hint. */
async function readHint(services: Services, token: string | undefined): Promise<Hint | undefined> {
  if (token === undefined || !looksLikeJwt(token)) return undefined;
  const ring = await keyRing(services);
  const verified = verifyJwt(token, (kid) => ring.verifier(kid));
  const { iss, aud, sid } = verified?.claims ?? {};
  const typ = verified?.header.typ;
  // Access and logout tokens are signed by the same keys; only ID tokens have no `typ` or `JWT`.
  if (iss !== services.settings.issuer || typeof aud !== 'string' || (typ !== undefined && typ !== 'JWT'))
    return undefined;
  return { clientId: aud, sid: typeof sid === 'string' ? sid : undefined };
}

function belongs(hint: Hint, session: Stored<SessionRecord>): boolean {
  return hint.sid !== undefined && sidOf(session, hint.clientId) === hint.sid;
}

async function refuse(pages: ErrorPages, req: IncomingMessage, res: ServerResponse, why: string): Promise<void> {
  const page = await pages.render(req, { status: 400, error: 'invalid_request', description: why });
  res.writeHead(400, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', ...page.headers });
  res.end(page.body);
}

async function readForm(req: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (!(req.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) return undefined;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of req) {
    size += (part as Buffer).length;
    if (size > 16_384) return undefined;
    parts.push(part as Buffer);
  }
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'));
}
