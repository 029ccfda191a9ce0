import { fold } from '#domain/people/folding.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import type { Services } from '../services.ts';

/** The person whose e-mail or username this is, case and surrounding spaces ignored. */
export async function findByLogin(
  { store }: Pick<Services, 'store'>,
  identifier: string,
): Promise<Stored<Person> | undefined> {
  // No login is this long; folding a megabyte would only cost time.
  const login = identifier.length > 1000 ? '' : fold(identifier);
  return login === '' ? undefined : store.one(people, 'logins', login);
}
