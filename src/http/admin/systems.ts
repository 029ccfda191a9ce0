import type { Request, Response } from 'express';
import { policyInForce } from '#actions/policy/in-force.ts';
import { mayCallScim } from '#actions/scim/tokens.ts';
import { changeSystem } from '#actions/systems/change.ts';
import { getSystem, listSystems, systemView } from '#actions/systems/list.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { refusedAsLine } from './refused.ts';
import { text } from './route.ts';

/** `/admin/systems` */
export async function systemsPage(_req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const all = await listSystems(services);
  render(res, 'admin/systems', {
    active: 'systems',
    systems: all.map((system) => {
      const module = services.modules.get(system.provider);
      return {
        ...systemView(services, system),
        moduleTitle: module?.title ?? system.provider,
      };
    }),
  });
}

/** `/admin/systems/:id`: how it signs in, who may enter, what it receives. */
export async function systemPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const system = await getSystem(services, text(req.params.id));
  const module = services.modules.get(system.provider);
  const { compiled } = await policyInForce(services);
  const roles = [...compiled.document.roles].flatMap(([id, role]) => {
    const permissions = role.grants.get(system.id) ?? [];
    return permissions.length === 0 ? [] : [{ id, title: role.title, permissions }];
  });
  const record = systemView(services, system);
  render(res, 'admin/system', {
    active: 'systems',
    record,
    moduleTitle: module?.title ?? system.provider,
    warnings: record.warnings,
    claims: module?.claims ?? [],
    evidence: module?.evidence ?? '–',
    roles,
    callsScim: mayCallScim(system),
  });
}

/** Switches a system on or off; off, nobody enters and its tokens no longer hold. */
export function switchSystem(enabled: boolean) {
  return async (req: Request, res: Response, { services }: HttpDeps): Promise<void> => {
    const id = text(req.params.id);
    const version = Number(text(req.body?.version));
    await refusedAsLine(res, `/admin/systems/${encodeURIComponent(id)}`, async () => {
      const system = await changeSystem(services, originOf(req, res), id, { enabled }, version);
      const key = enabled ? 'admin.systems.switchedOn' : 'admin.systems.switchedOff';
      flash(res, { tone: 'good', key, values: { name: system.title } });
    });
  };
}
