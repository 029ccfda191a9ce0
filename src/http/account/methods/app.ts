import type { RequestHandler, Response } from 'express';
import { offerTotp, totpEnrolment } from '#actions/factors/totp.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import { field } from '#http/middleware/form.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { continueOf, withContinue } from './continue.ts';
import { enrolled, requireMayEnrol } from './enrolled.ts';
import { qrSvg } from './qr.ts';

const path = '/account/methods/app';

/** The code to scan, the key to type, and the field that proves that it was done. */
export const appPage: RequestHandler = async (req, res) => {
  const on = continueOf(req);
  if (!(await freshOrAgain(res, withContinue(path, on)))) return;
  await requireMayEnrol(res);
  await show(res, { on });
};

async function show(
  res: Response,
  given: { on: string | undefined; sealed?: string; label?: string },
  status = 200,
): Promise<void> {
  const { deps, texts } = context(res);
  const offer = offerTotp(deps.services, viewer(res).person, given.sealed);
  render(
    res,
    'account/authenticator',
    {
      qr: await qrSvg(offer.uri, texts.t('methods.qr')),
      key: offer.secret.replace(/(.{4})(?=.)/g, '$1 '),
      sealed: offer.sealed,
      label: given.label ?? texts.t('methods.appLabel'),
      on: given.on,
    },
    status,
  );
}

export const addApp: RequestHandler = async (req, res) => {
  const on = continueOf(req);
  if (!(await freshOrAgain(res, withContinue(path, on)))) return;
  await requireMayEnrol(res);
  const { services } = context(res).deps;
  const given = { sealed: field(req, 'offer'), code: field(req, 'code'), label: field(req, 'label') };
  try {
    const commit = await totpEnrolment(services, originOf(req, res), viewer(res).person, given);
    await enrolled(req, res, commit, ['otp']);
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'invalid') throw error;
    Object.assign(context(res), { faults: { code: { key: 'methods.wrongCode' } } });
    await show(res, { on, sealed: given.sealed, label: given.label }, 422);
  }
};
