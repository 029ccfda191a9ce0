import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { sourceFaults } from '#domain/sources/faults.ts';
import type { SourceSettings } from '#domain/sources/source.ts';
import type { Stored } from '#storage/collection.ts';
import { type Source, sources } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Services } from '../services.ts';
import { getSource } from './directory.ts';
import { refuseSharedDomains } from './domains.ts';
import { endSessionsOfSource } from './endings.ts';
import { refuseTokenOverDirectory, refuseTokenOverSource } from './reach.ts';
import { sourceDifferences, sourceRecord } from './record.ts';

/**
 * Writes a source anew as its settings say; nothing happens when nothing differs. Its kind stays: what an identity means
 * depends on it. Disabled, it lets nobody in, and the sessions begun through it end: what is disabled may be in other hands.
 * @param ifVersion the version the caller saw
 * @throws HubError `not-found`, `stale`, `invalid`, `forbidden`
 */
export async function changeSource(
  services: Services,
  origin: Origin,
  settings: SourceSettings,
  options: { readonly enabled?: boolean | undefined; readonly ifVersion?: number | undefined } = {},
): Promise<Stored<Source>> {
  const before = await getSource(services, settings.id);
  if (options.ifVersion !== undefined && before.version !== options.ifVersion) throw new HubError('stale');
  const faults = sourceFaults({ ...settings });
  if (settings.provider !== before.provider)
    faults.push({ path: 'provider', message: `is ${before.provider} and stays so; make another source` });
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
  await refuseSharedDomains(services, settings);
  const after = sourceRecord(services, settings, before.origin, options.enabled ?? before.enabled, before);
  const changed = sourceDifferences(before, after);
  if (changed === undefined) return before;
  const onlyOff = Object.keys(changed.after).join() === 'enabled' && !after.enabled;
  if (!onlyOff) {
    refuseTokenOverDirectory(origin, settings);
    await refuseTokenOverSource(services, origin, before.id);
  }
  try {
    await services.store.write({
      changes: [{ kind: 'replace', collection: sources, id: before.id, ifVersion: before.version, data: after }],
      events: [draft(origin, 'source.changed', 'success', { detail: { source: before.id }, ...changed })],
    });
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    throw new HubError('stale', undefined, { cause: error });
  }
  if (before.enabled && !after.enabled) await endSessionsOfSource(services, origin, before.id);
  return { ...after, id: before.id, version: before.version + 1 };
}
