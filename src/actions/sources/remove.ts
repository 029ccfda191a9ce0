import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { sources } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Services } from '../services.ts';
import { getSource } from './directory.ts';
import { endSessionsOfSource } from './endings.ts';
import { refuseTokenOverSource } from './reach.ts';

/**
 * Removes a source and ends the sessions begun through it. Its identities stay with their people, for a source that was removed by mistake and is made again under the
 * same id: each is bound to the issuer besides.
 * @throws HubError `not-found`, `stale`, `forbidden`
 */
export async function removeSource(services: Services, origin: Origin, id: string, ifVersion?: number): Promise<void> {
  const { version, title, provider } = await getSource(services, id);
  await refuseTokenOverSource(services, origin, id);
  try {
    await services.store.write({
      changes: [{ kind: 'remove', collection: sources, id, ifVersion: ifVersion ?? version }],
      events: [draft(origin, 'source.removed', 'success', { detail: { source: id, title, provider } })],
    });
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    throw new HubError('stale', undefined, { cause: error });
  }
  await endSessionsOfSource(services, origin, id);
}
