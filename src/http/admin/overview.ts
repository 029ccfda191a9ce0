import type { Request, Response } from 'express';
import { newestCheckpoint } from '#actions/checkpoints/folder.ts';
import { lapsedAcceptances } from '#actions/conflicts/list.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import { isAlarming, provisioningAlarms } from '#actions/provisioning/alarms.ts';
import { systemDirectory } from '#actions/systems/directory.ts';
import { systemView } from '#actions/systems/list.ts';
import { readCheckpoint } from '#domain/audit/checkpoint.ts';
import { departmentsOf } from '#domain/hub-rights.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { outbox, people } from '#storage/collections.ts';
import { rowOf } from './audit/row.ts';

const dayMs = 86_400_000;

/** `/admin`: is all well, and what wants a look? Shows only what the viewer may read. */
export async function overviewPage(_req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { texts, viewer } = context(res);
  const may = (permission: Parameters<NonNullable<typeof viewer>['hub']['has']>[0]) =>
    viewer?.hub.has(permission) === true;
  const { store, clock } = services;
  const within = viewer && departmentsOf(viewer.rights, 'hub:people-read');
  const here = within === undefined ? {} : { department: { in: within } };
  const since = new Date(clock.now() - dayMs).toISOString();
  const [active, disabled, systems, policy, failed, waiting, refusals, names, lapsed, carried] = await Promise.all([
    store.count(people, { status: 'active', ...here }),
    store.count(people, { status: 'disabled', ...here }),
    systemDirectory(services),
    policyInForce(services),
    store.count(outbox, { status: 'failed' }),
    store.count(outbox, { status: 'waiting' }),
    may('hub:audit-read') ? store.audit.query({ outcome: 'denied', since, limit: 8, order: 'newest' }) : undefined,
    systemNames(services),
    may('hub:policy-read') ? lapsedAcceptances(services) : [],
    may('hub:systems-read') ? provisioningAlarms(services) : [],
  ]);
  const shown = may('hub:systems-read') ? systems.all.map((system) => systemView(services, system)) : undefined;
  const warned = (shown ?? []).filter((system) => system.warnings.length > 0 || !system.enabled);
  render(res, 'admin/overview', {
    active: 'overview',
    people: may('hub:people-read') ? { active, disabled } : undefined,
    systems: shown,
    warned,
    lapsed: lapsed.length,
    carried: carried.filter(isAlarming),
    // Said only to those who may see all that it rests on.
    well:
      shown === undefined || refusals === undefined
        ? undefined
        : refusals.items.length + failed + warned.length + lapsed.length + carried.filter(isAlarming).length === 0,
    policy: may('hub:policy-read') ? { number: policy.number } : undefined,
    deliveries: may('hub:systems-read') ? { failed, waiting } : undefined,
    refusals: refusals?.items.map((event) => rowOf(texts, names, event)),
    signedUpTo: may('hub:audit-read') ? signedUpTo(services) : undefined,
    within,
    counts: { deliveries: failed },
  });
}

/** When the newest checkpoint was signed, in milliseconds; everything recorded before is covered by it. */
function signedUpTo(services: HttpDeps['services']): number | undefined {
  const newest = newestCheckpoint(services.settings);
  return newest === undefined ? undefined : Date.parse(readCheckpoint(newest.jws).at);
}
