import type { RequestHandler } from 'express';
import { askForLink } from '#actions/recovery/ask.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import { flash } from '#http/middleware/flash.ts';
import { field } from '#http/middleware/form.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { throttledLine } from './password.ts';

const path = '/sign-in/forgot';

/** Asks for a link by mail; afterwards says the same to everybody. */
export const forgotForm: RequestHandler = (req, res) => {
  const minutes = Math.round(context(res).deps.services.settings.lifetimes.resetLink / 60_000);
  render(res, 'pages/forgot', { sent: req.query.sent !== undefined, minutes });
};

export const forgot: RequestHandler = async (req, res) => {
  const { services } = context(res).deps;
  const identifier = field(req, 'identifier');
  if (identifier.trim() === '') {
    flash(res, undefined, { faults: { identifier: { key: 'password.fault.required' } } });
    return res.redirect(303, path);
  }
  try {
    await askForLink(services, originOf(req, res), identifier);
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'too-many-tries') throw error;
    Object.assign(context(res), { flash: throttledLine(res, error.retryAfter ?? 60) });
    return render(res, 'pages/forgot', { sent: false, path }, 429);
  }
  res.redirect(303, `${path}?sent`);
};
