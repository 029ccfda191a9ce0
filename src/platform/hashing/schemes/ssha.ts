import { createHash, timingSafeEqual } from 'node:crypto';
import { base64 } from './base64.ts';
import { malformed, type Scheme } from './scheme.ts';

const sha1Bytes = 20;

/** `{SSHA}` as LDAP directories keep it: base64 of SHA-1 over password and salt, then the salt. */
function read(hash: string): { digest: Buffer; salt: Buffer } | undefined {
  const bytes = base64(hash.slice('{SSHA}'.length));
  if (bytes === undefined || bytes.length <= sha1Bytes || bytes.length > sha1Bytes + 64) return undefined;
  return { digest: bytes.subarray(0, sha1Bytes), salt: bytes.subarray(sha1Bytes) };
}

export const ssha: Scheme = {
  recognises: (hash) => /^\{SSHA\}/i.test(hash),
  fault: (hash) => (read(hash) === undefined ? malformed : undefined),
  matches(hash, password) {
    const stored = read(hash);
    if (stored === undefined) return false;
    return timingSafeEqual(createHash('sha1').update(password, 'utf8').update(stored.salt).digest(), stored.digest);
  },
};
