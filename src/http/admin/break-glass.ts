import type { Request, RequestHandler, Response } from 'express';
import { glassStatus } from '#actions/break-glass/codes.ts';
import { acknowledgeGlassUse } from '#actions/break-glass/use.ts';
import { glassMethod } from '#domain/assurance.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { breakGlassUses, people } from '#storage/collections.ts';
import { refusedAsLine } from './refused.ts';
import { text } from './route.ts';

const path = '/admin/break-glass';

/** Puts the banner on every page of the console until somebody said why the sealed account was used. */
export const sayGlass: RequestHandler = async (req, res, next) => {
  const state = context(res);
  if (req.method === 'GET')
    state.glassOpen = (await state.deps.services.store.count(breakGlassUses, { state: 'open' })) > 0;
  next();
};

/** `/admin/break-glass`: how many codes lie in the envelope, and when one was used, by whom acknowledged and why. */
export async function breakGlassPage(_req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const status = await glassStatus(services);
  const { hub, amr, rights } = viewer(res);
  // Who looks after some departments alone is told that it was one of the owners, not which.
  const nobody = rights.everywhere.size === 0 ? context(res).texts.t('admin.anAdministrator') : undefined;
  const uses = await Promise.all(
    status.uses.map(async (use) => ({ ...use, byName: use.by && (nobody ?? (await nameOf(services, use.by))) })),
  );
  const mayAcknowledge = hub.has('hub:hub-roles-assign') && !amr.includes(glassMethod);
  render(res, 'admin/break-glass', {
    active: 'glass',
    status,
    uses,
    mayAcknowledge,
    sealed: amr.includes(glassMethod),
  });
}

async function nameOf({ store }: HttpDeps['services'], by: string | undefined): Promise<string | undefined> {
  if (by === undefined || !by.startsWith('person:')) return by;
  return (await store.get(people, by.slice('person:'.length)))?.name ?? by;
}

/** An owner says why it was used. */
export async function acknowledge(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  await refusedAsLine(res, path, async () => {
    await acknowledgeGlassUse(services, originOf(req, res), text(req.params.use), text(req.body?.reason));
    flash(res, { tone: 'good', key: 'admin.glass.acknowledged' });
  });
}
