import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { sourceFaults } from '#domain/sources/faults.ts';
import type { SourceSettings } from '#domain/sources/source.ts';
import type { Stored } from '#storage/collection.ts';
import { type Source, sources } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Services } from '../services.ts';
import { refuseSharedDomains } from './domains.ts';
import { refuseTokenOverDirectory, refuseTokenOverSource } from './reach.ts';
import { sourceRecord } from './record.ts';

/**
 * Makes a source known, enabled. Its secret is sealed before it is stored.
 * @throws HubError `invalid` with every fault, `forbidden`, `already-exists`
 */
export async function createSource(
  services: Services,
  origin: Origin,
  settings: SourceSettings,
  madeIn: Source['origin'] = 'console',
): Promise<Stored<Source>> {
  const { id } = settings;
  const faults = sourceFaults({ ...settings });
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
  refuseTokenOverDirectory(origin, settings);
  await refuseSharedDomains(services, settings);
  // One of that id may have been removed, and its identities stay.
  await refuseTokenOverSource(services, origin, id);
  const data = sourceRecord(services, settings, madeIn, true);
  const { title, provider } = data;
  try {
    await services.store.write({
      changes: [{ kind: 'insert', collection: sources, id, data }],
      events: [draft(origin, 'source.created', 'success', { detail: { source: id, title, provider } })],
    });
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    throw new HubError('already-exists', 'A source of that id exists already', { cause: error });
  }
  return { ...data, id, version: 1 };
}
