import type { Stored } from '#storage/collection.ts';
import { meta } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import type { Store } from '#storage/store.ts';

/**
 * One record against races between a change of policy and acts on people: each was checked against what the other is about
 * to replace. `policy` is the number in force, `acts` counts the acts that changed what somebody may do.
 */
interface Rights {
  readonly policy: number;
  readonly acts: number;
}

const id = 'rights';
/** Marks the conditions of this file and of guarded acts, so that whoever meets their conflict knows to look again. */
export const rightsTag = 'rights';

/** To be read before the people are, and handed to `publishingGuard`. */
export async function readRights(store: Store): Promise<Rights | undefined> {
  const record: Stored<Record<string, unknown>> | undefined = await store.engine.get(meta, id);
  return record && { policy: Number(record.policy), acts: Number(record.acts) };
}

/** Goes into the commit of every act that can change what somebody may do: fails when the policy changed meanwhile. */
export function actGuard(policy: { readonly number: number }): Change[] {
  // Before the first policy nobody holds anything, so there is nothing to race for.
  if (policy.number === 0) return [];
  return [{ kind: 'update', collection: meta, id, where: { policy: policy.number }, add: { acts: 1 }, tag: rightsTag }];
}

/** Goes into the commit of a publication: fails when the policy, or what anybody may do, changed meanwhile. */
export function publishingGuard(seen: Rights | undefined, number: number): Change {
  if (seen === undefined)
    return { kind: 'insert', collection: meta, id, data: { policy: number, acts: 0 }, tag: rightsTag };
  return { kind: 'update', collection: meta, id, where: { ...seen }, set: { policy: number }, tag: rightsTag };
}

/** So many times an act that lost a race is planned anew. */
const maxTries = 8;

/**
 * Runs an act again when it lost a race for somebody's rights. Inside a unit of work the conflict shows at the unit's end
 * instead, and the request is answered with a conflict: whoever sent it looks again.
 */
export async function retryingRaces<R>(act: () => Promise<R>): Promise<R> {
  for (let tries = 1; ; tries++) {
    try {
      return await act();
    } catch (error) {
      const lost = error instanceof CommitConflict && error.change.tag === rightsTag;
      if (!lost || tries >= maxTries) throw error;
    }
  }
}
