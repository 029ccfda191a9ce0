import { readFile } from 'node:fs/promises';
import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { meta, people } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { importPeople } from './import/import.ts';

const recordId = 'first-people';

/**
 * Loads the people of the configuration (`people:`) into a store that has none. A load that was cut off is finished by the
 * next start.
 * @throws HubError `invalid` with every bad row
 */
export async function ensurePeople(
  services: Services,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const { settings, store } = services;
  if (settings.people === undefined) return;
  const begun = (await store.get(meta, recordId))?.state === 'loading';
  if (!begun && (await store.count(people)) > 0) return;
  const source = await readFile(settings.people);
  const origin: Origin = { actor: { kind: 'hub' } };
  const check = await importPeople(services, origin, source, { dryRun: true });
  if (check.faults.length > 0)
    throw new HubError('invalid', `${settings.people} has bad rows; nothing of it was loaded`, {
      faults: check.faults.map(({ line, path, message }) => ({ path: `line ${line} ${path}`.trim(), message })),
    });
  await store.write({ changes: [{ kind: 'put', collection: meta, id: recordId, data: { state: 'loading' } }] });
  await importPeople(services, origin, source, { onProgress });
  await store.write({ changes: [{ kind: 'put', collection: meta, id: recordId, data: { state: 'loaded' } }] });
}
