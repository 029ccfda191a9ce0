import type { RequestHandler, Response } from 'express';
import { choosePassword } from '#actions/recovery/choose.ts';
import { openLink } from '#actions/recovery/link.ts';
import { rememberDevice } from '#actions/signin/device.ts';
import { HubError } from '#domain/errors.ts';
import { fewestCharacters } from '#domain/people/password.ts';
import { context, type Line } from '#http/context.ts';
import { cookie, cookieName, setCookie } from '#http/middleware/cookies.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { passwordFaultLine } from '../password-fault.ts';
import { strengthHint } from '../strength.ts';

const year = 31_536_000;
type Handler = RequestHandler<{ token: string }>;

/** The form behind a link. Looking uses nothing up, so whatever looks through mails may look. */
export const resetForm: Handler = async (req, res) => {
  const link = await openLink(context(res).deps.services, req.params.token);
  if (link === undefined) return over(res);
  const { person, purpose } = link;
  const strength = await strengthHint(res, person);
  render(res, 'pages/reset', { login: person.email, purpose, strength, least: fewestCharacters });
};

/** Spends the link. The address is the proof that the form is ours: nobody else knows it. */
export const reset: Handler = async (req, res) => {
  const { services } = context(res).deps;
  const password = field(req, 'password');
  const faults = blanks(password, field(req, 'again'));
  if (Object.keys(faults).length === 0) {
    try {
      const person = await choosePassword(services, originOf(req, res), req.params.token, password);
      const device = cookie(req, cookieName(res, 'device'));
      setCookie(res, 'device', rememberDevice(services, device, person), year);
      flash(res, { tone: 'good', key: 'reset.done' });
      return res.redirect(303, '/');
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      if (error.code === 'not-found') return over(res);
      if (error.code !== 'weak-password') throw error;
      faults.password = passwordFaultLine(error);
    }
  }
  flash(res, undefined, { faults });
  res.redirect(303, req.path);
};

function over(res: Response): void {
  render(res, 'pages/reset-over', {}, 404);
}

function blanks(password: string, again: string): Record<string, Line> {
  if (password === '') return { password: { key: 'password.fault.required' } };
  return password === again ? {} : { again: { key: 'password.fault.differs' } };
}
