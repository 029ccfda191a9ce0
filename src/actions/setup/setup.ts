import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { hashedId, randomToken } from '#platform/ids.ts';
import { meta, oneTimeLinks } from '#storage/collections.ts';
import { type Change, type Commit, CommitConflict } from '#storage/port.ts';
import { ownersOf } from '../assignments/owners.ts';
import type { Services } from '../services.ts';
import { type FirstOwner, firstOwner } from './owner.ts';

const validFor = 24 * 60 * 60 * 1000;
/** Names the newest address; only that one works. */
const recordId = 'setup';

/**
 * Called at each start. While nobody owns the hub: makes the owner of the settings (`admin.email`, `admin.password`), or else a
 * fresh one-time address that replaces the one before.
 * @returns the path of that address, for printing on the console; undefined when there is an owner.
 * @throws HubError `weak-password`, `invalid` when the settings name nobody who could be one
 */
export async function ensureSetup(services: Services): Promise<string | undefined> {
  if ((await ownersOf(services)).size > 0) return undefined;
  const { admin } = services.settings;
  if (admin !== undefined) {
    await services.store.write(await ownerOfSettings(services, admin));
    return undefined;
  }
  const token = randomToken();
  const id = hashedId(token);
  const before = await newest(services);
  const changes: Change[] = before === undefined ? [] : [{ kind: 'remove', collection: oneTimeLinks, id: before }];
  const data = { purpose: 'setup', used: false };
  const expiresAt = services.clock.now() + validFor;
  await services.store.write({
    changes: [
      ...changes,
      { kind: 'insert', collection: oneTimeLinks, id, data, expiresAt },
      { kind: 'put', collection: meta, id: recordId, data: { link: id } },
    ],
  });
  return `/set-up/${token}`;
}

async function ownerOfSettings(services: Services, admin: FirstOwner): Promise<Commit> {
  try {
    return await firstOwner(services, { actor: { kind: 'hub' } }, admin);
  } catch (fault) {
    if (!(fault instanceof HubError)) throw fault;
    const faults = fault.faults.map(({ path, message }) => ({ path: `admin.${path}`, message }));
    throw new HubError(fault.code, 'The settings name no usable first owner', { faults, cause: fault });
  }
}

async function newest({ store }: Services): Promise<string | undefined> {
  const link = (await store.get(meta, recordId))?.link;
  return typeof link === 'string' ? link : undefined;
}

/** Would this address let somebody in? Looking uses nothing up. */
export async function setupIsOpen(services: Services, token: string): Promise<boolean> {
  const id = hashedId(token);
  const link = await services.store.get(oneTimeLinks, id);
  if (link?.purpose !== 'setup' || link.used || (link.expiresAt ?? 0) <= services.clock.now()) return false;
  return (await newest(services)) === id && (await ownersOf(services)).size === 0;
}

/**
 * Makes the first owner. The address works once: of several at the same moment one succeeds.
 * @throws HubError `not-found` when the address is used, replaced or older than a day; `invalid`, `weak-password`, `busy`
 */
export async function completeSetup(
  services: Services,
  origin: Origin,
  token: string,
  given: FirstOwner,
): Promise<void> {
  const gone = new HubError('not-found', 'This address was used or is too old; start the hub again for a new one');
  if (!(await setupIsOpen(services, token))) throw gone;
  const owner = await firstOwner(services, origin, given);
  const spend: Change = {
    kind: 'update',
    collection: oneTimeLinks,
    id: hashedId(token),
    where: { used: false },
    set: { used: true },
  };
  try {
    await services.store.writeNow({ changes: [spend, ...owner.changes], events: owner.events ?? [] });
  } catch (fault) {
    if (fault instanceof CommitConflict) throw gone;
    throw fault;
  }
}
