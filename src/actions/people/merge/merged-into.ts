import { merges, people } from '#storage/collections.ts';
import { everyRecord } from '../../access/reading.ts';
import type { Services } from '../../services.ts';

/** Ids of the accounts of the same person that were merged into this one, and into those: disabled, and still full of them. */
export async function mergedInto({ store }: Services, id: string): Promise<string[]> {
  const found = new Set<string>();
  const open = [id];
  for (let survivor = open.shift(); survivor !== undefined; survivor = open.shift())
    for await (const { gone, state } of everyRecord(store, merges, { where: { survivor } })) {
      if (state !== 'merged' || found.has(gone) || (await store.get(people, gone)) === undefined) continue;
      found.add(gone);
      open.push(gone);
    }
  return [...found];
}
