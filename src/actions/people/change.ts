import {
  type AuditDraft,
  draft,
  type EventType,
  type JsonObject,
  type JsonValue,
  type Origin,
} from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { changedFields, type PersonFields, type PersonPatch, patched } from '#domain/people/fields.ts';
import { fieldsOf } from '#domain/people/record.ts';
import { personFaults } from '#domain/people/rules.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { guardedByPerson } from '../access/guarded.ts';
import { ownerStays } from '../assignments/owners.ts';
import type { Services } from '../services.ts';
import { endingsOfPerson } from '../sessions/ending.ts';
import { about } from './about.ts';
import { asClash, clashes, refuseClashes } from './clashes.ts';
import { personalFields } from './create.ts';
import { refuseWayIn, requireReach, requireWithin, withinFaults } from './rights.ts';
import { letIn, storedPerson } from './stored.ts';

export interface ChangeOptions {
  /** The version that the caller saw; another one is refused as `stale`. */
  readonly ifVersion?: number | undefined;
  /** Why, for the record. */
  readonly reason?: string | undefined;
}

/**
 * Changes a person by a merge patch. Disabling ends every session, grant and token in the same commit.
 * @returns the person as stored afterwards; the same version when nothing differs.
 * @throws HubError `not-found`, `stale`, `invalid`, `already-exists`, `forbidden`, `last-admin`, `separation-breached`
 */
export async function changePerson(
  services: Services,
  origin: Origin,
  id: string,
  patch: PersonPatch,
  options: ChangeOptions = {},
): Promise<Stored<Person>> {
  const seen = await services.store.get(people, id);
  if (seen === undefined) throw new HubError('not-found', 'There is no such person');
  const after = (person: Stored<Person>): PersonFields =>
    letIn(services, patched(patch, fieldsOf(person)), person, patch.lastDay !== undefined);
  const told = after(seen);
  if (options.ifVersion !== undefined && options.ifVersion !== seen.version) throw new HubError('stale');
  requireWithin(origin, seen);
  const faults = [...personFaults(told), ...withinFaults(origin, told)];
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
  if (changedFields(fieldsOf(seen), told).length === 0) return seen;
  await requireReach(services, origin, seen);
  // Where a reset link is mailed to is a way to sign in.
  if (told.email !== seen.email) await refuseWayIn(services, origin, seen);
  refuseClashes(await clashes(services, told, id));
  try {
    return await guardedByPerson(services, origin, id, async ({ person }) => {
      if (options.ifVersion !== undefined && options.ifVersion !== person.version) throw new HubError('stale');
      const alter = await alteration(services, origin, person, after(person), options.reason);
      return { act: alter.act, after: { person: alter.data }, ...alter.rest, result: stored(person, alter.data) };
    });
  } catch (fault) {
    return asClash(services, fault, told, id);
  }
}

function stored({ id, version }: Stored<Person>, data: Person): Stored<Person> {
  return { ...data, id, version: version + 1 };
}

export function disablePerson(
  services: Services,
  origin: Origin,
  id: string,
  options: ChangeOptions = {},
): Promise<Stored<Person>> {
  return changePerson(services, origin, id, { status: 'disabled' }, options);
}

export function enablePerson(
  services: Services,
  origin: Origin,
  id: string,
  options: ChangeOptions = {},
): Promise<Stored<Person>> {
  return changePerson(services, origin, id, { status: 'active' }, options);
}

/** What turning a person into these fields takes, beside the record itself. */
export interface Alteration {
  readonly act: EventType;
  readonly data: Person;
  readonly rest: { readonly changes: readonly Change[]; readonly events: readonly AuditDraft[] };
}

/** For the commit of whoever changes a person. The fields have been checked and differ. @throws HubError `last-admin` */
export async function alteration(
  services: Services,
  origin: Origin,
  before: Stored<Person>,
  fields: PersonFields,
  reason?: string,
): Promise<Alteration> {
  const { id } = before;
  const data = storedPerson(services, fields, before);
  const who = await about(services, origin, { ...data, id });
  const events = changeEvents(origin, fieldsOf(before), fields, who, reason);
  const act = events.at(-1)?.type ?? 'person.changed';
  const ends = act === 'person.disabled';
  // An owner with a last day is none who stays.
  const goes = ends || (data.lastDay !== undefined && before.lastDay === undefined);
  const guard = goes ? await ownerStays(services, id) : [];
  if (!ends) return { act, data, rest: { changes: guard, events } };
  const endings = await endingsOfPerson(services, origin, id, 'disabled');
  return {
    act,
    data,
    rest: { changes: [...guard, ...endings.changes], events: [...events, ...(endings.events ?? [])] },
  };
}

function changeEvents(
  origin: Origin,
  before: PersonFields,
  after: PersonFields,
  who: Awaited<ReturnType<typeof about>>,
  reason: string | undefined,
): AuditDraft[] {
  const events: AuditDraft[] = [];
  const fields = changedFields(before, after).filter((field) => field !== 'status');
  const why = reason === undefined ? {} : { detail: { reason } };
  if (fields.length > 0)
    events.push(
      draft(origin, 'person.changed', 'success', {
        subject: who.subject,
        detail: { fields },
        personal: { ...who.personal, ...why, before: part(before, fields), after: part(after, fields) },
      }),
    );
  if (before.status !== after.status)
    events.push(
      draft(origin, after.status === 'disabled' ? 'person.disabled' : 'person.enabled', 'success', {
        subject: who.subject,
        before: { status: before.status },
        after: { status: after.status },
        personal: { ...who.personal, ...why },
      }),
    );
  return events;
}

/** The changed fields alone; what is absent is null, so that before and after show the same names. */
function part(fields: PersonFields, changed: readonly string[]): JsonObject {
  const all = personalFields(fields);
  const attributes = (all.attributes ?? {}) as JsonObject;
  const pick = (name: string): JsonValue => {
    const [from, key] = name.startsWith('attributes.') ? [attributes, name.slice('attributes.'.length)] : [all, name];
    return Object.hasOwn(from, key) ? (from[key] ?? null) : null;
  };
  return Object.fromEntries(changed.map((name) => [name, pick(name)]));
}
