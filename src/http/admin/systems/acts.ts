import type { Request, Response } from 'express';
import { dependentsOf } from '#actions/systems/dependents.ts';
import { duplicateSystem } from '#actions/systems/duplicate.ts';
import { requireScopes } from '#actions/systems/reach.ts';
import { removeSystem } from '#actions/systems/remove.ts';
import { rotateSecret } from '#actions/systems/rotate-secret.ts';
import { parseDuration } from '#domain/duration.ts';
import { HubError } from '#domain/errors.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { systemNames } from '#http/systems.ts';
import { refusedAsLine } from '../refused.ts';
import { repeat } from '../repeat.ts';
import { text } from '../route.ts';
import { pathOf, renderSystem, systemOf } from './frame.ts';
import { showOnce } from './once.ts';

const overlaps = ['0s', '1h', '24h', '7d'] as const;

/** @throws HubError `invalid` */
function reasonOf(req: Request): string {
  const reason = text(req.body?.reason);
  if (reason !== '') return reason.slice(0, 500);
  throw new HubError('invalid', undefined, { faults: [{ path: 'reason', message: 'is missing; say why' }] });
}

/** `/admin/systems/:id/rotate`: how long the old secret stays good, and why it is changed. */
export async function rotatePage(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const system = await systemOf(deps, req);
  renderSystem(res, deps.services, system, { view: 'rotate' }, { overlaps });
}

export async function rotatePost(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const { services } = deps;
  const system = await systemOf(deps, req);
  let back = pathOf(system, '/rotate');
  if (!(await freshOrAgain(res, repeat(back)))) return;
  const act = async (): Promise<void> => {
    requireScopes(viewer(res).hub, system.machine?.scopes);
    const { secret } = await rotateSecret(services, originOf(req, res), system.id, {
      overlapMs: parseDuration(text(req.body?.overlap)),
      ifVersion: Number(text(req.body?.version)),
      reason: reasonOf(req),
    });
    showOnce(res, system.id, secret);
    flash(res, { tone: 'good', key: 'connect.rotated', values: { name: system.title } });
    back = pathOf(system, '/guide');
  };
  await refusedAsLine(res, () => back, act, { reason: text(req.body?.reason) });
}

/** `/admin/systems/:id/duplicate` */
export async function duplicatePage(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const system = await systemOf(deps, req);
  renderSystem(res, deps.services, system, { view: 'duplicate' }, {});
}

export async function duplicatePost(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const { services } = deps;
  const system = await systemOf(deps, req);
  let back = pathOf(system, '/duplicate');
  if (!(await freshOrAgain(res, repeat(back)))) return;
  const title = text(req.body?.title);
  const act = async (): Promise<void> => {
    if (title === '') {
      throw new HubError('invalid', undefined, { faults: [{ path: 'title', message: 'is empty; write a title' }] });
    }
    const made = await duplicateSystem(services, originOf(req, res), system, { title });
    if (made.secret !== undefined) showOnce(res, made.system.id, made.secret);
    flash(res, { tone: 'good', key: 'connect.done', values: { name: made.system.title } });
    back = pathOf(made.system, '/guide');
  };
  await refusedAsLine(res, () => back, act, { title });
}

/** `/admin/systems/:id/remove`: what depends on it, before it goes. */
export async function removePage(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const { services } = deps;
  const system = await systemOf(deps, req);
  const { delegations, ...dependents } = await dependentsOf(services, system);
  const names = await systemNames(services);
  const crossings = delegations.map(({ from, to }) => ({ from: names.of(from), to: names.of(to) }));
  renderSystem(res, services, system, { view: 'remove' }, { dependents, crossings });
}

export async function removePost(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const { services } = deps;
  const system = await systemOf(deps, req);
  let back = pathOf(system, '/remove');
  if (!(await freshOrAgain(res, repeat(back)))) return;
  const act = async (): Promise<void> => {
    requireScopes(viewer(res).hub, system.machine?.scopes);
    if (system.origin === 'config')
      throw new HubError('conflict', 'Take this system out of the configuration file first');
    await removeSystem(services, originOf(req, res), system.id, Number(text(req.body?.version)), reasonOf(req));
    flash(res, { tone: 'good', key: 'connect.removed', values: { name: system.title } });
    back = '/admin/systems';
  };
  await refusedAsLine(res, () => back, act, { reason: text(req.body?.reason) });
}
