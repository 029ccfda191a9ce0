import { type AuditDraft, draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { patched } from '#domain/people/fields.ts';
import { personFaults } from '#domain/people/rules.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { assignments, credentials, type Person } from '#storage/collections.ts';
import type { Change, Commit } from '#storage/port.ts';
import { assigned, assignmentOf } from '../assignments/assign.ts';
import { ownerRole } from '../assignments/owners.ts';
import { about } from '../people/about.ts';
import { creation } from '../people/create.ts';
import { credentialChange, hashOf, passwordId } from '../people/credential.ts';
import { findByLogin } from '../people/find.ts';
import type { Services } from '../services.ts';

export interface FirstOwner {
  readonly email: string;
  readonly name?: string | undefined;
  readonly password: string;
}

/**
 * What makes somebody the hub's first owner: the person, unless an import brought them already, the password, the role.
 * @throws HubError `invalid`, `weak-password`, `busy`
 */
export async function firstOwner(services: Services, origin: Origin, given: FirstOwner): Promise<Commit> {
  const known = await findByLogin(services, given.email);
  if (known?.status === 'disabled')
    throw new HubError('invalid', undefined, { faults: [{ path: 'email', message: 'belongs to a disabled account' }] });
  const fields = patched({ email: given.email.trim(), name: given.name?.trim() });
  const faults = personFaults(fields);
  if (faults.length > 0) throw new HubError('invalid', undefined, { faults });
  const hash = await hashOf(services, known ?? fields, { password: given.password });
  if (known === undefined) {
    const { person, commit } = await creation(services, origin, fields, hash);
    return merged(commit, await ownership(services, origin, person));
  }
  return merged(await password(services, origin, known, hash), await ownership(services, origin, known));
}

async function password(services: Services, origin: Origin, person: Stored<Person>, hash: string): Promise<Commit> {
  const before = await services.store.get(credentials, passwordId(person.id));
  const type = before === undefined ? 'credential.added' : 'credential.reset';
  const who = await about(services, origin, person);
  return {
    changes: [credentialChange(person.id, before, hash, services.clock.now())],
    events: [draft(origin, type, 'success', { ...who, detail: { kind: 'password', by: 'another' } })],
  };
}

async function ownership(services: Services, origin: Origin, person: Stored<Person>): Promise<Commit> {
  const id = uuidv7(services.clock.now());
  const data = assignmentOf(services, origin, person.id, { role: ownerRole, reason: 'First set-up' });
  const change: Change = { kind: 'insert', collection: assignments, id, data };
  return { changes: [change], events: [await assigned(services, origin, person, id, data)] };
}

function merged(...commits: Commit[]): Commit {
  return {
    changes: commits.flatMap((commit) => commit.changes),
    events: commits.flatMap((commit): readonly AuditDraft[] => commit.events ?? []),
  };
}
