import { type AuditDraft, draft, type JsonObject, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { isHubRole } from '#domain/hub-roles.ts';
import { changedFields, type PersonFields, patched, textFields } from '#domain/people/fields.ts';
import { fieldsOf } from '#domain/people/record.ts';
import { personFaults } from '#domain/people/rules.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import {
  type Assignment,
  assignments,
  type Link,
  links,
  type Merge,
  merges,
  type Person,
  people,
} from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { guardedByPerson } from '../../access/guarded.ts';
import { assignmentsOf, everyRecord } from '../../access/reading.ts';
import { assigned, requireMayAssign, shown } from '../../assignments/assign.ts';
import { ownerRole, ownerStays } from '../../assignments/owners.ts';
import { actorOf, named } from '../../named.ts';
import { rightsTag } from '../../policy/rights.ts';
import type { Services } from '../../services.ts';
import { endingsOfPerson } from '../../sessions/ending.ts';
import { about } from '../about.ts';
import { alteration } from '../change.ts';
import { personalFields } from '../create.ts';
import { refuseWayIn, requireReach } from '../rights.ts';
import { storedPerson } from '../stored.ts';
import { movedIdentities } from './identities.ts';

export interface MergeRequest {
  /** The account that goes: it is disabled, and its sessions end. */
  readonly other: string;
  /** Fields of which the other's value is taken; what the survivor lacks is taken anyway. */
  readonly take?: readonly string[] | undefined;
  /** Single assignments of the other (ids) that the survivor takes over; the rest stay where they are and give nothing. */
  readonly roles?: readonly string[] | undefined;
  /** 1 to 500 characters. */
  readonly reason: string;
  /** Versions that the caller saw. */
  readonly ifVersion?: number | undefined;
  readonly ifOtherVersion?: number | undefined;
}

/**
 * Makes two accounts of one person one: links move to the survivor with their `sub`, save in systems where it has one of its
 * own; roles only if chosen; a `prevent` rule that the survivor would newly breach refuses it. Can be undone.
 * @throws HubError `not-found`, `invalid`, `stale`, `forbidden`, `last-admin`, SeparationBreached
 */
export async function mergePeople(
  services: Services,
  origin: Origin,
  survivorId: string,
  request: MergeRequest,
): Promise<Stored<Merge>> {
  const { reason, other, roles = [] } = request;
  const faults = [];
  if (reason.trim() === '' || reason.length > 500)
    faults.push({ path: 'reason', message: 'say why, in 1 to 500 characters' });
  if (other === survivorId) faults.push({ path: 'other', message: 'is the same account' });
  for (const field of request.take ?? [])
    if (!(textFields as readonly string[]).includes(field))
      faults.push({ path: 'take', message: `${field} is no field of a person` });
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
  return guardedByPerson(services, origin, survivorId, async ({ person: survivor, assignments: standing }) => {
    const gone = await services.store.get(people, other);
    if (gone === undefined) throw new HubError('not-found', 'There is no such person');
    if (request.ifVersion !== undefined && request.ifVersion !== survivor.version) throw new HubError('stale');
    if (request.ifOtherVersion !== undefined && request.ifOtherVersion !== gone.version) throw new HubError('stale');
    await requireReach(services, origin, survivor);
    await requireReach(services, origin, gone);
    await refuseWayIn(services, origin, survivor);
    await refuseWayIn(services, origin, gone);
    const carried = await carriedRoles(services, origin, gone, roles);
    const fields = fieldsAfter(survivor, gone, request.take ?? []);
    const id = uuidv7(services.clock.now());
    const data: Merge = {
      survivor: survivor.id,
      gone: gone.id,
      state: 'merged',
      reason,
      by: actorOf(origin),
      at: services.clock.now(),
      before: { survivor: { ...fieldsOf(survivor) }, gone: { ...fieldsOf(gone) } },
      after: { survivor: { ...fields.survivor }, gone: { ...fields.gone } },
      links: [],
      assignments: carried.map((one) => one.id),
    };
    const moved = await movedLinks(services, origin, survivor, gone);
    data.links = moved.links;
    const known = await movedIdentities(services, gone.id, survivor.id);
    if (known.ids.length > 0) data.identities = known.ids;
    const going = await leaving(
      services,
      origin,
      gone,
      fields.gone,
      reason,
      ownershipMoves(services, fields.survivor, carried),
    );
    const after = storedPerson(services, fields.survivor, survivor);
    const goes = after.lastDay !== undefined && survivor.lastDay === undefined;
    const owners = goes ? await ownerStays(services, survivor.id) : [];
    const taken = carried.map((one) => ({ ...one, person: survivor.id }));
    return {
      act: 'person.merged',
      after: { person: after, assignments: [...standing, ...taken] },
      // The one that goes first: what it gives up may be what the survivor takes.
      first: going.changes,
      changes: [
        ...owners,
        ...moved.changes,
        ...known.changes,
        ...carried.map(
          ({ id: role }): Change => ({
            kind: 'update',
            collection: assignments,
            id: role,
            where: { person: gone.id },
            set: { person: survivor.id },
            tag: rightsTag,
          }),
        ),
        { kind: 'insert', collection: merges, id, data },
      ],
      events: [
        await mergedEvent(services, origin, survivor, id, data),
        ...going.events,
        ...moved.events,
        ...(await roleEvents(services, origin, survivor, gone, carried)),
      ],
      result: { ...data, id, version: 1 },
    };
  });
}

