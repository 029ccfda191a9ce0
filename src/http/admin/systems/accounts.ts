import type { Request, Response } from 'express';
import { applyProvisioning } from '#actions/provisioning/apply.ts';
import { driftOf } from '#actions/provisioning/drift.ts';
import { planProvisioning } from '#actions/provisioning/plan.ts';
import { type ShownPlan, shownPlan } from '#actions/provisioning/shown.ts';
import { driftedAccounts, provisioningStatus, troubled } from '#actions/provisioning/status.ts';
import { targetOf } from '#actions/provisioning/target.ts';
import { unifyAccounts } from '#actions/provisioning/unify.ts';
import type { Services } from '#actions/services.ts';
import { listSystems } from '#actions/systems/list.ts';
import { HubError } from '#domain/errors.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import type { Stored } from '#storage/collection.ts';
import { people, type System } from '#storage/collections.ts';
import { refusedAsLine } from '../refused.ts';
import { text } from '../route.ts';
import { pathOf, renderSystem, systemOf } from './frame.ts';

/** Accounts of one kind that the page names; the rest are counted. */
const mostNamed = 50;
const kinds = ['create', 'link', 'change', 'disable', 'missing', 'unmanaged', 'faults'] as const;

/** `/admin/systems/:id/accounts`: what the product has against what the policy says, as it was read last. */
export async function accountsPage(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  await show(res, deps.services, await systemOf(deps, req), {});
}

/** Asks the product now (`plan`, `drift`), has the difference carried (`apply`), or starts a unification with its accounts (`unify`). */
export async function accountsPost(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const { services } = deps;
  const system = await systemOf(deps, req);
  const act = text(req.body?.act);
  const origin = originOf(req, res);
  if (act === 'plan' || act === 'drift') {
    const ask = act === 'plan' ? planProvisioning : driftOf;
    try {
      const plan = shownPlan(await ask(services, origin, system.id));
      return await show(res, services, system, { plan, kind: act, groups: groupsOf(plan, act) });
    } catch (fault) {
      if (!(fault instanceof HubError) || fault.code !== 'product-away') throw fault;
      return show(res, services, system, { away: fault.message });
    }
  }
  let back = pathOf(system, '/accounts');
  await refusedAsLine(
    res,
    () => back,
    async () => {
      if (act === 'unify') {
        const other = text(req.body?.other);
        const systems = system.side === 'crm' ? { crm: system.id, erp: other } : { crm: other, erp: system.id };
        const { id } = await unifyAccounts(services, origin, systems);
        back = `/admin/unify/${encodeURIComponent(id)}`;
        return;
      }
      if (act !== 'apply') throw new HubError('bad-request');
      const { queued } = await applyProvisioning(services, origin, system.id);
      flash(res, { tone: 'good', key: 'provision.queued', values: { count: queued } });
    },
  );
}

async function show(res: Response, services: Services, system: Stored<System>, data: object): Promise<void> {
  const { target, ...status } = await provisioningStatus(services, system.id);
  const seesPeople = viewer(res).hub.has('hub:people-read');
  const others = (await listSystems(services)).filter(
    (one) => one.side !== system.side && one.side !== 'other' && targetOf(services, one) !== undefined,
  );
  const name = async (id: string | undefined) =>
    id === undefined || !seesPeople ? undefined : (await services.store.get(people, id))?.name;
  renderSystem(
    res,
    services,
    system,
    { tab: 'accounts', view: 'accounts' },
    {
      status,
      settings: target === undefined ? undefined : { ...target.settings, roles: target.how.mode },
      troubles: await Promise.all(
        (await troubled(services, system.id, mostNamed)).map(async ({ person, status: state, lastError }) => ({
          ...{ person, state, lastError: seesPeople ? lastError : undefined },
          name: await name(person),
        })),
      ),
      drifted: seesPeople
        ? await Promise.all(
            (await driftedAccounts(services, system.id, mostNamed)).map(async (one) => ({
              ...one,
              name: await name(one.person),
            })),
          )
        : [],
      others: system.side === 'other' ? [] : others.map(({ id, title }) => ({ id, title })),
      seesPeople,
      ...data,
    },
  );
}

/** What the page lists of a plan or a drift, each kind to so many rows. */
function groupsOf(plan: ShownPlan, act: 'plan' | 'drift') {
  return kinds
    .filter((kind) => plan[kind].length > 0 && !(act === 'drift' && kind === 'link'))
    .map((kind) => ({ kind, count: plan[kind].length, rows: plan[kind].slice(0, mostNamed) }));
}
