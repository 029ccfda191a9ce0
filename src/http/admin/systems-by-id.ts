import type { Services } from '#actions/services.ts';
import type { Stored } from '#storage/collection.ts';
import { type System, systems } from '#storage/collections.ts';
import type { SystemChip } from './audit/row.ts';

/** Every system, by id order. A company has tens of them, not thousands. */
export async function everySystem({ store }: Services): Promise<readonly Stored<System>[]> {
  const page = await store.find(systems, { limit: 1_000 });
  return page.items;
}

/** Chips of all systems by id. */
export async function systemChips(services: Services): Promise<ReadonlyMap<string, SystemChip>> {
  const all = await everySystem(services);
  return new Map(all.map(({ id, title, side }) => [id, { id, title, side }]));
}
