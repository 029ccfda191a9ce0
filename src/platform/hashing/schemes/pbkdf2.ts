import { pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { base64 } from './base64.ts';
import { parameters } from './parameters.ts';
import { longestTag, malformed, type Scheme, shortestTag, tooCostly } from './scheme.ts';

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
  const match = /^\$(pbkdf2(?:-sha(?:1|256|512))?)\$([^$]+)\$([^$]+)\$([^$]+)$/.exec(hash);
  const digest = digests[match?.[1] ?? ''];
  if (match === null || digest === undefined) return undefined;
  const [, , costs = '', salted = '', tagged = ''] = match;
  const named = parameters(costs);
  const iterations = /^[0-9]{1,10}$/.test(costs) ? Number(costs) : named?.get('i');
  const salt = base64(salted);
  const tag = base64(tagged);
  if (iterations === undefined || iterations < 1 || salt === undefined || tag === undefined) return undefined;
  if (tag.length < shortestTag || tag.length > longestTag) return undefined;
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
