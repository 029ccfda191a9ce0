import type { Express, Request, RequestHandler, Response } from 'express';
import { rememberDevice } from '#actions/signin/device.ts';
import { signInWithPassword } from '#actions/signin/sign-in.ts';
import { HubError } from '#domain/errors.ts';
import { context, type Flash } from '#http/context.ts';
import { cookie, cookieName, setCookie } from '#http/middleware/cookies.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { openInteraction } from './interaction.ts';

const year = 31_536_000;
/** What a password proves (RFC 8176, 2). */
const byPassword = { amr: ['pwd'], acr: 'urn:gatehouse:acr:password' };

/**
 * The sign-in form. Its address is the proof that it is ours: the id in it is a secret of this browser, whose Lax cookie
 * does not travel with another site's post, so it needs no further token.
 */
export function signInPages(app: Express): void {
  app.get('/sign-in/:uid', showForm);
  app.post('/sign-in/:uid', signIn);
}

const showForm: RequestHandler = async (req, res) => {
  const { system, params } = await openInteraction(req, res, 'sign-in');
  const hint = params.login_hint;
  render(res, 'pages/sign-in', { system, loginHint: typeof hint === 'string' ? hint.slice(0, 200) : undefined });
};

const signIn: RequestHandler = async (req, res) => {
  const { deps } = context(res);
  await openInteraction(req, res, 'sign-in');
  const identifier = field(req, 'identifier');
  const device = cookie(req, cookieName(res, 'device'));
  const given = { identifier, password: field(req, 'password'), knownDevice: device };
  try {
    // One unit: `signin.succeeded` and the finished interaction are one commit.
    await deps.services.store.unit(async () => {
      const result = await signInWithPassword(deps.services, originOf(req, res), given);
      if (result.outcome === 'ok') {
        setCookie(res, 'device', rememberDevice(deps.services, device, result.person.id), year);
        return deps.oidc.finishSignIn(req, res, result.person, byPassword);
      }
      if (result.outcome === 'throttled') return showThrottled(req, res, result.retryAfter, identifier);
      flash(res, { tone: 'bad', key: 'signIn.refused' }, { filled: { identifier } });
      res.redirect(303, req.path);
    });
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'busy') throw error;
    res.setHeader('Retry-After', String(error.retryAfter ?? 3));
    await showAgain(req, res, 503, { tone: 'warn', key: 'signIn.busy' }, identifier);
  }
};

async function showThrottled(req: Request, res: Response, seconds: number, identifier: string): Promise<void> {
  res.setHeader('Retry-After', String(seconds));
  const count = Math.max(1, Math.ceil(seconds / 60));
  await showAgain(req, res, 429, { tone: 'warn', key: 'signIn.throttled', values: { count } }, identifier);
}

/** Answers with the form itself, where a redirect would hide the status that a program looks for. */
async function showAgain(req: Request, res: Response, status: number, said: Flash, identifier: string): Promise<void> {
  const { system } = await openInteraction(req, res, 'sign-in');
  Object.assign(context(res), { flash: said, filled: { identifier } });
  render(res, 'pages/sign-in', { system }, status);
}