/** Does the survivor own the hub from now on, as the account that goes did? Then there are as many owners as before. */
function ownershipMoves(
  { clock }: Services,
  survivor: Pick<PersonFields, 'status' | 'lastDay'>,
  carried: readonly Assignment[],
): boolean {
  if (survivor.status !== 'active' || survivor.lastDay !== undefined) return false;
  return carried.some(
    ({ role, from, until }) => role === ownerRole && until === undefined && (from ?? 0) <= clock.now(),
  );
}

/** Are roles of the hub itself among these assignments of somebody? Moving one is as dangerous as giving it. */
export async function areHubRoles(
  { store }: Pick<Services, 'store'>,
  person: string,
  ids: readonly string[],
): Promise<boolean> {
  if (ids.length === 0) return false;
  return (await assignmentsOf(store, person)).some(({ id, role }) => ids.includes(id) && isHubRole(role));
}

async function carriedRoles(
  services: Services,
  origin: Origin,
  gone: Stored<Person>,
  roles: readonly string[],
): Promise<Stored<Assignment>[]> {
  const own = await assignmentsOf(services.store, gone.id);
  const carried: Stored<Assignment>[] = [];
  for (const id of new Set(roles)) {
    const found = own.find((one) => one.id === id);
    if (found === undefined)
      throw new HubError('invalid', undefined, {
        faults: [{ path: 'roles', message: `${id} is no assignment of the other account` }],
      });
    await requireMayAssign(services, origin, found.role, gone);
    carried.push(found);
  }
  return carried;
}

/** What both are called afterwards. E-mail, username and number belong to one: what the survivor takes, the other gives up. */
function fieldsAfter(
  survivor: Stored<Person>,
  gone: Stored<Person>,
  take: readonly string[],
): { survivor: PersonFields; gone: PersonFields } {
  const [own, other] = [fieldsOf(survivor), fieldsOf(gone)];
  const hasName = own.name !== undefined || own.givenName !== undefined || own.familyName !== undefined;
  const names = ['name', 'givenName', 'familyName'];
  const taken = textFields.filter((field) => {
    if (other[field] === undefined) return false;
    if (take.includes(field)) return true;
    // Nobody leaves because an old account of theirs had a last day.
    if (field === 'username' || field === 'lastDay') return false;
    return own[field] === undefined && !(hasName && names.includes(field));
  });
  const after = patched(
    {
      ...Object.fromEntries(taken.map((field) => [field, other[field]])),
      ...(taken.includes('email') ? { emailVerified: other.emailVerified } : {}),
      attributes: Object.fromEntries(
        Object.entries(other.attributes).filter(([name]) => !Object.hasOwn(own.attributes, name)),
      ),
    },
    own,
  );
  const faults = personFaults(after);
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
  const given = taken.filter((field) => field === 'email' || field === 'username' || field === 'employeeNumber');
  const rest = patched({ ...Object.fromEntries(given.map((field) => [field, null])), status: 'disabled' }, other);
  const nameless = rest.email === undefined && rest.username === undefined;
  return { survivor: after, gone: nameless ? patched({ username: `merged-${gone.id}` }, rest) : rest };
}

