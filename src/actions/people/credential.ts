import { HubError } from '#domain/errors.ts';
import { normalPassword } from '#domain/people/password.ts';
import { importedHashFault } from '#platform/hashing/schemes/index.ts';
import type { Stored } from '#storage/collection.ts';
import { type Credential, credentials, type PasswordCredential } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import type { Services } from '../services.ts';
import { type Guessable, requireGoodPassword } from './password-rules.ts';

export function passwordId(person: string): string {
  return `${person}:password`;
}

/** The stored hash for a new password, or for a hash of another product. @throws HubError `weak-password`, `invalid`, `busy` */
export async function hashOf(
  services: Services,
  person: Guessable,
  given: { readonly password: string },
): Promise<string>;
export async function hashOf(
  services: Services,
  person: Guessable,
  given: { readonly password?: string | undefined; readonly passwordHash?: string | undefined },
): Promise<string | undefined>;
export async function hashOf(
  services: Services,
  person: Guessable,
  given: { readonly password?: string | undefined; readonly passwordHash?: string | undefined },
): Promise<string | undefined> {
  if (given.password !== undefined) {
    await requireGoodPassword(services, person, given.password);
  }
  return hashOfJudged(services, given);
}

/** The same for a password that has been judged, as every row of an import is before the first one is loaded. */
export async function hashOfJudged(
  services: Pick<Services, 'hasher'>,
  given: { readonly password?: string | undefined; readonly passwordHash?: string | undefined },
): Promise<string | undefined> {
  if (given.password !== undefined) return services.hasher.hash(normalPassword(given.password));
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
