import type { Request, RequestHandler, Response } from 'express';
import { passkeyRequest } from '#actions/factors/passkeys/prove.ts';
import { spentTag } from '#actions/factors/totp.ts';
import { rememberDevice } from '#actions/signin/device.ts';
import { type PasskeyTry, signInWithPasskey } from '#actions/signin/passkey.ts';
import { context } from '#http/context.ts';
import { cookie, cookieName, setCookie } from '#http/middleware/cookies.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { CommitConflict } from '#storage/port.ts';
import { openInteraction } from '../interaction.ts';
import { type CurrentStep, currentStep } from './current.ts';
import { throttledLine } from './password.ts';

const year = 31_536_000;

/** A challenge for signing in with a passkey alone: whichever the browser finds for this hub. */
export const firstOptions: RequestHandler = async (req, res) => {
  const { uid } = await openInteraction(req, res, 'sign-in');
  res.setHeader('Cache-Control', 'no-store');
  res.json(await passkeyRequest(context(res).deps.services, `first:${uid}`));
};

/** A challenge for the second step: one of this person's own. */
export const secondOptions: RequestHandler = async (req, res) => {
  const step = await currentStep(req, res);
  if (step === undefined) return;
  res.setHeader('Cache-Control', 'no-store');
  const { services } = context(res).deps;
  res.json(await passkeyRequest(services, `second:${step.view.uid}`, step.credentials.passkeys));
};

export const signInAlone: RequestHandler = async (req, res) => {
  const { uid } = await openInteraction(req, res, 'sign-in');
  await take(req, res, { bound: `first:${uid}` });
};

export const signInSecond: RequestHandler = async (req, res) => {
  const step = await currentStep(req, res);
  if (step === undefined) return;
  const { view, person, amr, source, ends } = step;
  await take(req, res, { bound: `second:${view.uid}`, step: { person: person.id, amr, source, ends } }, step);
};

async function take(
  req: Request,
  res: Response,
  given: Pick<PasskeyTry, 'bound' | 'step'>,
  before: Pick<CurrentStep, 'authTime' | 'through'> = { authTime: undefined, through: undefined },
): Promise<void> {
  const { services, oidc } = context(res).deps;
  const device = cookie(req, cookieName(res, 'device'));
  const refused = () => {
    flash(res, { tone: 'bad', key: 'passkey.refused' });
    res.redirect(303, req.path.replace(/\/passkey$/, ''));
  };
  try {
    await services.store.unit(async () => {
      const told = { ...given, answer: field(req, 'answer'), knownDevice: device };
      const result = await signInWithPasskey(services, originOf(req, res), told);
      if (result.outcome === 'throttled') {
        flash(res, throttledLine(res, result.retryAfter));
        return res.redirect(303, req.path.replace(/\/passkey$/, ''));
      }
      if (result.outcome === 'refused') return refused();
      setCookie(res, 'device', rememberDevice(services, device, result.person.id), year);
      const since = before.authTime === undefined ? {} : { authTime: before.authTime };
      await oidc.finishSignIn(req, res, result.person, { amr: result.amr, source: before.through, ...since });
    });
  } catch (error) {
    if (!(error instanceof CommitConflict) || error.change.tag !== spentTag) throw error;
    refused();
  }
}
