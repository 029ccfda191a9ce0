import { type Argon2Algorithm, argon2Sync, randomBytes, timingSafeEqual } from 'node:crypto';
import { readPhc } from './phc.ts';
import { malformed, type Scheme, tooCostly } from './scheme.ts';

/** What new hashes are made with (OWASP's floor for Argon2id): 19 MiB, two passes, one lane. */
const ours = { algorithm: 'argon2id', memory: 19_456, passes: 2, parallelism: 1, salt: 16, tag: 32 } as const;

/** 256 MiB, and no more work than 64 passes over 64 MiB: about three seconds of one processor. */
const most = { memory: 256 * 1024, work: 4 * 1024 * 1024, parallelism: 64 };

interface Argon2Hash {
  readonly algorithm: Argon2Algorithm;
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** `$argon2id$v=19$m=19456,t=2,p=1$salt$tag`; version 0x10, key ids and associated data are not taken. */
function read(hash: string): Argon2Hash | undefined {
  const { kind = '', version, named, salt, tag } = readPhc(hash) ?? {};
  const [memory, passes, parallelism] = [named?.get('m'), named?.get('t'), named?.get('p')];
  if (!/^argon2(?:id|i|d)$/.test(kind) || version !== 'v=19' || salt === undefined || tag === undefined)
    return undefined;
  if (named?.size !== 3 || memory === undefined || passes === undefined || parallelism === undefined) return undefined;
  if (salt.length < 8 || salt.length > 64) return undefined;
  if (passes < 1 || parallelism < 1 || memory < 8 * parallelism) return undefined;
  return { algorithm: kind as Argon2Algorithm, memory, passes, parallelism, salt, tag };
}

function costly(hash: Argon2Hash): boolean {
  return hash.memory > most.memory || hash.memory * hash.passes > most.work || hash.parallelism > most.parallelism;
}

function derive(password: string, hash: Omit<Argon2Hash, 'tag'>, tagLength: number): Buffer {
  return argon2Sync(hash.algorithm, {
    message: Buffer.from(password, 'utf8'),
    nonce: hash.salt,
    memory: hash.memory,
    passes: hash.passes,
    parallelism: hash.parallelism,
    tagLength,
  });
}

export const argon2: Scheme = {
  recognises: (hash) => hash.startsWith('$argon2'),
  fault(hash) {
    const stored = read(hash);
    if (stored === undefined) return malformed;
    return costly(stored) ? tooCostly : undefined;
  },
  matches(hash, password) {
    const stored = read(hash);
    if (stored === undefined || costly(stored)) return false;
    return timingSafeEqual(derive(password, stored, stored.tag.length), stored.tag);
  },
};

/** A fresh Argon2id hash with the hub's own parameters, as a PHC string. */
export function hashPassword(password: string): string {
  const salt = randomBytes(ours.salt);
  const tag = derive(password, { ...ours, salt }, ours.tag);
  const bare = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${ours.memory},t=${ours.passes},p=${ours.parallelism}$${bare(salt)}$${bare(tag)}`;
}

/** Is this one of the hub's own hashes, with the parameters of today? If not, the next sign-in replaces it. */
export function isCurrent(hash: string): boolean {
  const stored = hash.startsWith('$argon2id$') ? read(hash) : undefined;
  return (
    stored?.memory === ours.memory &&
    stored.passes === ours.passes &&
    stored.parallelism === ours.parallelism &&
    stored.salt.length === ours.salt &&
    stored.tag.length === ours.tag
  );
}
