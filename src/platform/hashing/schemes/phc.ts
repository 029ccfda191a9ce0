import { base64 } from './base64.ts';
import { parameters } from './parameters.ts';
import { longestTag, shortestTag } from './scheme.ts';

/** A stored hash taken apart; what its costs mean is each scheme's own. */
export interface PhcHash {
  readonly kind: string;
  /** `v=19` of argon2. */
  readonly version: string | undefined;
  readonly costs: string;
  /** The costs as numbers; undefined where they are not written as pairs. */
  readonly named: ReadonlyMap<string, number> | undefined;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/**
 * Takes a PHC string apart: `$kind$[version$]costs$salt$tag`.
 * @returns undefined when it is not written so, or its tag is too short to rely on or absurdly long.
 */
export function readPhc(hash: string): PhcHash | undefined {
  const [before, kind = '', ...rest] = hash.split('$');
  const version = rest.length === 4 ? rest.shift() : undefined;
  const [costs = '', salted = '', tagged = ''] = rest;
  const salt = base64(salted);
  const tag = base64(tagged);
  if (before !== '' || rest.length !== 3 || salt === undefined || tag === undefined) return undefined;
  if (tag.length < shortestTag || tag.length > longestTag) return undefined;
  return { kind, version, costs, named: parameters(costs), salt, tag };
}
