import type { Services } from '#actions/services.ts';
import { systemDirectory } from '#actions/systems/directory.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import type { SystemChip } from './audit/row.ts';

/** Every system, in order of id, from the directory that the process keeps. */
export async function everySystem(services: Services): Promise<readonly Stored<System>[]> {
  return (await systemDirectory(services)).all;
}

/** Chips of all systems by id. */
export async function systemChips(services: Services): Promise<ReadonlyMap<string, SystemChip>> {
  const all = await everySystem(services);
  return new Map(all.map(({ id, title, side }) => [id, { id, title, side }]));
}
