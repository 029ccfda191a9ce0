import type { Request, RequestHandler, Response } from 'express';
import { effectiveAccess } from '#actions/access/effective.ts';
import { HubError } from '#domain/errors.ts';
import type { HubPermission } from '#domain/hub-roles.ts';
import { isActive } from '#domain/people/active.ts';
import { context, type Viewer } from '#http/context.ts';
import { people } from '#storage/collections.ts';

/** Who is signed in here, if anybody; asked of the provider once per request. */
export async function viewerOf(req: Request, res: Response): Promise<Viewer | undefined> {
  const state = context(res);
  if (state.viewer !== undefined) return state.viewer;
  const { oidc, services } = state.deps;
  const session = await oidc.signedIn(req, res);
  if (session === undefined) return undefined;
  const person = await services.store.get(people, session.personId);
  if (person === undefined || !isActive(person, services.clock.now())) return undefined;
  const access = await effectiveAccess(services, person);
  state.viewer = {
    person,
    session: session.uid,
    authTime: session.authTime,
    endsAt: session.endsAt,
    amr: session.amr,
    assurance: session.assurance,
    hub: access.hub,
    rights: access.hubRights,
  };
  return state.viewer;
}

/** The signed-in person of a route behind `requireSignedIn`. */
export function viewer(res: Response): Viewer {
  const found = context(res).viewer;
  if (found === undefined) throw new HubError('not-signed-in');
  return found;
}

/** Nobody signed in: a page sends to sign-in and back here, anything else is 401. */
export const requireSignedIn: RequestHandler = async (req, res, next) => {
  if ((await viewerOf(req, res)) !== undefined) return next();
  if (req.method !== 'GET' && req.method !== 'HEAD') throw new HubError('not-signed-in');
  await context(res).deps.oidc.startSignIn(res, req.originalUrl);
};

/** Only for holders of a hub permission; goes behind `requireSignedIn`. */
export function requireHub(permission: HubPermission): RequestHandler {
  return (_req, res, next) => {
    next(viewer(res).hub.has(permission) ? undefined : new HubError('forbidden'));
  };
}
