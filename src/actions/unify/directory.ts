import { setImmediate } from 'node:timers/promises';
import { hubRoles } from '#domain/hub-roles.ts';
import { fieldsOf } from '#domain/people/record.ts';
import { type HubPerson, hubPerson } from '#domain/unify/read/hub-person.ts';
import { assignments, merges, people, type UnificationRecord } from '#storage/collections.ts';
import type { Store } from '#storage/store.ts';
import { everyRecord } from '../access/reading.ts';
import type { Services } from '../services.ts';

type Directory = NonNullable<UnificationRecord['directory']>;

/** What a unification takes as its directory; those from before the hub's own people counted say it by their file alone. */
export function directoryOf({ directory, files }: Pick<UnificationRecord, 'directory' | 'files'>): Directory {
  return directory ?? (files.directory === undefined ? 'none' : 'file');
}

/** Do people whom the directory does not have, or has as leavers, come in disabled? */
export function disablesUnknown(record: Pick<UnificationRecord, 'directory' | 'files' | 'unknown'>): boolean {
  return directoryOf(record) !== 'none' && record.unknown !== 'as-exported';
}

/** The people of the store as a directory. Accounts that a merge took apart from their person are left out. */
export async function hubPeople({ store }: { readonly store: Pick<Store, 'find'> }): Promise<HubPerson[]> {
  const gone = new Set<string>();
  for await (const { gone: id, state } of everyRecord(store, merges)) if (state === 'merged') gone.add(id);
  const found: HubPerson[] = [];
  for await (const person of everyRecord(store, people)) {
    if (found.length % 500 === 499) await setImmediate();
    if (!gone.has(person.id)) found.push(hubPerson(person.id, fieldsOf(person)));
  }
  return found;
}

/**
 * Is anybody in the hub beside those who administer it? Before a directory was imported there are only these, and they do not
 * say who works in the company.
 */
export async function hasStaff({ store }: Pick<Services, 'store'>): Promise<boolean> {
  const administrators = new Set<string>();
  for (const role of Object.keys(hubRoles))
    for await (const { person } of everyRecord(store, assignments, {
      where: { role },
    }))
      administrators.add(person);
  return (await store.count(people)) > administrators.size;
}
