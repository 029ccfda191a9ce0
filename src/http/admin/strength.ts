import type { RequestHandler } from 'express';
import { credentialsOf, hasSecondFactor } from '#actions/factors/credentials.ts';
import { adminGraceUntil, daysLeft } from '#actions/factors/grace.ts';
import { glassMethod, reaches } from '#domain/assurance.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import { flash } from '#http/middleware/flash.ts';
import { viewer } from '#http/middleware/signed-in.ts';

/**
 * Who has rights in the hub proves more than a password: with the second factor that they have, or, while the grace lasts,
 * with a line that says how many days are left to set one up. After it the console leads there and nowhere else.
 */
export const strongEnough: RequestHandler = async (req, res, next) => {
  const { person, assurance, amr } = viewer(res);
  // The account in the envelope is for the day on which the factors are lost.
  if (reaches(assurance, 'mfa') || amr.includes(glassMethod)) return next();
  const state = context(res);
  const { services, oidc } = state.deps;
  const reads = req.method === 'GET' || req.method === 'HEAD';
  if (hasSecondFactor(await credentialsOf(services, person.id))) {
    if (!reads) throw new HubError('stronger-sign-in-required');
    return oidc.startSignIn(res, req.originalUrl, { wanted: 'mfa' });
  }
  const left = daysLeft(await adminGraceUntil(services, person.id), services.clock.now());
  if (left > 0) {
    state.mfaDaysLeft = left;
    return next();
  }
  if (!reads) throw new HubError('stronger-sign-in-required');
  flash(res, { tone: 'warn', key: 'methods.adminNeeds' });
  res.redirect(303, '/account/methods');
};
