import type { Collection, Stored } from '#storage/collection.ts';
import {
  acceptances,
  accessRequests,
  credentials,
  factorGraces,
  identities,
  importPreviews,
  links,
  merges,
  oneTimeLinks,
  outbox,
  type Person,
  proposals,
  provisionedAccounts,
  recoveryCodes,
  reviewItems,
  scimCalls,
  scimMembers,
  scimUsers,
} from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { everyRecord } from '../../access/reading.ts';
import { factorTurnId } from '../../factors/turn.ts';
import type { Services } from '../../services.ts';
import { withoutTurn } from '../../turn.ts';
import { proposalsAbout } from '../../unify/about.ts';
import { leftAlone } from '../../unify/decide.ts';
import { previewNames, withoutPreview } from '../import/kept-preview.ts';

/** Everything beside the account, its sessions and roles that is about a person, as the changes that take it away. */
export interface Remains {
  /** What the person signs in with, or could set a password by. */
  readonly credentials: readonly Change[];
  /** What speaks of the person: merges, proposals of unifications, requests, accepted breaches, items of reviews, letters, previews of files. */
  readonly records: readonly Change[];
}

export async function remainsOf(services: Services, record: Stored<Person>): Promise<Remains> {
  const { store } = services;
  const { id: person } = record;
  const own = [credentials, recoveryCodes, oneTimeLinks, identities, scimUsers, scimMembers] as const;
  const secrets: Change[] = [
    { kind: 'remove', collection: factorGraces, id: person },
    withoutTurn(factorTurnId(person)),
  ];
  for (const collection of own)
    for await (const { id } of everyRecord(store, collection as Collection, { where: { person } }))
      secrets.push({ kind: 'remove', collection, id });
  const records: Change[] = [];
  for (const side of ['survivor', 'gone'] as const)
    for await (const { id } of everyRecord(store, merges, { where: { [side]: person } }))
      records.push({ kind: 'remove', collection: merges, id });
  records.push(...(await withoutProposals(services, record)));
  for (const collection of [accessRequests, acceptances, reviewItems, scimCalls] as const)
    for await (const { id } of everyRecord(store, collection as Collection, { where: { person } }))
      records.push({ kind: 'remove', collection, id });
  // A letter holds address and name. Logout tokens have still to reach the systems; they hold neither.
  // An account in a product has still to be closed there: only its id stays, until it was found inactive.
  for await (const { id } of everyRecord(store, provisionedAccounts, { where: { person } }))
    records.push({ kind: 'update', collection: provisionedAccounts, id, unset: ['login', 'found', 'drift'] });
  for await (const { id, kind } of everyRecord(store, outbox, { where: { person } })) {
    if (kind === 'mail') records.push({ kind: 'remove', collection: outbox, id });
    // What a product said may name them.
    if (kind === 'provision') records.push({ kind: 'update', collection: outbox, id, unset: ['lastError'] });
  }
  // One to somebody else that speaks of the person; what it said is gone once it is out.
  for await (const one of everyRecord(store, outbox, { where: { status: 'waiting' } }))
    if (one.kind === 'mail' && one.about === person && one.person !== person)
      records.push({ kind: 'remove', collection: outbox, id: one.id });
  records.push(...(await previewsOf(services, person)));
  return { credentials: secrets, records };
}

/** Proposals with their rows, decided or not; what somebody else was given by one is theirs and stays. */
async function withoutProposals(services: Services, person: Stored<Person>): Promise<Change[]> {
  const found = await proposalsAbout(services, [person]);
  const going = found.filter(
    ({ proposal: { state, effect } }) => state !== 'accepted' || effect === undefined || effect.person === person.id,
  );
  const gone = new Set(going.map(({ proposal }) => proposal.id));
  const changes = new Map<string, Change>();
  for (const { proposal, theirs } of going) {
    const own = new Set(theirs.map(({ list, at }) => `${list}:${at}`));
    const others = (proposal.pair ?? []).filter((key) => !own.has(key));
    const standing = proposal.state === 'open' ? await leftAlone(services, proposal, others, gone) : [];
    for (const change of standing) changes.set(change.id, change);
  }
  for (const id of gone) changes.set(id, { kind: 'remove', collection: proposals, id });
  return [...changes.values()];
}

/** Previews of files that a person asked for, or that have them in the file. */
async function previewsOf(services: Services, person: string): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const record of everyRecord(services.store, importPreviews))
    if (record.by === `person:${person}` || (await previewNames(services, record, person)))
      changes.push(...withoutPreview(record));
  return changes;
}

/** What stays of a person's links: whose they were by id, and the `sub` that is never given again. The login goes. */
export async function tombstones({ store }: Services, person: string): Promise<Change[]> {
  const changes: Change[] = [];
  for await (const { id } of everyRecord(store, links, { where: { person } }))
    changes.push({ kind: 'update', collection: links, id, where: { person }, unset: ['login'] });
  return changes;
}