/** The account that goes is disabled, its sessions end, and it gives up what the survivor takes. */
async function leaving(
  services: Services,
  origin: Origin,
  gone: Stored<Person>,
  fields: PersonFields,
  reason: string,
  ownerFollows: boolean,
): Promise<{ changes: Change[]; events: readonly AuditDraft[] }> {
  const { id, version } = gone;
  if (changedFields(fieldsOf(gone), fields).length === 0) {
    const { id: _id, version: _version, ...data } = gone;
    return {
      changes: [{ kind: 'replace', collection: people, id, ifVersion: version, data, tag: rightsTag }],
      events: [],
    };
  }
  if (gone.status === 'active' && !ownerFollows) {
    const { data, rest } = await alteration(services, origin, gone, fields, reason);
    return {
      changes: [{ kind: 'replace', collection: people, id, ifVersion: version, data, tag: rightsTag }, ...rest.changes],
      events: rest.events,
    };
  }
  const ending = await endingsOfPerson(services, origin, id, 'disabled');
  const data = storedPerson(services, fields, gone);
  return {
    changes: [{ kind: 'replace', collection: people, id, ifVersion: version, data, tag: rightsTag }, ...ending.changes],
    events: ending.events ?? [],
  };
}

async function movedLinks(
  { store }: Services,
  origin: Origin,
  survivor: Stored<Person>,
  gone: Stored<Person>,
): Promise<{ changes: Change[]; events: AuditDraft[]; links: Merge['links'] }> {
  const all = async (person: string): Promise<Stored<Link>[]> =>
    Array.fromAsync(everyRecord(store, links, { where: { person } }));
  const own = await all(survivor.id);
  const changes: Change[] = [];
  const events: AuditDraft[] = [];
  const moved: Merge['links'] = [];
  for (const link of await all(gone.id)) {
    // One account has one login in a system; the survivor's own stays, the other's waits for an undoing.
    if (own.some(({ system }) => system === link.system)) continue;
    const { id, system } = link;
    changes.push({ kind: 'update', collection: links, id, where: { person: gone.id }, set: { person: survivor.id } });
    moved.push({ id, system });
    events.push(...linkEvents(origin, { id, system }, gone, survivor));
  }
  return { changes, events, links: moved };
}

/** The events of a link that goes from one account to another. */
export function linkEvents(
  origin: Origin,
  link: { readonly id: string; readonly system: string },
  from: Stored<Person>,
  to: Stored<Person>,
): AuditDraft[] {
  const event = (type: 'person.linked' | 'person.unlinked', person: Stored<Person>): AuditDraft =>
    draft(origin, type, 'success', {
      subject: { id: person.id },
      system: link.system,
      detail: { link: link.id },
      personal: { subject: named(person) },
    });
  return [event('person.unlinked', from), event('person.linked', to)];
}

async function mergedEvent(
  services: Services,
  origin: Origin,
  survivor: Stored<Person>,
  id: string,
  data: Merge,
): Promise<AuditDraft> {
  const who = await about(services, origin, survivor);
  const [before, after] = [data.before.survivor, data.after.survivor] as unknown as [PersonFields, PersonFields];
  return draft(origin, 'person.merged', 'success', {
    subject: who.subject,
    detail: { merge: id, other: data.gone, links: data.links.map((link) => link.id), assignments: data.assignments },
    personal: {
      ...who.personal,
      detail: { reason: data.reason },
      before: personalFields(before) as JsonObject,
      after: personalFields(after) as JsonObject,
    },
  });
}

async function roleEvents(
  services: Services,
  origin: Origin,
  survivor: Stored<Person>,
  gone: Stored<Person>,
  carried: readonly Stored<Assignment>[],
): Promise<AuditDraft[]> {
  const who = await about(services, origin, gone);
  const events: AuditDraft[] = [];
  for (const { id, version: _version, ...role } of carried) {
    events.push(draft(origin, 'role.withdrawn', 'success', { ...who, before: shown(id, role) }));
    events.push(await assigned(services, origin, survivor, id, { ...role, person: survivor.id }));
  }
  return events;
}
