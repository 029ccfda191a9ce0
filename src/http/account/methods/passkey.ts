import type { RequestHandler } from 'express';
import { passkeyCreation, passkeyEnrolment } from '#actions/factors/passkeys/enrol.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { freshOrAgain, viewerIsFresh } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { allowScript } from '#http/middleware/security-headers.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { browserName } from '../browser.ts';
import { continueOf, withContinue } from './continue.ts';
import { enrolled, requireMayEnrol } from './enrolled.ts';

const path = '/account/methods/passkey';

/** A name for the new passkey, and the button that makes it. */
export const passkeyPage: RequestHandler = async (req, res) => {
  const on = continueOf(req);
  if (!(await freshOrAgain(res, withContinue(path, on)))) return;
  await requireMayEnrol(res);
  allowScript(res);
  render(res, 'account/passkey', { on, label: browserName(context(res).texts, req.get('user-agent')) });
};

/** What the browser is asked to make. Script calls this, so who has to sign in again is told by the status. */
export const creationOptions: RequestHandler = async (_req, res) => {
  if (!(await viewerIsFresh(res))) throw new HubError('fresh-sign-in-required');
  await requireMayEnrol(res);
  const { person, session } = viewer(res);
  res.setHeader('Cache-Control', 'no-store');
  res.json(await passkeyCreation(context(res).deps.services, person, session));
};

export const addPasskey: RequestHandler = async (req, res) => {
  const on = continueOf(req);
  if (!(await freshOrAgain(res, withContinue(path, on)))) return;
  await requireMayEnrol(res);
  const { person, session } = viewer(res);
  const given = { bound: session, answer: field(req, 'answer'), label: field(req, 'label') };
  try {
    const { commit, amr } = await passkeyEnrolment(context(res).deps.services, originOf(req, res), person, given);
    await enrolled(req, res, commit, amr);
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'invalid') throw error;
    flash(res, { tone: 'bad', key: 'passkey.failed' });
    res.redirect(303, withContinue(path, on));
  }
};
