import type { Services } from '#actions/services.ts';
import { systemDirectory } from '#actions/systems/directory.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';

const order: Readonly<Record<System['side'], number>> = { crm: 0, erp: 1, other: 2 };

/** The systems that people can enter, CRM side first; a system that is only a machine is no place to go. */
export async function placesToGo(services: Services): Promise<readonly Stored<System>[]> {
  const { all } = await systemDirectory(services);
  return all
    .filter((system) => system.enabled && (system.redirectUris.length > 0 || system.launchUri !== undefined))
    .toSorted((a, b) => order[a.side] - order[b.side] || a.title.localeCompare(b.title));
}
