import type { Request, Response } from 'express';
import { changeSystem } from '#actions/systems/change.ts';
import { dependentsOf } from '#actions/systems/dependents.ts';
import { listSystems, systemView } from '#actions/systems/list.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { refusedAsLine } from '../refused.ts';
import { repeat } from '../repeat.ts';
import { text } from '../route.ts';
import { pathOf, renderSystem, systemOf } from './frame.ts';

/** `/admin/systems` */
export async function systemsPage(_req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const all = await listSystems(services);
  render(res, 'admin/systems', {
    active: 'systems',
    may: viewer(res).hub.has('hub:systems-write'),
    systems: all.map((system) => ({
      ...systemView(services, system),
      moduleTitle: services.modules.get(system.provider)?.title ?? system.provider,
    })),
  });
}

/** `/admin/systems/:id`: how it signs in, who may enter, what it receives. */
export async function systemPage(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const { services } = deps;
  const system = await systemOf(deps, req);
  const module = services.modules.get(system.provider);
  const { roles } = await dependentsOf(services, system);
  const { previousSecretUntil: until } = system;
  renderSystem(
    res,
    services,
    system,
    { tab: 'overview', view: 'overview' },
    {
      claims: module?.claims ?? [],
      evidence: module?.evidence ?? '–',
      overlapUntil: until !== undefined && until > services.clock.now() ? until : undefined,
      roles,
    },
  );
}

/** Switches a system on or off; off, nobody enters and its tokens no longer hold. */
export function switchSystem(enabled: boolean) {
  return async (req: Request, res: Response, deps: HttpDeps): Promise<void> => {
    const { services } = deps;
    const system = await systemOf(deps, req);
    // Switching off waits for nobody; switching on again is a grave act.
    if (enabled && !(await freshOrAgain(res, repeat(pathOf(system))))) return;
    const version = Number(text(req.body?.version));
    await refusedAsLine(res, pathOf(system), async () => {
      const { title } = await changeSystem(services, originOf(req, res), system.id, { enabled }, version);
      const key = enabled ? 'admin.systems.switchedOn' : 'admin.systems.switchedOff';
      flash(res, { tone: 'good', key, values: { name: title } });
    });
  };
}
