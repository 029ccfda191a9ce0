import { HubError } from '#domain/errors.ts';
import { type ProtocolRules, protocolRules, type SystemWarning, warningsOf } from '#domain/systems/protocol.ts';
import type { Stored } from '#storage/collection.ts';
import { type System, systems } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { systemDirectory } from './directory.ts';

/** Every system, by title. */
export async function listSystems(services: Services): Promise<readonly Stored<System>[]> {
  const { all } = await systemDirectory(services);
  return [...all].sort((a, b) => a.title.localeCompare(b.title) || a.id.localeCompare(b.id));
}

/** @throws HubError `not-found`. */
export async function getSystem(services: Services, id: string): Promise<Stored<System>> {
  const system = await services.store.get(systems, id);
  if (system === undefined) throw new HubError('not-found', 'There is no such system');
  return system;
}

/** A system without its secret, with what holds for it at the protocol endpoints and the exceptions it uses. */
export type SystemView = Omit<
  Stored<System>,
  'clientSecretSealed' | 'previousSecretSealed' | 'provisioningSealed' | 'audience' | keyof ProtocolRules
> &
  ProtocolRules & { hasSecret: boolean; warnings: SystemWarning[] };

/** What may be shown of a system: everything but its secret. */
export function systemView({ modules }: Pick<Services, 'modules'>, system: Stored<System>): SystemView {
  const {
    clientSecretSealed,
    previousSecretSealed: _previous,
    provisioningSealed: _provisioning,
    audience: _audience,
    ...rest
  } = system;
  const module = modules.get(system.provider);
  return {
    ...rest,
    ...protocolRules(system, module),
    hasSecret: clientSecretSealed !== undefined,
    warnings: warningsOf(system, module),
  };
}
