import { HubError } from '#domain/errors.ts';
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

/** What may be shown of a system: everything but its secret. */
export function systemView(
  system: Stored<System>,
): Omit<Stored<System>, 'clientSecretSealed' | 'previousSecretSealed' | 'audience'> & { hasSecret: boolean } {
  const { clientSecretSealed, previousSecretSealed: _previous, audience: _audience, ...rest } = system;
  return { ...rest, hasSecret: clientSecretSealed !== undefined };
}
