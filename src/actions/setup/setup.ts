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

/** Times a start looks again that lost a race to another node's. */
const attempts = 5;

/**
 * Called at each start. While nobody owns the hub: makes the owner of the settings (`admin.email`, `admin.password`), or else a
 * fresh one-time address that replaces the one before. On a store of several nodes an address that is still good stands, and
 * each of them tells the same.
 * @returns the path of that address, for printing on the console; undefined when there is an owner.
 * @throws HubError `weak-password`, `invalid` when the settings name nobody who could be one
 */
export async function ensureSetup(services: Services): Promise<string | undefined> {
  for (let attempt = 1; ; attempt++) {
    if ((await ownersOf(services)).size > 0) return undefined;
    try {
      const { admin } = services.settings;
      if (admin === undefined) return `/set-up/${await ensureAddress(services)}`;
      return void (await services.store.write(await ownerOfSettings(services, admin)));
    } catch (fault) {
      if (!(fault instanceof CommitConflict) || attempt === attempts) throw fault;
    }
  }
}

/** @returns the token; the store has only what it is made from together with the hub's secret. */
async function ensureAddress(services: Services): Promise<string> {
  const { store, clock } = services;
  const record = await store.get(meta, recordId);
  if (record !== undefined && typeof record.seed === 'string' && store.engine.exclusive !== true) {
    const standing = tokenFrom(services, record.seed);
    if (await setupIsOpen(services, standing)) return standing;
  }
  const seed = randomToken();
  const token = tokenFrom(services, seed);
  const id = hashedId(token);
  const place = { collection: meta, id: recordId, data: { link: id, seed } };
  const changes: Change[] =
    record === undefined ? [{ kind: 'insert', ...place }] : [{ kind: 'replace', ...place, ifVersion: record.version }];
  if (typeof record?.link === 'string') changes.push({ kind: 'remove', collection: oneTimeLinks, id: record.link });
  const data = { purpose: 'setup', used: false };
  const expiresAt = clock.now() + validFor;
  await store.write({
    changes: [...changes, { kind: 'insert', collection: oneTimeLinks, id, data, expiresAt }],
  });
  return token;
}

/** Nobody can tell it without the secret, and every node of a hub tells the same. */
function tokenFrom({ seal }: Pick<Services, 'seal'>, seed: string): string {
  return seal.mac('set-up address', seed);
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
