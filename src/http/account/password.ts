import type { RequestHandler } from 'express';
import { passwordPlace } from '#actions/directories/password-place.ts';
import { changeOwnPassword } from '#actions/signin/change-password.ts';
import { HubError } from '#domain/errors.ts';
import { fewestCharacters } from '#domain/people/password.ts';
import { context, type Line } from '#http/context.ts';
import { cookie, cookieName } from '#http/middleware/cookies.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { passwordFaultLine } from '#http/pages/password-fault.ts';
import { strengthHint } from '#http/pages/strength.ts';
import { render } from '#http/render/page.ts';

const path = '/account/password';

export const passwordPage: RequestHandler = async (_req, res) => {
  const { person } = viewer(res);
  const login = person.email ?? person.username ?? '';
  const strength = await strengthHint(res, person);
  const place = await passwordPlace(context(res).deps.services, person);
  render(res, 'account/password', { login, least: fewestCharacters, strength, place });
};

/** Changes one's own password; every other session ends with it. */
export const changePassword: RequestHandler = async (req, res) => {
  const { services } = context(res).deps;
  const { person } = viewer(res);
  const given = { current: field(req, 'current'), next: field(req, 'password') };
  const faults = blanks(given, field(req, 'again'));
  if (Object.keys(faults).length === 0) {
    try {
      const knownDevice = cookie(req, cookieName(res, 'device'));
      await changeOwnPassword(services, originOf(req, res), person.id, { ...given, knownDevice });
      flash(res, { tone: 'good', key: 'password.changed' });
      return res.redirect(303, path);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      if (error.code === 'wrong-password') faults.current = { key: 'password.fault.wrong' };
      else if (error.code !== 'weak-password') throw error;
      else if (given.current === given.next) faults.password = { key: 'password.fault.same' };
      else faults.password = passwordFaultLine(error);
    }
  }
  flash(res, undefined, { faults });
  res.redirect(303, path);
};

function blanks(given: { current: string; next: string }, again: string): Record<string, Line> {
  const required = { key: 'password.fault.required' };
  return {
    ...(given.current === '' ? { current: required } : {}),
    ...(given.next === '' ? { password: required } : {}),
    ...(given.next === again ? {} : { again: { key: 'password.fault.differs' } }),
  };
}
