import { meta } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import type { Services } from '../services.ts';

const id = 'keys';
/** Marks the condition of this file, so that whoever meets its conflict knows to look again. */
export const keysTag = 'keys';

/**
 * Goes into the commit of every step of the keys: of several at the same moment, on whichever nodes, one passes, so that there
 * are never two active keys of one algorithm. To be asked for before the keys are read.
 */
export async function turnOfKeys({ store }: Pick<Services, 'store'>): Promise<Change> {
  const found = await store.engine.get(meta, id);
  const place = { collection: meta, id, tag: keysTag };
  if (found === undefined) return { kind: 'insert', ...place, data: { turn: 1 } };
  return { kind: 'replace', ...place, ifVersion: found.version, data: { turn: Number(found.turn) + 1 } };
}
