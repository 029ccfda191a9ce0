import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';
import { credentialsOf } from '../factors/credentials.ts';
import type { Services } from '../services.ts';
import { directoriesOfPerson } from './choose.ts';

/** Where somebody's password is kept, and so where it is changed. */
export interface PasswordPlace {
  /** There is one here. */
  readonly here: boolean;
  /** Titles of the directories that take theirs. */
  readonly directories: readonly string[];
}

export async function passwordPlace(services: Services, person: Pick<Stored<Person>, 'id'>): Promise<PasswordPlace> {
  const { password } = await credentialsOf(services, person.id);
  const directories = (await directoriesOfPerson(services, person)).map(({ source }) => source.title);
  return { here: password !== undefined, directories };
}
