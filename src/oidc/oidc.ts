import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { type KeyRing, keyRing } from '#actions/keys/ring.ts';
import type { Services } from '#actions/services.ts';
import type { Assurance } from '#domain/assurance.ts';
import { requestId } from '#platform/request-id.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person, System } from '#storage/collections.ts';
import { isUnavailable } from '#storage/port.ts';
import { acceptPlainBasic } from './basic-auth.ts';
import { type Bearer, bearerOf } from './bearer.ts';
import { approveDevice, denyDevice, deviceById, deviceByUserCode, type WaitingDevice } from './device/approval.ts';
import { hubReturnPath } from './hub-client.ts';
import { beginSession, raiseSession, returnFromSignIn, type SignedIn, signedIn, startSignIn } from './hub-session.ts';
import {
  abortInteraction,
  finishConsent,
  finishSignIn,
  type HowSignedIn,
  type InteractionView,
  keepAccount,
  switchPerson,
  viewInteraction,
} from './interactions.ts';
import { openSystem } from './open.ts';
import { onwardFrom, uidIn } from './over.ts';
import { ErrorPages, type RenderErrorPage, type RenderFormPost } from './pages.ts';
import { isForPeople, isOidcPath, paths } from './paths.ts';
import { postedRequest } from './posted-request.ts';
import { PreparedAnswers } from './prepared.ts';
import { createProvider } from './provider.ts';
import { clearHeaders, sendJson } from './respond.ts';
import { type Execute, executeOf, runProtocol } from './run.ts';
import {
  afterSignOutThere,
  endSessionEndpoint,
  Onward,
  type SignOutThere,
  signOut,
  signOutRequest,
} from './sign-out.ts';
import { narrowUserinfo } from './userinfo.ts';

