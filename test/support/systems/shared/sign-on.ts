import express, { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express';
import * as openid from 'openid-client';
import { clearCookie, readCookie, writeCookie } from './cookies.ts';
import { html } from './html.ts';
import { LogoutTokens } from './logout-token.ts';
import { type Face, sendPage } from './page.ts';
import type { RelyingParty } from './relying-party.ts';
import { randomName, type Session, Sessions } from './sessions.ts';

/** Signs people in and out of one system; `signedIn` is what a page needs. */
export interface SignOn {
  readonly router: Router;
  readonly sessions: Sessions;
  /** Runs the page for whoever is signed in, with rights not older than the access token; sends everybody else to the hub. */
  signedIn(
    page: (req: Request, res: Response, session: Session, next: NextFunction) => Promise<void> | void,
  ): RequestHandler;
}

export function signOn(party: RelyingParty, face: Face): SignOn {
  const { baseUrl, issuer } = party.config;
  const names = { session: `${face.side}_session`, browser: `${face.side}_browser` };
  const sessions = new Sessions();
  const logoutTokens = new LogoutTokens(party);
  const router = Router();
  const form = express.urlencoded({ extended: false, limit: '32kb' });

  const toHub = async (req: Request, res: Response, returnTo: string): Promise<void> => {
    const browser = readCookie(req, names.browser) ?? randomName();
    writeCookie(res, names.browser, browser, baseUrl);
    res.redirect(303, await party.start(browser, returnTo));
  };

  router.get('/login', async (req, res) => {
    const { iss, target_link_uri: target } = req.query;
    // A third party may begin a sign-in only at the hub that this system trusts (OIDC Core, 4).
    const wanted = iss === undefined || iss === issuer ? ownPath(target, baseUrl) : '/';
    await toHub(req, res, wanted);
  });

  router.get('/callback', async (req, res) => {
    const answer = new URL(req.originalUrl, baseUrl).searchParams;
    const flow = party.flowOf(answer.get('state') ?? '', readCookie(req, names.browser));
    if (flow === undefined) return sorry(res, face, 400, 'This sign-in has already ended', 'Start again from here.');
    try {
      const { sid, profile, tokens } = await party.finish(answer, flow);
      const before = readCookie(req, names.session);
      if (before !== undefined) sessions.end(before);
      writeCookie(res, names.session, sessions.start(sid, profile, tokens).id, baseUrl);
      res.redirect(303, flow.returnTo);
    } catch (error) {
      if (!(error instanceof openid.AuthorizationResponseError)) throw error;
      if (error.error === 'access_denied')
        return sorry(
          res,
          face,
          403,
          `You may not use ${face.title}`,
          'The hub did not let you in. Ask whoever looks after your rights, or sign in as somebody else.',
        );
      sorry(res, face, 400, 'The sign-in did not succeed', `The hub answered: ${error.error}.`);
    }
  });

  router.post('/logout', form, async (req, res) => {
    const session = sessions.get(readCookie(req, names.session));
    if (session === undefined) return res.redirect(303, '/signed-out');
    if (fieldOf(req, 'csrf') !== session.csrf)
      return sorry(
        res,
        face,
        403,
        'You are still signed in',
        'The form was not from this page. Go back and try again.',
      );
    sessions.end(session.id);
    clearCookie(res, names.session);
    res.redirect(303, await party.endSession(session));
  });

  router.get('/signed-out', (_req, res) => {
    const body = html`<p>You are signed out here and at the hub.</p><p><a class="button" href="/login">Sign in again</a></p>`;
    sendPage(res, face, { title: 'Signed out', body });
  });

  router.post('/backchannel-logout', form, async (req, res) => {
    res.set('Cache-Control', 'no-store');
    try {
      sessions.endFor(await logoutTokens.read(fieldOf(req, 'logout_token')));
      res.status(200).end();
    } catch (error) {
      const description = error instanceof Error ? error.message : 'unreadable';
      res.status(400).json({ error: 'invalid_request', error_description: description });
    }
  });

  const signedIn: SignOn['signedIn'] = (page) => async (req: Request, res: Response, next: NextFunction) => {
    const session = sessions.get(readCookie(req, names.session));
    if (session === undefined) return toHub(req, res, req.method === 'GET' ? req.originalUrl : '/');
    try {
      await party.keepFresh(session);
    } catch (error) {
      if (!(error instanceof openid.ResponseBodyError) && !(error instanceof openid.WWWAuthenticateChallengeError))
        throw error;
      sessions.end(session.id);
      return toHub(req, res, req.originalUrl);
    }
    await page(req, res, session, next);
  };

  return { router, sessions, signedIn };
}

function sorry(res: Response, face: Face, status: number, title: string, text: string): void {
  const body = html`<p>${text}</p><p><a class="button" href="/login">Sign in</a></p>`;
  sendPage(res, face, { title, status, body });
}

/** The path of an address of this system itself; anything else is the start page. */
function ownPath(target: unknown, baseUrl: string): string {
  if (typeof target !== 'string') return '/';
  const url = URL.canParse(target, baseUrl) ? new URL(target, baseUrl) : undefined;
  return url !== undefined && url.origin === new URL(baseUrl).origin ? `${url.pathname}${url.search}` : '/';
}

function fieldOf(req: Request, name: string): string {
  const value = (req.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}
