import type { RequestHandler } from 'express';
import { recordRefusal } from '#actions/audit/refused.ts';
import { HubError } from '#domain/errors.ts';
import { admission } from '#domain/hub-scope.ts';
import { context } from '#http/context.ts';
import type { Feature } from '#http/deps.ts';
import { csrf } from '#http/middleware/csrf.ts';
import { takeFiles } from '#http/middleware/files.ts';
import { originOf } from '#http/middleware/origin.ts';
import { requireSignedIn, viewer } from '#http/middleware/signed-in.ts';
import { upload } from '#http/middleware/upload.ts';
import { people } from '#storage/collections.ts';
import { sayGlass } from './break-glass.ts';
import { sayRepeat } from './repeat.ts';
import { type AdminRoute, text } from './route.ts';
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
      sayGlass,
      (req, res) => route.handler(req, res, deps),
    );
  }
};

const reads = (route: AdminRoute): RequestHandler[] => (route.upload === true ? [upload] : []);

/**
 * Refuses, on record, whoever lacks the route's permission, or holds it over departments that the person named is not of: to them
 * there is no such person.
 */
function permitted(route: AdminRoute): RequestHandler {
  return async (req, res, next) => {
    const state = context(res);
    const { services } = state.deps;
    const looker = viewer(res);
    const person = route.departments === 'person' ? await services.store.get(people, text(req.params.id)) : undefined;
    const admitted = admission(route, looker.rights, person);
    if (typeof admitted === 'object') {
      state.viewer = { ...looker, hub: admitted.permissions };
      if (admitted.within !== undefined) state.within = admitted.within;
      return next();
    }
    const subject = person === undefined ? {} : { subject: { id: person.id } };
    const endpoint = `${route.method.toUpperCase()} ${route.path}`;
    await recordRefusal(services, originOf(req, res), { error: 'forbidden', endpoint, ...subject });
    throw new HubError(admitted === 'elsewhere' ? 'not-found' : 'forbidden');
  };
}
