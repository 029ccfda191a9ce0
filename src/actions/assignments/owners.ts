import { HubError } from '#domain/errors.ts';
import { inForce } from '#domain/policy/subject.ts';
import { assignments, meta, people } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { everyRecord } from '../access/reading.ts';
import { glassAccountId } from '../break-glass/account-id.ts';
import { rightsTag } from '../policy/rights.ts';
import type { Services } from '../services.ts';

export const ownerRole = 'hub-owner';
const guardId = 'owners';

/** Ids of the active people who own the hub now and have no end date and no last day. */
export async function ownersOf(services: Services): Promise<Set<string>> {
  const now = services.clock.now();
  // The account in the envelope owns the hub on the day nobody else does; it is nobody who stays.
  const sealed = await glassAccountId(services);
  const owners = new Set<string>();
  for await (const { person, role, from, until } of everyRecord(services.store, assignments, {
    where: { role: ownerRole },
  })) {
    if (person === sealed || role !== ownerRole || until !== undefined || !inForce({ from }, now)) continue;
    const record = await services.store.get(people, person);
    if (record?.status === 'active' && record.lastDay === undefined) owners.add(person);
  }
  return owners;
}

/**
 * Somebody has to be left who can let others in. For the commit of an act that takes ownership from a person (disabling,
 * withdrawing): the changes make two such acts at the same time exclude one another.
 * @returns nothing to write when the person is no owner.
 * @throws HubError `last-admin`
 */
export async function ownerStays(services: Services, person: string): Promise<Change[]> {
  const guard = await services.store.get(meta, guardId);
  const owners = await ownersOf(services);
  if (!owners.has(person)) return [];
  if (owners.size === 1) throw new HubError('last-admin');
  const rest = { collection: meta, id: guardId, data: { left: owners.size - 1 }, tag: rightsTag };
  return [guard === undefined ? { kind: 'insert', ...rest } : { kind: 'replace', ...rest, ifVersion: guard.version }];
}
