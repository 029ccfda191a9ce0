import { canonical } from '#domain/audit/canonical.ts';
import type { JsonObject } from '#domain/audit/event.ts';
import { sha256 } from '#domain/audit/hash.ts';
import type { AccessRequest } from '#storage/collections.ts';

/** What is asked for: everything that an approval is bound to. */
export type RequestContent = Pick<AccessRequest, 'person' | 'role' | 'from' | 'until' | 'reason'>;

/** The hash of what is asked for (SHA-256 of its RFC 8785 form, hex). */
export function digestOf({ person, role, from, until, reason }: RequestContent): string {
  return sha256(canonical({ person, role, from: from ?? null, until: until ?? null, reason }));
}

/** A request as its events show it; the reason may speak of people and stands in the sealed part. */
export function shown(id: string, { role, from, until, digest }: AccessRequest): JsonObject {
  return {
    request: id,
    role,
    ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
    digest,
  };
}
