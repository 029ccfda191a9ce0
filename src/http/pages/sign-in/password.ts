import { randomInt } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { signInByForm } from '#actions/directories/sign-in.ts';
import { rememberDevice } from '#actions/signin/device.ts';
import { beginStep } from '#actions/signin/step.ts';
import { HubError } from '#domain/errors.ts';
import { context, type Flash } from '#http/context.ts';
import { cookie, cookieName, setCookie } from '#http/middleware/cookies.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { allowRedirectTo, allowScript } from '#http/middleware/security-headers.ts';
import { render } from '#http/render/page.ts';
import type { InteractionView } from '#oidc/interactions.ts';
import { openInteraction } from '../interaction.ts';
import { showChoice } from './choose.ts';
import { answerOfDirectory } from './directory.ts';
import { leadHome, sourcesOffered } from './source.ts';

const year = 31_536_000;

/**
 * The sign-in form. Its address is the proof that it is ours: the id in it is a secret of this browser, whose Lax cookie
 * does not travel with another site's post, so it needs no further token.
 */
export const showForm: RequestHandler = async (req, res) => {
  const view = await openInteraction(req, res, 'sign-in', 'step-up', 'choose');
  const { kind, uid, system, params } = view;
  if (kind === 'choose') return showChoice(req, res, view);
  if (kind === 'step-up') return res.redirect(303, `/sign-in/${uid}/second`);
  const hint = params.login_hint;
  await renderForm(res, { system, params }, { loginHint: typeof hint === 'string' ? hint.slice(0, 200) : undefined });
};

/** The form itself, which may lead to the system that asked or to any of the sources on it. */
async function renderForm(
  res: Response,
  { system, params }: Pick<InteractionView, 'system' | 'params'>,
  more: { loginHint?: string | undefined; status?: number } = {},
): Promise<void> {
  const { places, ...offered } = await sourcesOffered(context(res).deps.services);
  allowRedirectTo(res, params.redirect_uri, ...places);
  allowScript(res);
  render(res, 'pages/sign-in', { system, ...offered, loginHint: more.loginHint }, more.status);
}

export const signIn: RequestHandler = async (req, res) => {
  const { deps } = context(res);
  const view = await openInteraction(req, res, 'sign-in');
  const { uid, fresh, wanted } = view;
  const identifier = field(req, 'identifier');
  const password = field(req, 'password');
  if (field(req, 'via') === 'source' || password === '') {
    if (await leadHome(req, res, identifier)) return;
    if (field(req, 'via') === 'source') {
      flash(res, { tone: 'warn', key: 'source.noHome' }, { filled: { identifier } });
      return res.redirect(303, req.path);
    }
  }
  // In a flood, before anything is counted or looked up: whoever comes is told the same at once.
  if (deps.services.hasher.full()) return showBusy(res, view, identifier, undefined);
  const device = cookie(req, cookieName(res, 'device'));
  const remembered = cookie(req, cookieName(res, 'remembered'));
  const given = { identifier, password, knownDevice: device, remembered, fresh, wanted };
  try {
    // One unit: `signin.succeeded` and the finished interaction are one commit.
    await deps.services.store.unit(async () => {
      const result = await signInByForm(deps.services, originOf(req, res), { ...given, interaction: uid });
      if (result.outcome === 'ok') {
        setCookie(res, 'device', rememberDevice(deps.services, device, result.person.id), year);
        return deps.oidc.finishSignIn(req, res, result.person, { amr: result.amr, source: result.source });
      }
      if (result.outcome === 'second-step') {
        await beginStep(deps.services, uid, result.person, result.password);
        return res.redirect(303, `${req.path}/second`);
      }
      if (result.outcome === 'throttled') return showThrottled(req, res, result.retryAfter, identifier);
      if (result.outcome === 'directory-away') return showAway(req, res, result.title, identifier);
      if (result.outcome !== 'refused') return answerOfDirectory(req, res, result, identifier);
      flash(res, { tone: 'bad', key: 'signIn.refused' }, { filled: { identifier } });
      res.redirect(303, req.path);
    });
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'busy') throw error;
    await showBusy(res, view, identifier, error.retryAfter);
  }
};

/** @param seconds until another try makes sense; spread, so that not all come back at the same moment */
async function showBusy(
  res: Response,
  view: InteractionView,
  identifier: string,
  seconds = 2 + randomInt(4),
): Promise<void> {
  res.setHeader('Retry-After', String(seconds));
  Object.assign(context(res), { flash: { tone: 'warn', key: 'signIn.busy' }, filled: { identifier } });
  await renderForm(res, view, { status: 503 });
}

async function showThrottled(req: Request, res: Response, seconds: number, identifier: string): Promise<void> {
  await showAgain(req, res, 429, throttledLine(res, seconds), identifier);
}

/** Whoever is not at home in that directory is not told apart, and is told what to look at all the same. */
async function showAway(req: Request, res: Response, title: string, identifier: string): Promise<void> {
  res.setHeader('Retry-After', '30');
  await showAgain(req, res, 503, { tone: 'warn', key: 'signIn.directoryAway', values: { source: title } }, identifier);
}

/** Says when to come back, to programs too. */
export function throttledLine(res: Response, seconds: number): Flash {
  res.setHeader('Retry-After', String(seconds));
  const count = Math.max(1, Math.ceil(seconds / 60));
  return { tone: 'warn', key: 'signIn.throttled', values: { count } };
}

/** Answers with the form itself, where a redirect would hide the status that a program looks for. */
async function showAgain(req: Request, res: Response, status: number, said: Flash, identifier: string): Promise<void> {
  const view = await openInteraction(req, res, 'sign-in');
  Object.assign(context(res), { flash: said, filled: { identifier } });
  await renderForm(res, view, { status });
}
