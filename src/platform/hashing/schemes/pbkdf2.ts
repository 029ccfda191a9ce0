import { pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { readPhc } from './phc.ts';
import { malformed, type Scheme, tooCostly } from './scheme.ts';

/** Iterations times blocks of output: about three seconds of one processor. */
const mostWork = 5_000_000;

const digests: Readonly<Record<string, { readonly name: string; readonly bytes: number }>> = {
  pbkdf2: { name: 'sha1', bytes: 20 },
  'pbkdf2-sha1': { name: 'sha1', bytes: 20 },
  'pbkdf2-sha256': { name: 'sha256', bytes: 32 },
  'pbkdf2-sha512': { name: 'sha512', bytes: 64 },
};

interface Pbkdf2Hash {
  readonly digest: string;
  readonly iterations: number;
  readonly work: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** passlib writes `$pbkdf2-sha256$29000$salt$tag`, the PHC format `$pbkdf2-sha256$i=29000,l=32$salt$tag`. */
function read(hash: string): Pbkdf2Hash | undefined {
  const { kind = '', version, costs = '', named, salt, tag } = readPhc(hash) ?? {};
  const digest = Object.hasOwn(digests, kind) ? digests[kind] : undefined;
  if (digest === undefined || version !== undefined || salt === undefined || tag === undefined) return undefined;
  const iterations = /^[0-9]{1,10}$/.test(costs) ? Number(costs) : named?.get('i');
  if (iterations === undefined || iterations < 1) return undefined;
  const length = named?.get('l');
  if (length !== undefined && length !== tag.length) return undefined;
  return { digest: digest.name, iterations, work: iterations * Math.ceil(tag.length / digest.bytes), salt, tag };
}

export const pbkdf2: Scheme = {
  recognises: (hash) => hash.startsWith('$pbkdf2'),
  fault(hash) {
    const stored = read(hash);
    if (stored === undefined) return malformed;
    return stored.work > mostWork ? tooCostly : undefined;
  },
  matches(hash, password) {
    const stored = read(hash);
    if (stored === undefined || stored.work > mostWork) return false;
    const { digest, iterations, salt, tag } = stored;
    return timingSafeEqual(pbkdf2Sync(password, salt, iterations, tag.length, digest), tag);
  },
};
