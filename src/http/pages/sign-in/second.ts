import type { Request, RequestHandler, Response } from 'express';
import { hasSecondFactor, strongestBy } from '#actions/factors/credentials.ts';
import { recoveryCodesLeft } from '#actions/factors/recovery-codes.ts';
import { rememberBrowser, rememberedForMs } from '#actions/factors/remembered.ts';
import { spentTag } from '#actions/factors/totp.ts';
import { rememberDevice } from '#actions/signin/device.ts';
import { refuseCode, signInWithCode } from '#actions/signin/second-step.ts';
import { reaches } from '#domain/assurance.ts';
import { context } from '#http/context.ts';
import { cookie, cookieName, setCookie } from '#http/middleware/cookies.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { allowScript } from '#http/middleware/security-headers.ts';
import { render } from '#http/render/page.ts';
import { CommitConflict } from '#storage/port.ts';
import { type CurrentStep, currentStep } from './current.ts';
import { showMissing } from './missing.ts';
import { throttledLine } from './password.ts';

const year = 31_536_000;

/** The second step: which proof is asked for, and which others there are. */
export const secondForm: RequestHandler = async (req, res) => {
  const step = await currentStep(req, res);
  if (step !== undefined) await showSecond(req, res, step);
};

async function showSecond(_req: Request, res: Response, step: CurrentStep, status = 200): Promise<void> {
  const { view, credentials, least } = step;
  const enough = reaches(strongestBy(credentials), least);
  // A sign-in goes on with what there is, and what it lacks is seen afterwards; a step-up has no other purpose.
  if (!hasSecondFactor(credentials) || (view.kind === 'step-up' && !enough)) return showMissing(res, step);
  const { services } = context(res).deps;
  const codesDo = !enough || reaches('mfa', least);
  const passkey = credentials.passkeys.length > 0;
  const app = credentials.totp !== undefined && codesDo;
  if (passkey) allowScript(res);
  render(
    res,
    'pages/second-step',
    {
      uid: view.uid,
      system: view.system,
      stepUp: view.kind === 'step-up',
      personName: step.person.name,
      app,
      passkey,
      // What the request likes best stands first.
      passkeyFirst: passkey && (!app || view.wanted === 'phishing-resistant'),
      recovery: codesDo && (await recoveryCodesLeft(services, step.person.id)) > 0,
      mayRemember: mayRemember(step),
    },
    status,
  );
}

/** A fresh sign-in is asked for each time, so there is nothing to spare. */
function mayRemember({ view }: CurrentStep): boolean {
  return view.kind === 'sign-in' && !view.fresh;
}

/** Takes the code of the authenticator app. */
export const tryCode: RequestHandler = (req, res) => takeCode(req, res, 'totp');

/** Takes a code of either kind, finishes the sign-in with it, or says why not. */
export async function takeCode(req: Request, res: Response, method: 'totp' | 'recovery-code'): Promise<void> {
  const step = await currentStep(req, res);
  if (step === undefined) return;
  const { services } = context(res).deps;
  const origin = originOf(req, res);
  const device = cookie(req, cookieName(res, 'device'));
  const { person, credentials, amr, source, ends } = step;
  const again = () => {
    flash(res, { tone: 'bad', key: method === 'totp' ? 'second.wrongCode' : 'second.wrongRecovery' });
    res.redirect(303, req.path);
  };
  try {
    await services.store.unit(async () => {
      const given = { person, credentials, amr, source, method, code: field(req, 'code'), knownDevice: device, ends };
      const result = await signInWithCode(services, origin, given);
      if (result.outcome === 'refused') return again();
      if (result.outcome === 'throttled') {
        Object.assign(context(res), { flash: throttledLine(res, result.retryAfter) });
        return showSecond(req, res, step, 429);
      }
      if (field(req, 'remember') === 'yes' && mayRemember(step)) await remember(req, res, step);
      await finish(req, res, step, result.amr);
    });
  } catch (error) {
    if (!(error instanceof CommitConflict) || error.change.tag !== spentTag) throw error;
    await refuseCode(services, origin, person, 'code-used');
    again();
  }
}

async function remember(req: Request, res: Response, { person }: CurrentStep): Promise<void> {
  const { services } = context(res).deps;
  const origin = originOf(req, res);
  const kept = await rememberBrowser(services, origin, cookie(req, cookieName(res, 'remembered')), person.id);
  await services.store.write({ changes: kept.changes });
  setCookie(res, 'remembered', kept.cookie, rememberedForMs / 1000);
}

/** Both steps are done: one commit, and on to where the person was going. */
export async function finish(req: Request, res: Response, step: CurrentStep, amr: readonly string[]): Promise<void> {
  const { services, oidc } = context(res).deps;
  const { person, authTime, through } = step;
  setCookie(res, 'device', rememberDevice(services, cookie(req, cookieName(res, 'device')), person.id), year);
  await oidc.finishSignIn(req, res, person, { amr, source: through, ...(authTime === undefined ? {} : { authTime }) });
}
