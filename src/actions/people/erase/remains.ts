import type { Collection } from '#storage/collection.ts';
import {
  acceptances,
  accessRequests,
  credentials,
  factorGraces,
  identities,
  importPieces,
  importPreviews,
  links,
  merges,
  oneTimeLinks,
  outbox,
  proposals,
  recoveryCodes,
} from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { everyRecord } from '../../access/reading.ts';
import type { Services } from '../../services.ts';

/** Everything beside the account, its sessions and roles that is about a person, as the changes that take it away. */
export interface Remains {
  /** What the person signs in with, or could set a password by. */
  readonly credentials: readonly Change[];
  /** What speaks of the person: merges, proposals of a unification, requests, accepted breaches, letters, previews of files. */
  readonly records: readonly Change[];
}

export async function remainsOf(services: Services, person: string): Promise<Remains> {
  const { store } = services;
  const own = [credentials, recoveryCodes, oneTimeLinks, identities] as const;
  const secrets: Change[] = [{ kind: 'remove', collection: factorGraces, id: person }];
  for (const collection of own)
    for await (const { id } of everyRecord(store, collection as Collection, { where: { person } }))
      secrets.push({ kind: 'remove', collection, id });
  const records: Change[] = [];
  for (const side of ['survivor', 'gone'] as const)
    for await (const { id } of everyRecord(store, merges, { where: { [side]: person } }))
      records.push({ kind: 'remove', collection: merges, id });
  // Proposals are found by their rows; who they became is looked for in all of them. An erasure is rare.
  for await (const { id, effect } of everyRecord(store, proposals))
    if (effect?.person === person) records.push({ kind: 'remove', collection: proposals, id });
  for (const collection of [accessRequests, acceptances] as const)
    for await (const { id } of everyRecord(store, collection as Collection, { where: { person } }))
      records.push({ kind: 'remove', collection, id });
  // A letter holds address and name. Logout tokens have still to reach the systems; they hold neither.
  for await (const { id, kind } of everyRecord(store, outbox, { where: { person } }))
    if (kind === 'mail') records.push({ kind: 'remove', collection: outbox, id });
  records.push(...(await previewsOf(services, person)));
  return { credentials: secrets, records };
}

/** A person's own previews of files; those of others are over within the hour. */
async function previewsOf({ store }: Services, person: string): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const { id, pieces } of everyRecord(store, importPreviews, { where: { by: `person:${person}` } })) {
    changes.push({ kind: 'remove', collection: importPreviews, id });
    for (const [part, count] of Object.entries(pieces))
      for (let at = 0; at < count; at++)
        changes.push({ kind: 'remove', collection: importPieces, id: `${id}:${part}:${at}` });
  }
  return changes;
}

/** What stays of a person's links: whose they were by id, and the `sub` that is never given again. The login goes. */
export async function tombstones({ store }: Services, person: string): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const { id } of everyRecord(store, links, { where: { person } }))
    changes.push({ kind: 'update', collection: links, id, where: { person }, unset: ['login'] });
  return changes;
}
