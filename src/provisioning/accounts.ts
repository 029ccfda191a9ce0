import { carry } from '#actions/provisioning/carry.ts';
import { driftOf, readable, unread } from '#actions/provisioning/drift.ts';
import { type Connector, ConnectorFault } from '#actions/provisioning/port.ts';
import { queueChanged } from '#actions/provisioning/queue.ts';
import { restAfter } from '#actions/provisioning/settle.ts';
import { openConnector, type Target, targetOf } from '#actions/provisioning/target.ts';
import type { Services } from '#actions/services.ts';
import { systemDirectory } from '#actions/systems/directory.ts';
import { repeatUnderLease } from '#actions/under-lease.ts';
import { parseDuration } from '#domain/duration.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import {
  assignments,
  outbox,
  type ProvisionDelivery,
  people,
  policyVersions,
  provisioningStates,
  systems,
} from '#storage/collections.ts';

/** How often it is looked whether anything changed, in ms. */
const lookMs = 500;
/** What begins or ends by its date is seen at the latest after this, in ms; in a large company after the time that a look takes, many times. */
const sweepMs = 5000;
const sweepShare = 10;
const usualCheck = '1h';
/** How long a stop waits for what is under way; what is not settled then is found done after the next start. */
const patience = 2500;

/**
 * Carries accounts and roles into the products: looks for what the policy wants otherwise than it was carried, and carries what the outbox
 * holds, each system in a lane of its own, so that one that is slow or away delays nobody. One process of all does it.
 * @param only this system alone
 */
export function startAccounts(services: Services, only?: string): { stop(): Promise<void> } {
  const lanes = new Map<string, Promise<void>>();
  /** `since` by the hub's clock, `until` by this process's. */
  const rests = new Map<string, { attempts: number; until: number; since: number }>();
  const connectors = new Map<string, { version: number; connector: Connector }>();
  const checked = new Map<string, number>();
  let seen = '';
  let sweepAt = 0;
  /** However much changes, a look at a large company leaves time for everything else. */
  let notBefore = 0;

  const connectorOf = (target: Target): Connector => {
    const { id, version } = target.system;
    const known = connectors.get(id);
    if (known?.version === version) return known.connector;
    const connector = openConnector(services, target);
    connectors.set(id, { version, connector });
    // With other settings it may answer at once.
    rests.delete(id);
    return connector;
  };

  const sweep = async (targets: readonly Target[], held: () => boolean): Promise<void> => {
    const watched = [people, assignments, systems, policyVersions].map((one) => services.store.changes(one));
    const changes = watched.join(' ');
    if (performance.now() < (changes === seen ? sweepAt : notBefore)) return;
    const began = performance.now();
    for (const target of targets) if (held()) await queueChanged(services, target, held);
    seen = changes;
    const took = performance.now() - began;
    sweepAt = performance.now() + Math.max(sweepMs, sweepShare * took);
    notBefore = performance.now() + Math.min(sweepMs, 2 * took);
  };

  const lane = async (target: Target, held: () => boolean): Promise<void> => {
    const { id } = target.system;
    const connector = connectorOf(target);
    try {
      const due = await dueDeliveries(services, id);
      if (due.length > 0) {
        await carry(services, target, connector, due, held);
        await readable(services, id);
      }
      if (await checkIsDue(services, target, checked)) {
        checked.set(id, services.clock.now());
        await driftOf(services, { actor: { kind: 'hub' } }, id);
      }
      rests.delete(id);
    } catch (fault) {
      const product = productFault(fault);
      if (product === undefined) throw fault;
      const attempts = (rests.get(id)?.attempts ?? 0) + 1;
      const pause = Math.max(restAfter(attempts - 1), product.retryAfter ?? 0);
      rests.set(id, { attempts, until: performance.now() + pause, since: services.clock.now() });
      await unread(services, target, product, services.clock.now());
    }
  };

  /** Somebody who asks for it now is not made to wait. */
  const isResting = async (id: string): Promise<boolean> => {
    const rest = rests.get(id);
    if (rest === undefined || rest.until <= performance.now()) return false;
    const asked = (await services.store.engine.get(provisioningStates, id))?.askedAt ?? 0;
    return asked <= rest.since;
  };

  const job = repeatUnderLease(services, {
    name: 'provisioning',
    lookMs,
    restMs: 2000,
    round: async (held) => {
      const { all } = await systemDirectory(services);
      const active = all.flatMap((system) => {
        if (only !== undefined && system.id !== only) return [];
        const target = system.enabled ? targetOf(services, system) : undefined;
        return target === undefined || target.settings.mode === 'off' ? [] : [target];
      });
      if (active.length === 0) return;
      const on = active.filter(({ settings }) => settings.mode === 'on');
      if (on.length > 0) await sweep(on, held);
      for (const target of active) {
        const { id } = target.system;
        connectorOf(target);
        if (lanes.has(id) || (await isResting(id))) continue;
        const work = lane(target, held)
          .catch((error: unknown) => {
            rests.set(id, { attempts: 1, until: performance.now() + 2000, since: services.clock.now() });
            services.log.warn({ err: error, system: id }, 'accounts could not be carried; it will be tried again');
          })
          .finally(() => lanes.delete(id));
        lanes.set(id, work);
      }
    },
    failed: (error) => services.log.warn({ err: error }, 'accounts could not be carried; it will be tried again'),
  });
  return {
    async stop() {
      await job.stop();
      const { promise: late, resolve: giveUp } = Promise.withResolvers<void>();
      const cutOff = setTimeout(giveUp, patience);
      await Promise.race([Promise.all(lanes.values()), late]);
      clearTimeout(cutOff);
    },
  };
}

/** The product's own fault, also where an action has made a refusal of it. */
function productFault(fault: unknown): ConnectorFault | undefined {
  if (fault instanceof ConnectorFault) return fault;
  return fault instanceof HubError && fault.cause instanceof ConnectorFault ? fault.cause : undefined;
}

async function dueDeliveries(services: Services, system: string): Promise<Stored<ProvisionDelivery>[]> {
  const where = { status: 'waiting', nextAt: { below: services.clock.now() + 1 }, kind: 'provision', system };
  const found: Stored<ProvisionDelivery>[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await services.store.engine.find(outbox, { where, limit: 1000, ...(cursor ? { cursor } : {}) });
    found.push(...page.items.filter((one): one is Stored<ProvisionDelivery> => one.kind === 'provision'));
    cursor = page.next;
  } while (cursor !== null);
  return found;
}

async function checkIsDue(
  services: Services,
  { system, settings }: Target,
  checked: ReadonlyMap<string, number>,
): Promise<boolean> {
  const every = parseDuration(settings.check ?? usualCheck) ?? 0;
  if (every === 0) return false;
  const read = (await services.store.engine.get(provisioningStates, system.id))?.readAt ?? 0;
  return services.clock.now() - Math.max(read, checked.get(system.id) ?? 0) >= every;
}
