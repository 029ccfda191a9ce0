import { type FieldFault, HubError } from '#domain/errors.ts';
import { fold } from '#domain/people/folding.ts';
import { people } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Services } from '../services.ts';

interface Unique {
  readonly email?: string | undefined;
  readonly username?: string | undefined;
  readonly employeeNumber?: string | undefined;
}

/**
 * Who else has this e-mail, username or employee number. What decides is the commit's uniqueness; this tells the field.
 * @param self the person's own id, if there is one yet
 */
export async function clashes({ store }: Services, told: Unique, self?: string): Promise<FieldFault[]> {
  const faults: FieldFault[] = [];
  for (const path of ['email', 'username'] as const) {
    const login = told[path];
    const owner = login === undefined ? undefined : await store.one(people, 'logins', fold(login));
    if (owner !== undefined && owner.id !== self) faults.push({ path, message: 'belongs to another person' });
  }
  const number = told.employeeNumber;
  const holder = number === undefined ? undefined : await store.one(people, 'employeeNumber', number);
  if (holder !== undefined && holder.id !== self)
    faults.push({ path: 'employeeNumber', message: 'belongs to another person' });
  return faults;
}

/** @throws HubError `already-exists` when there are any. */
export function refuseClashes(faults: readonly FieldFault[]): void {
  if (faults.length > 0) throw new HubError('already-exists', 'Somebody else has this already', { faults });
}

/** Turns a commit's failed uniqueness into the refusal that names the field; anything else is passed on. */
export async function asClash(services: Services, fault: unknown, told: Unique, self?: string): Promise<never> {
  if (fault instanceof CommitConflict && fault.reason === 'unique' && fault.change.collection.name === people.name)
    throw new HubError('already-exists', 'Somebody else has this already', {
      faults: await clashes(services, told, self),
    });
  throw fault;
}
