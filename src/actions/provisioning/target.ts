import { nativeRoleMapping } from '#domain/claims/native-roles.ts';
import { HubError } from '#domain/errors.ts';
import { type Reconciling, reconcilingOf } from '#domain/providers/reconcile.ts';
import { type ProvisioningSettings, provisioningModes } from '#domain/provisioning/settings.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { getSystem } from '../systems/list.ts';
import type { Connector } from './port.ts';
import { openProvisioning } from './sealed.ts';

/** A system with how accounts are brought into it. */
export interface Target {
  readonly system: Stored<System>;
  readonly settings: ProvisioningSettings;
  readonly how: Reconciling;
  /** Native roles that the hub has to do with there. */
  readonly managed: ReadonlySet<string>;
}

/** @returns undefined for a system without a connector */
export function targetOf(services: Services, system: Stored<System>): Target | undefined {
  const settings = openProvisioning(services, system);
  const module = services.modules.get(system.provider);
  if (settings === undefined || module === undefined) return undefined;
  const asked = settings.roles ?? system.settings.reconcile;
  const how = reconcilingOf(
    { reconcile: provisioningModes(settings, module) },
    { ...system.settings, reconcile: asked },
  );
  const own = [...nativeRoleMapping(system.settings).values(), ...Object.values(module.nativeRoles)].flat();
  return { system, settings, how, managed: new Set([...own, ...how.profiles]) };
}

/** @throws HubError `not-found`; `not-provisioned` for a system without a connector, or one that is off */
export async function getTarget(services: Services, id: string): Promise<Target> {
  const target = targetOf(services, await getSystem(services, id));
  if (target === undefined)
    throw new HubError('not-provisioned', 'This system has no connector: add `provisioning:` to it');
  if (target.settings.mode === 'off')
    throw new HubError('not-provisioned', 'Provisioning of this system is off: set its mode to preview or on');
  return target;
}

export function openConnector(
  { connectors, settings: { production } }: Services,
  { system, settings }: Target,
): Connector {
  return connectors.open({ ...settings, allow: system.outbound.allow, allowLoopback: !production });
}
