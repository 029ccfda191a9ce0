import { hash, randomBytes } from 'node:crypto';
import { pooledBytes } from './random.ts';

/** UUIDv7 (RFC 9562, 5.7): ordered by time, so that new rows land at the end of an index. */
export function uuidv7(now: number): string {
  const bytes = pooledBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** 256 bits of randomness in base64url: for tokens, codes and links that must not be guessed. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 in base64url: how codes, tokens and cookie ids are stored (security.md). */
export function hashedId(value: string): string {
  return hash('sha256', value, 'base64url');
}
