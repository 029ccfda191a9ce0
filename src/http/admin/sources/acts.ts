import type { Request, Response } from 'express';
import { changeSource } from '#actions/sources/change.ts';
import { getSource } from '#actions/sources/directory.ts';
import { sourceSettingsOf } from '#actions/sources/record.ts';
import { removeSource } from '#actions/sources/remove.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { refusedAsLine } from '../refused.ts';
import { text } from '../route.ts';

/** Switches a source on or off; off, nobody signs in by it, and the sessions begun through it end. */
export function switchSource(enabled: boolean) {
  return async (req: Request, res: Response, { services }: HttpDeps): Promise<void> => {
    const source = await getSource(services, text(req.params.id));
    const back = `/admin/sources/${encodeURIComponent(source.id)}`;
    // Shutting a door waits for nobody; opening one again is a grave act.
    if (enabled && !(await freshOrAgain(res, back))) return;
    await refusedAsLine(res, back, async () => {
      const options = { enabled, ifVersion: Number(text(req.body?.version)) };
      await changeSource(services, originOf(req, res), sourceSettingsOf(services, source), options);
      const key = enabled ? 'admin.sources.switchedOn' : 'admin.sources.switchedOff';
      flash(res, { tone: 'good', key, values: { name: source.title } });
    });
  };
}

/** Removes a source; the links of its people stay, should it come back. */
export async function removePost(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const source = await getSource(services, text(req.params.id));
  const page = `/admin/sources/${encodeURIComponent(source.id)}`;
  if (!(await freshOrAgain(res, page))) return;
  let back = page;
  await refusedAsLine(
    res,
    () => back,
    async () => {
      await removeSource(services, originOf(req, res), source.id, Number(text(req.body?.version)));
      back = '/admin/sources';
      flash(res, { tone: 'good', key: 'admin.sources.removed', values: { name: source.title } });
    },
  );
}
