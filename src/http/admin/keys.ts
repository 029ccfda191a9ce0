import type { Request, Response } from 'express';
import { listKeys } from '#actions/keys/list.ts';
import { rotateKeys } from '#actions/keys/rotate.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { repeat } from './repeat.ts';

/** `/admin/keys`: which keys sign. */
export async function keysPage(_req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  render(res, 'admin/keys', { active: 'keys', keys: await listKeys(services) });
}

/** One step of rotation: the published next key takes over, another is prepared. */
export async function rotate(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  if (!(await freshOrAgain(res, repeat('/admin/keys')))) return;
  await rotateKeys(services, originOf(req, res));
  flash(res, { tone: 'good', key: 'admin.keys.rotated' });
  res.redirect(303, '/admin/keys');
}
