import { scryptSync, timingSafeEqual } from 'node:crypto';
import { readPhc } from './phc.ts';
import { malformed, type Scheme, tooCostly } from './scheme.ts';

/** 256 MiB of memory, and four times that much mixing in all: about three seconds of one processor. */
const most = { memory: 256 * 1024 * 1024, work: 1024 * 1024 * 1024 };

interface ScryptHash {
  readonly cost: number;
  readonly blockSize: number;
  readonly parallelization: number;
  readonly memory: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** `$scrypt$ln=16,r=8,p=1$salt$tag`, `ln` being the binary logarithm of the cost. */
function read(hash: string): ScryptHash | undefined {
  const { kind, version, named, salt, tag } = readPhc(hash) ?? {};
  const [ln, blockSize, parallelization] = [named?.get('ln'), named?.get('r'), named?.get('p')];
  if (kind !== 'scrypt' || version !== undefined || salt === undefined || tag === undefined) return undefined;
  if (named?.size !== 3 || ln === undefined || blockSize === undefined || parallelization === undefined)
    return undefined;
  if (ln < 1 || ln > 40 || blockSize < 1 || parallelization < 1) return undefined;
  const cost = 2 ** ln;
  return { cost, blockSize, parallelization, memory: 128 * cost * blockSize, salt, tag };
}

function costly({ memory, parallelization, blockSize }: ScryptHash): boolean {
  return memory > most.memory || memory * parallelization > most.work || blockSize * parallelization > 65_536;
}

export const scrypt: Scheme = {
  recognises: (hash) => hash.startsWith('$scrypt'),
  fault(hash) {
    const stored = read(hash);
    if (stored === undefined) return malformed;
    return costly(stored) ? tooCostly : undefined;
  },
  matches(hash, password) {
    const stored = read(hash);
    if (stored === undefined || costly(stored)) return false;
    const { cost, blockSize, parallelization, memory, salt, tag } = stored;
    // The library counts a little more than 128 N r; without a limit of its own it stops at 32 MiB.
    const maxmem = memory + 256 * blockSize * parallelization + 1024 * 1024;
    return timingSafeEqual(scryptSync(password, salt, tag.length, { cost, blockSize, parallelization, maxmem }), tag);
  },
};
