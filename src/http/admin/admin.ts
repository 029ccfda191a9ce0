import type { RequestHandler } from 'express';
import { recordRefusal } from '#actions/audit/refused.ts';
import { HubError } from '#domain/errors.ts';
import type { Feature } from '#http/deps.ts';
import { csrf } from '#http/middleware/csrf.ts';
import { takeFiles } from '#http/middleware/files.ts';
import { originOf } from '#http/middleware/origin.ts';
import { requireSignedIn, viewer } from '#http/middleware/signed-in.ts';
import { upload } from '#http/middleware/upload.ts';
import { sayRepeat } from './repeat.ts';
import type { AdminRoute } from './route.ts';
import { adminRoutes } from './routes.ts';
import { strongEnough } from './strength.ts';

/** The console: mounts every route of routes.ts behind sign-in, its permission, the strength of the sign-in and the form token, in this order. */
export const adminFeature: Feature = (app, deps) => {
  for (const route of adminRoutes) {
    app[route.method](
      route.path,
      requireSignedIn,
      permitted(route),
      strongEnough,
      ...reads(route),
      ...(route.files ? [takeFiles] : []),
      csrf,
      sayRepeat,
      (req, res) => route.handler(req, res, deps),
    );
  }
};

const reads = (route: AdminRoute): RequestHandler[] => (route.upload === true ? [upload] : []);

/** Refuses, on record, whoever lacks the route's permission. */
function permitted({ permission, method, path }: AdminRoute): RequestHandler {
  return async (req, res, next) => {
    const { hub } = viewer(res);
    if (permission === 'any' ? hub.size > 0 : hub.has(permission)) return next();
    const services = res.locals.hub.deps.services;
    await recordRefusal(services, originOf(req, res), {
      error: 'forbidden',
      endpoint: `${method.toUpperCase()} ${path}`,
    });
    throw new HubError('forbidden');
  };
}
