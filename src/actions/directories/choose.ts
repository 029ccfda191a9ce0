import { isOpenId } from '#domain/sources/source.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person, Source } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { listSources, sourceForAddress } from '../sources/directory.ts';
import { identitiesOf } from '../sources/identities.ts';
import type { DirectorySource } from './settings.ts';

export const isDirectory = (source: Stored<Source>): source is DirectorySource => !isOpenId(source);

/**
 * The directories that a login is looked up in, by its form alone, so that an account here makes no difference that shows: the one
 * that its mail domain belongs to, else every one that claims no domains; a name without a domain may be in each.
 */
export async function directoriesFor(services: Services, login: string): Promise<readonly DirectorySource[]> {
  const owner = await sourceForAddress(services, login);
  if (owner !== undefined) return isDirectory(owner) ? [owner] : [];
  const all = (await listSources(services)).filter((source) => source.enabled).filter(isDirectory);
  return login.includes('@') ? all.filter(({ domains }) => domains.length === 0) : all;
}

/** The enabled directories that somebody is linked to, each with the subject that they are there. */
export async function directoriesOfPerson(
  services: Services,
  person: Pick<Stored<Person>, 'id'>,
): Promise<readonly { readonly source: DirectorySource; readonly subject: string }[]> {
  const all = (await listSources(services)).filter((source) => source.enabled).filter(isDirectory);
  if (all.length === 0) return [];
  return (await identitiesOf(services, person.id)).flatMap(({ source: id, subject }) => {
    const source = all.find((one) => one.id === id);
    return source === undefined ? [] : [{ source, subject }];
  });
}
