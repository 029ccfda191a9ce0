import type { Express, RequestHandler } from 'express';
import { effectiveAccess } from '#actions/access/effective.ts';
import { context } from '#http/context.ts';
import { viewerOf } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { openInteraction } from './interaction.ts';
import { someoneElse } from './sign-in/choose.ts';

/** Says that a system stays closed, why, and whom to ask. Going back answers the system `access_denied`. */
export function noAccessPages(app: Express): void {
  app.get('/no-access/:uid', show);
  app.post('/no-access/:uid', goBack);
  app.post('/no-access/:uid/someone-else', someoneElse);
}

const show: RequestHandler = async (req, res) => {
  const { services } = context(res).deps;
  const { system } = await openInteraction(req, res, 'no-access');
  const viewer = await viewerOf(req, res);
  const access = viewer === undefined ? undefined : await effectiveAccess(services, viewer.person);
  render(
    res,
    'pages/no-access',
    {
      system,
      personName: viewer?.person.name ?? '',
      // Enough rights and still outside: then it is the way of signing in that falls short.
      stronger: system !== undefined && access?.systems.get(system.id)?.mayEnter === true,
      askWhom: viewer?.person.manager,
    },
    403,
  );
};

const goBack: RequestHandler = async (req, res) => {
  await openInteraction(req, res, 'no-access');
  await context(res).deps.oidc.abort(req, res, 'access_denied');
};
