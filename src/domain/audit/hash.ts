import { hash } from 'node:crypto';
import { canonical } from './canonical.ts';
import type { AuditEvent, Personal } from './event.ts';

/** `prev` of a writer's first event. */
export const firstPrev = '0'.repeat(64);

/** What the chain covers: everything but the hash itself and what an erasure takes away. */
export type Hashed = Omit<AuditEvent, 'hash' | 'personal' | 'personalSalt'>;

/** The canonical text that `hash` is taken over (contract.md, "Audit event"). */
export function hashedText(event: Hashed | AuditEvent): string {
  const { hash: _hash, personal: _personal, personalSalt: _salt, ...rest } = event as AuditEvent;
  return canonical(rest);
}

/** SHA-256 in hex of a text in UTF-8. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** The `hash` that an event must have. */
export function hashEvent(event: Hashed | AuditEvent): string {
  return sha256(hashedText(event));
}

/** SHA-256 (hex) of the salt (hex) followed by the personal part in RFC 8785 form. */
export function personalDigest(salt: string, personal: Personal): string {
  return sha256(salt + canonical(personal));
}
