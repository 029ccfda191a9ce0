import { meta } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import type { Services } from './services.ts';

/**
 * Goes into the commit of every act of one kind on one thing, where what an act may do depends on what is there: of several at the
 * same moment, on whichever nodes, one passes. To be asked for before anything else is read.
 * @param tag marks this condition, so that whoever meets its conflict knows to look again
 */
export async function turnOf({ store }: Pick<Services, 'store'>, id: string, tag: string): Promise<Change> {
  const found = await store.engine.get(meta, id);
  const place = { collection: meta, id, tag };
  if (found === undefined) return { kind: 'insert', ...place, data: { turn: 1 } };
  return { kind: 'replace', ...place, ifVersion: found.version, data: { turn: Number(found.turn) + 1 } };
}

/** What forgets the turns of a thing that is gone. */
export function withoutTurn(id: string): Change {
  return { kind: 'remove', collection: meta, id };
}
