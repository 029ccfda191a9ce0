import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { destroyPersonKey } from '#storage/audit/person-keys.ts';
import type { Stored } from '#storage/collection.ts';
import { type Assignment, assignments, type Person, people } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { assignmentsOf } from '../../access/reading.ts';
import { shown } from '../../assignments/assign.ts';
import { ownerStays } from '../../assignments/owners.ts';
import { policyInForce } from '../../policy/in-force.ts';
import { actGuard, retryingRaces, rightsTag } from '../../policy/rights.ts';
import type { Services } from '../../services.ts';
import { endingsOfPerson } from '../../sessions/ending.ts';
import { unmatchedAbout } from '../../unify/about.ts';
import { removeUnification } from '../../unify/remove.ts';
import { mergedInto } from '../merge/merged-into.ts';
import { requireReach } from '../rights.ts';
import { remainsOf, tombstones } from './remains.ts';
import { withoutManager } from './reports.ts';

/** What an erasure left behind. */
export interface Erasure {
  readonly person: string;
  readonly sessions: number;
  readonly credentials: number;
  readonly roles: number;
  /** Links that stay without a login, so that no `sub` is ever given again. */
  readonly links: number;
  /** Whatever else spoke of the person: merges, proposals, requests, letters, people who had them as their manager. */
  readonly records: number;
}

/**
 * Erases a person, in one commit: ends everything as leaving does, removes the account with all that it signs in with, and
 * destroys the key of their part of the audit record, whose chain goes on to verify; accounts merged into it follow. What stays is the id, the open part of
 * events (which hold no name), each link's `sub`, and the name where the person acted on somebody else: that is theirs too. The address may be used by a new account afterwards.
 *
 * The reason stays readable for good, so it has to name nobody.
 * @throws HubError `not-found`, `invalid`, `stale`, `forbidden`, `last-admin`, `conflict` for oneself
 */
export async function erasePerson(
  services: Services,
  origin: Origin,
  id: string,
  options: { readonly reason: string; readonly ifVersion?: number | undefined },
): Promise<Erasure> {
  const reason = options.reason.trim();
  if (reason === '' || reason.length > 500)
    throw new HubError('invalid', undefined, {
      faults: [{ path: 'reason', message: 'say why, in 1 to 500 characters, without a name' }],
    });
  if (origin.actor.kind === 'person' && origin.actor.id === id)
    throw new HubError('conflict', 'Nobody erases their own account; ask another administrator');
  const merged = await mergedInto(services, id);
  await forgetUnmatched(services, origin, [id, ...merged], options.ifVersion);
  const erasure = await eraseOne(services, origin, id, reason, options.ifVersion);
  for (const other of merged) await eraseOne(services, origin, other, reason);
  return erasure;
}

/**
 * Files that are not matched yet are forgotten whole: nothing rests on them, and a file with a row cut out would not be the
 * one that was sent. Matched ones lose the rows, in the commit of the erasure.
 */
async function forgetUnmatched(
  services: Services,
  origin: Origin,
  [id = '', ...merged]: readonly string[],
  ifVersion: number | undefined,
): Promise<void> {
  const person = await services.store.get(people, id);
  if (person === undefined) throw new HubError('not-found', 'There is no such person');
  // An erasure that will be refused forgets nothing.
  if (ifVersion !== undefined && ifVersion !== person.version) throw new HubError('stale');
  await requireReach(services, origin, person);
  await ownerStays(services, id);
  const found = await Promise.all(merged.map((other) => services.store.get(people, other)));
  const others = found.filter((one) => one !== undefined);
  for (const other of others) await requireReach(services, origin, other);
  const accounts = [person, ...others];
  for (const { id: unmatched } of await unmatchedAbout(services, accounts))
    await removeUnification(services, origin, unmatched);
}

async function eraseOne(
  services: Services,
  origin: Origin,
  id: string,
  reason: string,
  ifVersion?: number | undefined,
): Promise<Erasure> {
  const { store, clock } = services;
  return retryingRaces(async () => {
    const person = await store.get(people, id);
    if (person === undefined) throw new HubError('not-found', 'There is no such person');
    if (ifVersion !== undefined && ifVersion !== person.version) throw new HubError('stale');
    await requireReach(services, origin, person);
    const owners = await ownerStays(services, id);
    const endings = await endingsOfPerson(services, origin, id, 'erased');
    const roles = await assignmentsOf(store, id);
    const remains = await remainsOf(services, person);
    const reports = await withoutManager(services, origin, person);
    const links = await tombstones(services, id);
    const count = (type: string) => (endings.events ?? []).filter((event) => event.type === type).length;
    const erasure: Erasure = {
      person: id,
      sessions: count('session.ended'),
      credentials: remains.credentials.length,
      roles: roles.length,
      links: links.length,
      records: remains.records.length + reports.changes.length,
    };
    const { person: _, ...counts } = erasure;
    const changes: Change[] = [
      { kind: 'remove', collection: people, id, ifVersion: person.version, tag: rightsTag },
      ...actGuard(await policyInForce(services)),
      ...owners,
      ...endings.changes,
      ...roles.map(({ id: role }): Change => ({ kind: 'remove', collection: assignments, id: role, tag: rightsTag })),
      ...remains.credentials,
      ...remains.records,
      ...reports.changes,
      ...links,
      destroyPersonKey(id, clock.now()),
    ];
    const events = [
      draft(origin, 'person.erased', 'success', { subject: { id }, detail: { reason, ...counts } }),
      ...roles.map((role) => withdrawn(origin, person, role)),
      ...(endings.events ?? []),
      ...reports.events,
    ];
    try {
      await store.write({ changes, events });
    } catch (fault) {
      if (fault instanceof CommitConflict && fault.change.collection.name === people.name)
        throw new HubError('stale', undefined, { cause: fault });
      throw fault;
    }
    return erasure;
  });
}

function withdrawn(
  origin: Origin,
  { id }: Stored<Person>,
  { id: assignment, version: _, ...role }: Stored<Assignment>,
) {
  return draft(origin, 'role.withdrawn', 'success', { subject: { id }, before: shown(assignment, role) });
}
