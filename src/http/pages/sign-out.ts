import type { Express, Request, RequestHandler, Response } from 'express';
import { context } from '#http/context.ts';
import { csrf } from '#http/middleware/csrf.ts';
import { field } from '#http/middleware/form.ts';
import { allowRedirectTo } from '#http/middleware/security-headers.ts';
import { viewerOf } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { isUnavailable } from '#storage/port.ts';
import { sourcesOffered } from './sign-in/source.ts';

/** Signing out of everything, from the hub's own menu or on a system's wish (`request`, sealed by the provider room). */
export function signOutPages(app: Express): void {
  app.get('/sign-out', csrf, ask);
  app.post('/sign-out', csrf, signOut);
  app.get('/sign-out/done', done);
}

const ask: RequestHandler = async (req, res) => {
  const { oidc } = context(res).deps;
  if (!(await mayBeSignedIn(req, res))) return res.redirect(303, '/sign-out/done');
  const { request } = req.query;
  const wish = typeof request === 'string' ? request : undefined;
  const system = await oidc.signOutRequest(wish);
  const { places } = await sourcesOffered(context(res).deps.services).catch(nowhere);
  allowRedirectTo(res, ...(system?.postLogoutRedirectUris ?? []), ...places);
  render(res, 'pages/sign-out', { system, hidden: system === undefined ? {} : { request: wish } });
};

/** The last page; who comes from signing out upstream goes on to the system that asked. */
const done: RequestHandler = (req, res) => {
  const { state } = req.query;
  const on = context(res).deps.oidc.afterSignOutThere(typeof state === 'string' ? state : undefined);
  if (on !== undefined) return res.redirect(303, on);
  render(res, 'pages/signed-out');
};

/** While the store is silent nobody is led upstream. */
function nowhere(error: unknown): { places: readonly string[] } {
  if (!isUnavailable(error)) throw error;
  return { places: [] };
}

const signOut: RequestHandler = async (req, res) => {
  const given = (name: string) => field(req, name) || undefined;
  // `next`: somebody else goes on here, on a machine that people share.
  await context(res).deps.oidc.signOut(req, res, given('request'), given('next'));
};

/** Signing out works while the store cannot say who is signed in. */
async function mayBeSignedIn(req: Request, res: Response): Promise<boolean> {
  try {
    return (await viewerOf(req, res)) !== undefined;
  } catch (error) {
    if (isUnavailable(error)) return true;
    throw error;
  }
}
