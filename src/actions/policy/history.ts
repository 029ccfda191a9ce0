import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type PolicyVersion, policyVersions } from '#storage/collections.ts';
import { everyRecord } from '../access/reading.ts';
import type { Services } from '../services.ts';

/** Every published version, newest first. */
export async function policyHistory({ store }: Pick<Services, 'store'>): Promise<Stored<PolicyVersion>[]> {
  return Array.fromAsync(everyRecord(store.engine, policyVersions, { sort: '-number' }));
}

/** One version. @throws HubError `not-found`. */
export async function policyVersion(
  { store }: Pick<Services, 'store'>,
  number: number,
): Promise<Stored<PolicyVersion>> {
  const version = await store.engine.get(policyVersions, String(number).padStart(8, '0'));
  if (version === undefined) throw new HubError('not-found', `There is no version ${number} of the policy`);
  return version;
}
