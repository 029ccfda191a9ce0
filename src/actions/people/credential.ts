import { HubError } from '#domain/errors.ts';
import { normalPassword, passwordFault } from '#domain/people/password.ts';
import { importedHashFault } from '#platform/hashing/schemes/index.ts';
import type { Stored } from '#storage/collection.ts';
import { type Credential, credentials, type PasswordCredential, type Person } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import type { Services } from '../services.ts';

export function passwordId(person: string): string {
  return `${person}:password`;
}

/** The words that this person's password must not be made of. */
export function guessableWords(
  { settings }: Pick<Services, 'settings'>,
  person: Partial<Pick<Person, 'name' | 'givenName' | 'familyName' | 'email' | 'username'>>,
): (string | undefined)[] {
  return [person.name, person.givenName, person.familyName, person.email, person.username, settings.company];
}

/** @throws HubError `weak-password` with the fault at `path` */
export function requireGoodPassword(
  services: Pick<Services, 'settings'>,
  person: Parameters<typeof guessableWords>[1],
  password: string,
  path = 'password',
): void {
  const fault = passwordFault(password, guessableWords(services, person));
  if (fault !== undefined)
    throw new HubError('weak-password', `The password ${fault.message}`, {
      faults: [{ path, message: fault.message }],
    });
}

/** The stored hash for a new password, or for a hash of another product. @throws HubError `weak-password`, `invalid`, `busy` */
export async function hashOf(
  services: Services,
  person: Parameters<typeof guessableWords>[1],
  given: { readonly password: string },
): Promise<string>;
export async function hashOf(
  services: Services,
  person: Parameters<typeof guessableWords>[1],
  given: { readonly password?: string | undefined; readonly passwordHash?: string | undefined },
): Promise<string | undefined>;
export async function hashOf(
  services: Services,
  person: Parameters<typeof guessableWords>[1],
  given: { readonly password?: string | undefined; readonly passwordHash?: string | undefined },
): Promise<string | undefined> {
  if (given.password !== undefined) {
    requireGoodPassword(services, person, given.password);
    return services.hasher.hash(normalPassword(given.password));
  }
  if (given.passwordHash === undefined) return undefined;
  const fault = importedHashFault(given.passwordHash);
  if (fault !== undefined)
    throw new HubError('invalid', undefined, { faults: [{ path: 'passwordHash', message: fault }] });
  return given.passwordHash;
}

export function newCredential(person: string, hash: string, now: number): Change {
  const data: PasswordCredential = { person, kind: 'password', hash, createdAt: now, changedAt: now };
  return { kind: 'insert', collection: credentials, id: passwordId(person), data };
}

/** Replaces a person's password, or gives the first one. */
export function credentialChange(
  person: string,
  before: Stored<Credential> | undefined,
  hash: string,
  now: number,
): Change {
  if (before === undefined) return newCredential(person, hash, now);
  if (before.kind !== 'password') throw new Error('a password takes the place of a password alone');
  const { id, version, ...rest } = before;
  const data: PasswordCredential = { ...rest, hash, changedAt: now };
  return { kind: 'replace', collection: credentials, id, ifVersion: version, data };
}
