import { type AuditDraft, draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { changedFields, type PersonFields } from '#domain/people/fields.ts';
import { fieldsOf } from '#domain/people/record.ts';
import type { Stored } from '#storage/collection.ts';
import { type Assignment, assignments, links, type Merge, merges, type Person, people } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { guardedByPerson } from '../../access/guarded.ts';
import { assignmentsOf } from '../../access/reading.ts';
import { acceptedEvents, breachesOfChange, refusePrevented } from '../../access/separation.ts';
import { assigned, shown } from '../../assignments/assign.ts';
import { ownerRole, ownerStays } from '../../assignments/owners.ts';
import { named } from '../../named.ts';
import { policyInForce } from '../../policy/in-force.ts';
import { rightsTag } from '../../policy/rights.ts';
import type { Services } from '../../services.ts';
import { endingsOfPerson } from '../../sessions/ending.ts';
import { about } from '../about.ts';
import { requireReach } from '../rights.ts';
import { storedPerson } from '../stored.ts';
import { movedIdentities } from './identities.ts';
import { linkEvents } from './merge.ts';
import { restoredFields } from './restored.ts';

/** What undoing a merge would do now. */
export interface Unmerging {
  /** Fields that stay as they are since they changed after the merge, as `survivor.name`, `gone.status`. */
  readonly kept: readonly string[];
  /** Links and assignments that go back: those that are still where the merge put them. */
  readonly links: readonly { readonly id: string; readonly system: string }[];
  readonly assignments: readonly Stored<Assignment>[];
  readonly survivor: PersonFields;
  readonly gone: PersonFields;
}

/** Tells what undoing would do, for the page that asks. */
export async function unmergingOf(
  { store }: Services,
  merge: Merge,
  survivor: Stored<Person>,
  gone: Stored<Person>,
): Promise<Unmerging> {
  const as = (fields: object): PersonFields => fields as unknown as PersonFields;
  const one = restoredFields(as(merge.before.survivor), as(merge.after.survivor), fieldsOf(survivor));
  const two = restoredFields(as(merge.before.gone), as(merge.after.gone), fieldsOf(gone));
  const back: { id: string; system: string }[] = [];
  for (const link of merge.links) if ((await store.get(links, link.id))?.person === survivor.id) back.push(link);
  const own = await assignmentsOf(store, survivor.id);
  return {
    kept: [...one.kept.map((field) => `survivor.${field}`), ...two.kept.map((field) => `gone.${field}`)],
    links: back,
    assignments: own.filter(({ id }) => merge.assignments.includes(id)),
    survivor: one.fields,
    gone: two.fields,
  };
}

/**
 * Takes a merge back, however long ago: links and roles that the merge moved go back, both accounts get the fields that they
 * had, save what changed since (told in `kept`). The survivor's sessions end, since a login of theirs is no longer theirs.
 * @throws HubError `not-found`, `conflict`, `stale`, `forbidden`, `last-admin`, `already-exists`, SeparationBreached
 */
export async function unmergePeople(
  services: Services,
  origin: Origin,
  id: string,
  { reason, ifVersion }: { readonly reason?: string | undefined; readonly ifVersion?: number | undefined } = {},
): Promise<Stored<Merge>> {
  const { store } = services;
  const merge = await store.get(merges, id);
  if (merge === undefined) throw new HubError('not-found', 'There is no such merge');
  if (merge.state !== 'merged') throw new HubError('conflict', 'This merge is undone already');
  if (ifVersion !== undefined && ifVersion !== merge.version) throw new HubError('stale');
  try {
    return await guardedByPerson(
      services,
      origin,
      merge.survivor,
      async ({ person: survivor, assignments: standing }) => {
        const gone = await store.get(people, merge.gone);
        if (gone === undefined) throw new HubError('not-found', 'The other account is no more');
        await requireReach(services, origin, survivor);
        await requireReach(services, origin, gone);
        const doing = await unmergingOf(services, merge, survivor, gone);
        const back = doing.assignments.map((one) => ({ ...one, person: gone.id }));
        const goneAfter = storedPerson(services, doing.gone, gone);
        const warned = await checkGone(services, origin, gone, goneAfter, back);
        const ending = await endingsOfPerson(services, origin, survivor.id, 'admin');
        const loses = doing.assignments.some(({ role, until }) => role === ownerRole && until === undefined);
        const owners = loses && doing.gone.status !== 'active' ? await ownerStays(services, survivor.id) : [];
        const known = await movedIdentities(services, survivor.id, gone.id, merge.identities ?? []);
        const { id: _id, version, ...rest } = merge;
        const data: Merge = { ...rest, state: 'undone', kept: [...doing.kept] };
        return {
          act: 'person.unmerged',
          after: {
            person: storedPerson(services, doing.survivor, survivor),
            assignments: standing.filter((one) => !doing.assignments.some((other) => other.id === one.id)),
          },
          changes: [
            ...doing.links.map(
              (link): Change => ({
                kind: 'update',
                collection: links,
                id: link.id,
                where: { person: survivor.id },
                set: { person: gone.id },
              }),
            ),
            ...known.changes,
            ...doing.assignments.map(
              (one): Change => ({
                kind: 'update',
                collection: assignments,
                id: one.id,
                where: { person: survivor.id },
                set: { person: gone.id },
                tag: rightsTag,
              }),
            ),
            {
              kind: 'replace',
              collection: people,
              id: gone.id,
              ifVersion: gone.version,
              data: goneAfter,
              tag: rightsTag,
            },
            { kind: 'replace', collection: merges, id, ifVersion: version, data },
            ...ending.changes,
            ...owners,
          ],
          events: [
            await unmergedEvent(services, origin, survivor, merge, doing, reason),
            ...statusEvents(origin, gone, goneAfter),
            ...doing.links.flatMap((link) => linkEvents(origin, link, survivor, gone)),
            ...(await roleEvents(services, origin, survivor, gone, doing.assignments)),
            ...(ending.events ?? []),
            ...warned,
          ],
          result: { ...data, id, version: version + 1 },
        };
      },
    );
  } catch (fault) {
    if (!(fault instanceof CommitConflict)) throw fault;
    if (fault.reason !== 'unique') throw new HubError('stale', undefined, { cause: fault });
    throw new HubError(
      'already-exists',
      'Somebody else has an address or number that would go back; change that first',
    );
  }
}

/** The account that comes back is checked like any other that is enabled. */
async function checkGone(
  services: Services,
  origin: Origin,
  before: Stored<Person>,
  after: Person,
  back: readonly Stored<Assignment>[],
): Promise<AuditDraft[]> {
  const policy = await policyInForce(services);
  const own = await assignmentsOf(services.store, before.id);
  const { prevented, accepted } = breachesOfChange(
    policy,
    { person: before, assignments: own },
    { person: after, assignments: [...own, ...back] },
    services.clock.now(),
  );
  if (prevented.length > 0)
    await refusePrevented(services, origin, { id: before.id, person: before }, prevented, 'person.unmerged');
  return acceptedEvents(origin, { id: before.id, person: after }, accepted, 'person.unmerged');
}

async function unmergedEvent(
  services: Services,
  origin: Origin,
  survivor: Stored<Person>,
  merge: Stored<Merge>,
  doing: Unmerging,
  reason: string | undefined,
): Promise<AuditDraft> {
  const who = await about(services, origin, survivor);
  return draft(origin, 'person.unmerged', 'success', {
    subject: who.subject,
    detail: {
      merge: merge.id,
      other: merge.gone,
      links: doing.links.map((link) => link.id),
      assignments: doing.assignments.map((one) => one.id),
      kept: [...doing.kept],
    },
    personal: { ...who.personal, ...(reason ? { detail: { reason } } : {}) },
  });
}

function statusEvents(origin: Origin, before: Stored<Person>, after: Person): AuditDraft[] {
  if (!changedFields(fieldsOf(before), fieldsOf(after)).includes('status')) return [];
  return [
    draft(origin, after.status === 'active' ? 'person.enabled' : 'person.disabled', 'success', {
      subject: { id: before.id },
      before: { status: before.status },
      after: { status: after.status },
      personal: { subject: named(after) },
    }),
  ];
}

async function roleEvents(
  services: Services,
  origin: Origin,
  survivor: Stored<Person>,
  gone: Stored<Person>,
  moved: readonly Stored<Assignment>[],
): Promise<AuditDraft[]> {
  const who = await about(services, origin, survivor);
  const events: AuditDraft[] = [];
  for (const { id, version: _version, ...role } of moved) {
    events.push(draft(origin, 'role.withdrawn', 'success', { ...who, before: shown(id, role) }));
    events.push(await assigned(services, origin, gone, id, { ...role, person: gone.id }));
  }
  return events;
}
