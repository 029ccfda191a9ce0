import type { Request, RequestHandler, Response } from 'express';
import { credentialsOf, hasSecondFactor } from '#actions/factors/credentials.ts';
import { renewRecoveryCodes, requireSomethingToRecover } from '#actions/factors/recovery-codes.ts';
import { forgetBrowser } from '#actions/factors/remembered.ts';
import { removeFactor, renameFactor } from '#actions/factors/remove.ts';
import { context } from '#http/context.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { continueOf, withContinue } from './continue.ts';

const path = '/account/methods';

function done(req: Request, res: Response, key: string): void {
  flash(res, { tone: 'good', key });
  res.redirect(303, withContinue(path, continueOf(req)));
}

/** Takes one of one's own factors away; somebody else's is not found. */
export const remove: RequestHandler = async (req, res) => {
  if (!(await freshOrAgain(res, path))) return;
  const { services } = context(res).deps;
  await removeFactor(services, originOf(req, res), viewer(res).person.id, field(req, 'id'));
  done(req, res, 'methods.removed');
};

export const rename: RequestHandler = async (req, res) => {
  const { services } = context(res).deps;
  const label = field(req, 'label').trim();
  if (label !== '') await renameFactor(services, viewer(res).person.id, field(req, 'id'), label);
  done(req, res, 'methods.renamed');
};

/** New recovery codes, shown this once; those before are dead. */
export const renewCodes: RequestHandler = async (req, res) => {
  if (!(await freshOrAgain(res, path))) return;
  const { services } = context(res).deps;
  const { person } = viewer(res);
  requireSomethingToRecover(hasSecondFactor(await credentialsOf(services, person.id)));
  const { codes, commit } = await renewRecoveryCodes(services, originOf(req, res), person);
  await services.store.write(commit);
  render(res, 'account/recovery-codes', { codes, on: continueOf(req), added: false });
};

export const forget: RequestHandler = async (req, res) => {
  const { services } = context(res).deps;
  await forgetBrowser(services, originOf(req, res), viewer(res).person.id, field(req, 'device'));
  done(req, res, 'methods.forgotten');
};
