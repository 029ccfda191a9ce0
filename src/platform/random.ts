import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(4096);
let used = pool.length;

/**
 * Random bytes for nonces, salts and ids, drawn from a pool: a call into the system for each costs more than what they are
 * for. Keys and tokens, which have to stay secret in memory too, take `randomBytes`.
 */
export function pooledBytes(length: number): Buffer {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = Buffer.from(pool.subarray(used, used + length));
  used += length;
  return bytes;
}
