import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { systems } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Services } from '../services.ts';

/**
 * Removes a system. Its links stay, so that no `sub` is ever given out again; its tokens die because their client is gone.
 * @throws HubError `not-found`, `stale`.
 */
export async function removeSystem(services: Services, origin: Origin, id: string, ifVersion?: number): Promise<void> {
  const before = await services.store.get(systems, id);
  if (before === undefined) throw new HubError('not-found', 'There is no such system');
  try {
    await services.store.write({
      changes: [{ kind: 'remove', collection: systems, id, ifVersion: ifVersion ?? before.version }],
      events: [draft(origin, 'system.removed', 'success', { system: id, detail: { title: before.title } })],
    });
  } catch (error) {
    if (error instanceof CommitConflict) throw new HubError('stale', undefined, { cause: error });
    throw error;
  }
}
