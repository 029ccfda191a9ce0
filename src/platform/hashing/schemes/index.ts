import { argon2 } from './argon2.ts';
import { bcrypt } from './bcrypt.ts';
import { pbkdf2 } from './pbkdf2.ts';
import type { Scheme } from './scheme.ts';
import { scrypt } from './scrypt.ts';
import { ssha } from './ssha.ts';

const schemes: readonly Scheme[] = [argon2, bcrypt, pbkdf2, scrypt, ssha];

/** The longest hash that is looked at at all. */
const longest = 1024;

/**
 * Why a hash of another product cannot be imported (unknown kind, malformed, too costly), or undefined when it can.
 * Cheap: nothing is computed. The message names no part of the hash.
 */
export function importedHashFault(hash: string): string | undefined {
  if (hash.length > longest) return 'is too long for a password hash';
  const scheme = schemes.find((candidate) => candidate.recognises(hash));
  return scheme === undefined
    ? 'is of no known kind: argon2, bcrypt, pbkdf2 and scrypt as PHC strings, or {SSHA}'
    : scheme.fault(hash);
}

/** Does the password match? False for a hash that could not be imported. Takes the time that the hash asks for. */
export function matchesHash(hash: string, password: string): boolean {
  if (hash.length > longest) return false;
  return schemes.find((candidate) => candidate.recognises(hash))?.matches(hash, password) ?? false;
}
