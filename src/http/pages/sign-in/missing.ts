import type { Request, RequestHandler, Response } from 'express';
import { mayStillEnrol, noteAsked } from '#actions/factors/grace.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import { render } from '#http/render/page.ts';
import { openInteraction } from '../interaction.ts';
import type { CurrentStep } from './current.ts';

/** Nothing that the person has is strong enough: leads to setting it up while there is time, and says whom to ask after. */
export async function showMissing(res: Response, { view, person, least }: CurrentStep): Promise<void> {
  const { services } = context(res).deps;
  await noteAsked(services, person.id);
  const mayEnrol = await mayStillEnrol(services, person.id);
  render(
    res,
    'pages/second-missing',
    {
      uid: view.uid,
      system: view.system,
      passkeyOnly: least === 'phishing-resistant',
      askWhom: person.manager,
      // Coming back resumes the request; what the session proves by then is looked at anew.
      enrol: mayEnrol ? `/account/methods?continue=${encodeURIComponent(`/authorize/${view.uid}`)}` : undefined,
    },
    mayEnrol ? 200 : 403,
  );
}

/**
 * Turning back answers the system: the person cancelled, or it asked for a strength that is not to be had. From the hub's own pages it
 * leads to the front page.
 */
export const turnBack: RequestHandler = async (req: Request, res: Response) => {
  const { kind, askedByRequest } = await openInteraction(req, res, 'sign-in', 'choose', 'step-up');
  if (req.body === undefined) throw new HubError('bad-request');
  const error = kind === 'step-up' && askedByRequest ? 'unmet_authentication_requirements' : 'access_denied';
  await context(res).deps.oidc.abort(req, res, error);
};
