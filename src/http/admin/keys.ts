import type { Request, Response } from 'express';
import { listKeys } from '#actions/keys/list.ts';
import { rotateKeys } from '#actions/keys/rotate.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { refusedAsLine } from './refused.ts';
import { repeat } from './repeat.ts';

/** `/admin/keys`: which keys sign, which one waits, and from when it may take over. */
export async function keysPage(_req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const keys = await listKeys(services);
  const ready = Math.max(0, ...keys.map(({ readyAt }) => readyAt ?? 0));
  const step = ready === 0 ? 'prepare' : ready <= services.clock.now() ? 'takeOver' : 'wait';
  render(res, 'admin/keys', { active: 'keys', keys, step, ready });
}

/** One step of rotation: the published next key takes over, another is prepared. */
export async function rotate(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  if (!(await freshOrAgain(res, repeat('/admin/keys')))) return;
  await refusedAsLine(res, '/admin/keys', async () => {
    const { activated } = await rotateKeys(services, originOf(req, res));
    flash(res, { tone: 'good', key: `admin.keys.${activated.length === 0 ? 'prepared' : 'rotated'}` });
  });
}
