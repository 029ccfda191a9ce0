import { compareSync } from 'bcryptjs';
import { malformed, type Scheme, tooCostly } from './scheme.ts';

/** Cost 14 is 16,384 rounds: two to three seconds here. Each step above doubles it. */
const mostCost = 14;

/** `$2a$10$` and 53 characters; `$2b$` and `$2y$` are the same thing under later names. */
function cost(hash: string): number | undefined {
  const match = /^\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53}$/.exec(hash);
  const rounds = Number(match?.[1]);
  return match === null || rounds < 4 || rounds > 31 ? undefined : rounds;
}

export const bcrypt: Scheme = {
  recognises: (hash) => hash.startsWith('$2'),
  fault(hash) {
    const rounds = cost(hash);
    if (rounds === undefined) return malformed;
    return rounds > mostCost ? tooCostly : undefined;
  },
  // bcrypt itself looks at the first 72 bytes only; the product that made the hash did the same.
  matches: (hash, password) => (cost(hash) ?? 99) <= mostCost && compareSync(password, hash),
};
