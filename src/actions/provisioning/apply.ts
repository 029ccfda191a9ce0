import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Wanted } from '#domain/provisioning/account.ts';
import type { Services } from '../services.ts';
import { asked, compared, type Planned } from './plan.ts';
import { queue } from './queue.ts';
import { keepState } from './state.ts';
import { getTarget, openConnector, type Target } from './target.ts';

/**
 * Applies the plan: each person in it gets an outbox delivery, which also survives a restart.
 * @param person only this one
 * @returns the plan as it was, and how many people are to be carried
 * @throws HubError `not-found`, `not-provisioned` (mode preview too), `product-away`
 */
export async function applyProvisioning(
  services: Services,
  origin: Origin,
  system: string,
  person?: string,
): Promise<Planned & { readonly queued: number }> {
  const target = await getTarget(services, system);
  requireOn(target);
  const there = await asked(() => compared(services, target, openConnector(services, target), person));
  const { create, link, change, disable } = there.plan;
  const concerned = new Map<string, Wanted>();
  for (const { wanted } of [...create, ...link, ...change, ...disable]) concerned.set(wanted.person, wanted);
  const queued = await queue(services, origin, target, [...concerned.values()], there);
  await keepState(services, system, { askedAt: services.clock.now() });
  return { system, at: services.clock.now(), plan: there.plan, queued };
}

/** @throws HubError `not-provisioned` */
export function requireOn({ settings, system }: Target): void {
  if (settings.mode !== 'on')
    throw new HubError('not-provisioned', 'This system is in preview: set the mode of its provisioning to on to apply');
  if (!system.enabled) throw new HubError('not-provisioned', 'This system is switched off');
}
