import { type AuditDraft, draft, type JsonObject, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { type PersonFields, type PersonPatch, patched } from '#domain/people/fields.ts';
import { personFaults } from '#domain/people/rules.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import type { Change, Commit } from '#storage/port.ts';
import { acceptedEvents, breachesOfChange, refusePrevented } from '../access/separation.ts';
import { policyInForce } from '../policy/in-force.ts';
import { actGuard, retryingRaces } from '../policy/rights.ts';
import type { Services } from '../services.ts';
import { about } from './about.ts';
import { asClash, clashes, refuseClashes } from './clashes.ts';
import { hashOf, newCredential } from './credential.ts';
import { withinFaults } from './rights.ts';
import { storedPerson } from './stored.ts';

export interface NewPerson extends PersonPatch {
  readonly password?: string | undefined;
  /** Of another product: argon2, bcrypt, pbkdf2, scrypt as PHC strings, or `{SSHA}`. */
  readonly passwordHash?: string | undefined;
}

/**
 * Makes a person, with a password if one is given.
 * @param detail more for `person.created`
 * @throws HubError `invalid`, `already-exists`, `weak-password`, `separation-breached`, `busy`
 */
export async function createPerson(
  services: Services,
  origin: Origin,
  input: NewPerson,
  detail?: JsonObject,
): Promise<Stored<Person>> {
  const fields = patched(input);
  const faults = [...personFaults(fields), ...withinFaults(origin, fields)];
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
  refuseClashes(await clashes(services, fields));
  const hash = await hashOf(services, fields, input);
  return retryingRaces(async () => {
    const { person, commit } = await creation(services, origin, fields, hash, detail);
    const guarded = await guardedCreation(services, origin, person);
    try {
      await services.store.write({
        changes: [...commit.changes, ...guarded.changes],
        events: [...(commit.events ?? []), ...(guarded.events ?? [])],
      });
    } catch (fault) {
      return asClash(services, fault, fields);
    }
    return person;
  });
}

/** Refuses a new person whose attributes alone would breach a separation rule; else what guards and records the making. */
async function guardedCreation(services: Services, origin: Origin, person: Stored<Person>): Promise<Commit> {
  const policy = await policyInForce(services);
  const who = { id: person.id, person };
  const state = { person, assignments: [] };
  const { prevented, accepted } = breachesOfChange(policy, undefined, state, services.clock.now());
  if (prevented.length > 0) await refusePrevented(services, origin, who, prevented, 'person.created');
  return { changes: actGuard(policy), events: acceptedEvents(origin, who, accepted, 'person.created') };
}

/** What makes a person, for the commit of whoever makes it. The fields have been checked. */
export async function creation(
  services: Services,
  origin: Origin,
  fields: PersonFields,
  hash: string | undefined,
  detail?: JsonObject,
): Promise<{ person: Stored<Person>; commit: Commit }> {
  const now = services.clock.now();
  const id = uuidv7(now);
  const data = storedPerson(services, fields);
  const who = await about(services, origin, { ...data, id });
  const changes: Change[] = [{ kind: 'insert', collection: people, id, data }];
  const events: AuditDraft[] = [
    draft(origin, 'person.created', 'success', {
      subject: who.subject,
      ...(detail === undefined ? {} : { detail }),
      after: { status: data.status },
      personal: { ...who.personal, after: personalFields(fields) },
    }),
  ];
  if (hash !== undefined) {
    changes.push(newCredential(id, hash, now));
    events.push(draft(origin, 'credential.added', 'success', { ...who, detail: { kind: 'password' } }));
  }
  return { person: { ...data, id, version: 1 }, commit: { changes, events } };
}

/** A person's fields as an event keeps them, in its sealed part. The status is no secret and stands outside. */
export function personalFields(fields: PersonFields): JsonObject {
  const { status: _, attributes, ...rest } = fields;
  const plain = Object.entries(attributes).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : [...value],
  ]);
  return { ...rest, ...(plain.length > 0 ? { attributes: Object.fromEntries(plain) } : {}) };
}
