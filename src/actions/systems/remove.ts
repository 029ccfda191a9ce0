import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { grants, systems } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import type { Services } from '../services.ts';

/**
 * Removes a system. Its links stay, so that no `sub` is ever given out again; its tokens die with the
 * grants they came from, also for a system that is registered under the same name later.
 * @throws HubError `not-found`, `stale`.
 */
export async function removeSystem(services: Services, origin: Origin, id: string, ifVersion?: number): Promise<void> {
  const before = await services.store.get(systems, id);
  if (before === undefined) throw new HubError('not-found', 'There is no such system');
  try {
    await services.store.write({
      changes: [
        { kind: 'remove', collection: systems, id, ifVersion: ifVersion ?? before.version },
        ...(await endingsOfGrants(services, before.clientId)),
      ],
      events: [draft(origin, 'system.removed', 'success', { system: id, detail: { title: before.title } })],
    });
  } catch (error) {
    if (error instanceof CommitConflict) throw new HubError('stale', undefined, { cause: error });
    throw error;
  }
}

/** No index leads from a client to its grants: a removal is rare enough to look at them all. */
async function endingsOfGrants(services: Services, client: string): Promise<Change[]> {
  const changes: Change[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await services.store.find(grants, { limit: 1000, ...(cursor ? { cursor } : {}) });
    for (const grant of page.items) {
      if (grant.client === client) changes.push({ kind: 'remove', collection: grants, id: grant.id });
    }
    cursor = page.next;
  } while (cursor !== null);
  return changes;
}
