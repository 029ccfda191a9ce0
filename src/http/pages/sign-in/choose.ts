import type { RequestHandler, Response } from 'express';
import { context } from '#http/context.ts';
import { viewerOf } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import type { InteractionView } from '#oidc/interactions.ts';
import { openInteraction } from '../interaction.ts';

/** Who goes on: the one who is signed in here, or somebody else (`prompt=select_account`). */
export async function showChoice(
  req: Parameters<RequestHandler>[0],
  res: Response,
  view: InteractionView,
): Promise<void> {
  const viewer = await viewerOf(req, res);
  render(res, 'pages/choose', { uid: view.uid, system: view.system, personName: viewer?.person.name ?? '' });
}

export const sameAgain: RequestHandler = async (req, res) => {
  await openInteraction(req, res, 'choose');
  await context(res).deps.oidc.keepAccount(req, res);
};

/** On a machine that people share: the session here ends, its systems are told, and the form is for whoever comes next. */
export const someoneElse: RequestHandler = async (req, res) => {
  await openInteraction(req, res, 'choose', 'step-up', 'sign-in', 'consent', 'no-access');
  await context(res).deps.oidc.switchPerson(req, res);
};
