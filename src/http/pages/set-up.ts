import type { Express, RequestHandler } from 'express';
import { completeSetup, setupIsOpen } from '#actions/setup/setup.ts';
import { HubError } from '#domain/errors.ts';
import { fewestCharacters } from '#domain/people/password.ts';
import { context, type Line } from '#http/context.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { passwordFaultLine } from './password-fault.ts';
import { strengthHint } from './strength.ts';

/** The first owner's account, at the one-time address that the hub prints. The address itself is the secret. */
export function setUpPages(app: Express): void {
  app.get('/set-up/:token', show);
  app.post('/set-up/:token', make);
}

const show: RequestHandler<{ token: string }> = async (req, res) => {
  const open = await setupIsOpen(context(res).deps.services, req.params.token);
  if (open) render(res, 'pages/set-up', { least: fewestCharacters, strength: await strengthHint(res) });
  else render(res, 'pages/set-up-over', {}, 404);
};

const make: RequestHandler<{ token: string }> = async (req, res) => {
  const { services } = context(res).deps;
  const given = { name: field(req, 'name'), email: field(req, 'email'), password: field(req, 'password') };
  const faults = blanks(given, field(req, 'again'));
  if (Object.keys(faults).length === 0) {
    try {
      await completeSetup(services, originOf(req, res), req.params.token, given);
      flash(res, { tone: 'good', key: 'setup.done' });
      return res.redirect(303, '/');
    } catch (error) {
      if (!(error instanceof HubError) || error.faults.length === 0) throw error;
      Object.assign(faults, faultLines(error));
    }
  }
  flash(res, undefined, { faults, filled: { name: given.name, email: given.email } });
  res.redirect(303, req.path);
};

function blanks(given: { name: string; email: string; password: string }, again: string): Record<string, Line> {
  const required = { key: 'password.fault.required' };
  return {
    ...(given.name.trim() === '' ? { name: required } : {}),
    ...(given.email.trim() === '' ? { email: required } : {}),
    ...(given.password === '' ? { password: required } : {}),
    ...(given.password === again ? {} : { again: { key: 'password.fault.differs' } }),
  };
}

function faultLines(error: HubError): Record<string, Line> {
  return Object.fromEntries(
    error.faults.map(({ path }) => {
      if (path === 'password') return [path, passwordFaultLine(error)];
      return [path, { key: path === 'email' ? 'password.fault.email' : 'password.fault.text' }];
    }),
  );
}