/** The OpenID Connect room as the rest of the hub sees it. */
export interface Oidc {
  isOidcPath(path: string): boolean;
  /** Answers a request to a protocol path; never throws. */
  handle(req: IncomingMessage, res: ServerResponse): void;
  /** Who draws error pages for faults that end here; without one they are plain. */
  useErrorPage(render: RenderErrorPage): void;
  /** Who draws the page that posts an answer to a system (`response_mode=form_post`); without it a plain form. */
  useFormPost(render: RenderFormPost): void;
  /** Where sign-outs go on to upstream; without it nowhere. */
  useSignOutThere(there: SignOutThere): void;
  /** Where somebody was going who comes back from there. */
  afterSignOutThere(state: string | undefined): string | undefined;
  signedIn(req: IncomingMessage, res: ServerResponse): Promise<SignedIn | undefined>;
  /** @throws HubError when the interaction is over or belongs to another browser. */
  interaction(req: IncomingMessage, res: ServerResponse): Promise<InteractionView>;
  /** These three commit one unit of work (the caller's, if it runs in one) and answer 303. */
  finishSignIn(req: IncomingMessage, res: ServerResponse, person: Stored<Person>, how: HowSignedIn): Promise<void>;
  finishConsent(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** At `prompt=select_account`: whoever is signed in goes on. */
  keepAccount(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Ends this browser's session; the interaction goes on with the sign-in form. */
  switchPerson(req: IncomingMessage, res: ServerResponse): Promise<void>;
  abort(req: IncomingMessage, res: ServerResponse, error: string): Promise<void>;
  /** Where a signed-in person goes on from this page of a sign-in that is over; undefined where nobody is, or it is no such page. */
  onward(req: IncomingMessage, path: string): Promise<string | undefined>;
  /** Sends the browser to sign in and then to `returnTo`, a path of the hub. */
  startSignIn(
    res: ServerResponse,
    returnTo: string,
    options?: { readonly again?: boolean; readonly wanted?: Assurance },
  ): Promise<void>;
  /** Devices that wait for a person (RFC 8628): found by the code they show, then approved (303) or refused. */
  deviceByUserCode(typed: string): Promise<WaitingDevice | undefined>;
  deviceById(id: string): Promise<WaitingDevice | undefined>;
  approveDevice(req: IncomingMessage, res: ServerResponse, id: string): Promise<boolean>;
  denyDevice(req: IncomingMessage, id: string): Promise<boolean>;
  /** A session of the hub's own, for the account in the envelope; staged into the caller's unit. */
  beginSession(
    req: IncomingMessage,
    res: ServerResponse,
    person: Stored<Person>,
    how: { readonly amr: readonly string[]; readonly lastsMs: number },
  ): Promise<void>;
  /** What the person in hand proved beyond the session's own sign-in; staged into the caller's unit, with a new session id. */
  raiseSession(req: IncomingMessage, res: ServerResponse, amr: readonly string[]): Promise<void>;
  /** The system that asked for the sign-out which the page `/sign-out?request=…` is about; undefined if none did. */
  signOutRequest(request: string | undefined): Promise<Stored<System> | undefined>;
  /** Ends the session of this browser and answers 303: to the system that asked, to `next` (a path of the hub), or to `/sign-out/done`. */
  signOut(req: IncomingMessage, res: ServerResponse, request?: string, next?: string): Promise<void>;
  /** The system that calls the hub's own API with a bearer token. */
  bearer(req: IncomingMessage): Promise<Bearer | undefined>;
}

interface Current {
  readonly provider: Provider;
  readonly execute: Execute;
  readonly prepared: PreparedAnswers;
}

/** Builds the room over keys that exist (`ensureKeys`). When keys change, a new provider takes the old one's place. */
export async function createOidc(services: Services): Promise<Oidc> {
  const pages = new ErrorPages();
  const onward = new Onward();
  let ring = await keyRing(services);
  let current = build(services, pages, ring);
  await current;

  const now = async (): Promise<Current> => {
    const fresh = await keyRing(services);
    if (fresh.generation !== ring.generation) {
      ring = fresh;
      current = build(services, pages, ring);
    }
    return current;
  };

  const route = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = (req.url ?? '/').split('?', 1)[0] ?? '/';
    const { provider, execute, prepared } = await now();
    narrowUserinfo(req);
    await acceptPlainBasic(services, req, path);
    if (prepared.answer(req, res, path)) return;
    if (path === paths.authorization && req.method === 'POST') return postedRequest(pages, req, res);
    if (path === paths.end_session) return endSessionEndpoint(services, pages, onward, req, res);
    if (path === hubReturnPath) return returnFromSignIn(services, req, res);
    if (path.startsWith('/open/')) return openSystem(services, pages, req, res);
    return runProtocol(services, provider, execute, pages, req, res);
  };

  return {
    isOidcPath,
    handle(req, res) {
      route(req, res).catch((error: unknown) => fail(services, pages, req, res, error));
    },
    useErrorPage: (render) => pages.use(render),
    useFormPost: (render) => pages.useFormPost(render),
    useSignOutThere: (there) => onward.use(there),
    afterSignOutThere: (state) => afterSignOutThere(services, state),
    signedIn: (req) => signedIn(services, req),
    interaction: async (req, res) => viewInteraction(services, (await now()).provider, req, res),
    finishSignIn: async (req, res, person, how) => {
      await finishSignIn(services, (await now()).provider, req, res, person, how);
    },
    finishConsent: async (req, res) => finishConsent(services, (await now()).provider, req, res),
    keepAccount: async (req, res) => keepAccount(services, (await now()).provider, req, res),
    switchPerson: async (req, res) => switchPerson(services, (await now()).provider, req, res),
    abort: async (req, res, error) => abortInteraction(services, (await now()).provider, req, res, error),
    onward: async (req, path) => {
      const uid = uidIn(path);
      return uid === undefined ? undefined : onwardFrom(services, req, uid);
    },
    startSignIn: async (res, returnTo, options) => startSignIn(services, res, returnTo, options),
    deviceByUserCode: (typed) => deviceByUserCode(services, typed),
    deviceById: (id) => deviceById(services, id),
    approveDevice: async (req, res, id) => approveDevice(services, (await now()).provider, req, res, id),
    denyDevice: (req, id) => denyDevice(services, req, id),
    beginSession: (req, res, person, how) => beginSession(services, req, res, person, how),
    raiseSession: (req, res, amr) => raiseSession(services, req, res, amr),
    signOutRequest: (request) => signOutRequest(services, request),
    signOut: (req, res, request, next) => signOut(services, onward, req, res, request, next),
    bearer: (req) => bearerOf(services, req),
  };
}

async function build(services: Services, pages: ErrorPages, ring: KeyRing): Promise<Current> {
  const provider = createProvider(services, ring, pages);
  const execute = executeOf(provider);
  return { provider, execute, prepared: await PreparedAnswers.of(services, provider, execute, ring) };
}

/** What fell through everything: a person gets a page, a program the error of OAuth 2.0 (RFC 6749, 4.1.2.1). */
async function fail(
  services: Services,
  pages: ErrorPages,
  req: IncomingMessage,
  res: ServerResponse,
  cause: unknown,
): Promise<void> {
  services.log.error({ err: cause, request: requestId(req) }, 'a protocol request failed');
  if (res.headersSent) {
    res.destroy();
    return;
  }
  clearHeaders(res, { 'X-Request-Id': requestId(req) });
  const store = isUnavailable(cause);
  const status = store ? 503 : 500;
  const error = store ? 'temporarily_unavailable' : 'server_error';
  if (store) res.setHeader('Retry-After', '2');
  if (!isForPeople((req.url ?? '/').split('?', 1)[0] ?? '/')) return sendJson(res, status, { error });
  const page = await pages.render(req, { status, error, cause });
  res.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', ...page.headers });
  res.end(page.body);
}
