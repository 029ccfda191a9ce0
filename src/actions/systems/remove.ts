import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { clientCredentials, grants, systems } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { everyRecord } from '../access/reading.ts';
import { namesOf } from '../audit/names.ts';
import type { Services } from '../services.ts';

/**
 * Removes a system. Its links stay, so that no `sub` is ever given out again; its tokens die with it
 * (those of people with their grants), also for a system that is registered under the same name later.
 * @throws HubError `not-found`, `stale`.
 */
export async function removeSystem(
  services: Services,
  origin: Origin,
  id: string,
  ifVersion?: number,
  reason?: string,
): Promise<void> {
  const before = await services.store.get(systems, id);
  if (before === undefined) throw new HubError('not-found', 'There is no such system');
  try {
    await services.store.write({
      changes: [
        { kind: 'remove', collection: systems, id, ifVersion: ifVersion ?? before.version },
        ...(await endingsOfGrants(services, before.clientId)),
      ],
      events: [
        draft(origin, 'system.removed', 'success', {
          system: id,
          detail: { title: before.title },
          personal: {
            ...(await namesOf(services, origin)),
            ...(reason === undefined || reason === '' ? {} : { detail: { reason } }),
          },
        }),
      ],
    });
  } catch (error) {
    if (error instanceof CommitConflict) throw new HubError('stale', undefined, { cause: error });
    throw error;
  }
}

/** No index leads from a client to its grants and tokens: a removal is rare enough to look at them all. */
async function endingsOfGrants(services: Services, client: string): Promise<Change[]> {
  const changes: Change[] = [];
  for (const collection of [grants, clientCredentials]) {
    for await (const one of everyRecord(services.store.engine, collection)) {
      if (one.client === client) changes.push({ kind: 'remove', collection, id: one.id });
    }
  }
  return changes;
}
