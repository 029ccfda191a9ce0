import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type System, systems } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { namesOf } from '../audit/names.ts';
import type { Services } from '../services.ts';
import { refuseConfigured } from './configured.ts';
import { getSystem } from './list.ts';
import { sealClientSecret } from './record.ts';
import { bySecret, newClientSecret } from './secret.ts';

export const dayMs = 86_400_000;
/** Longer than this two secrets are no overlap, they are two secrets. */
export const longestOverlapMs = 30 * dayMs;

/**
 * Gives a system a new secret. The one before stays good for the overlap, so that the product can be changed without a
 * stop; an older one that was still good ends at once.
 * @throws HubError `not-found`, `stale`, `conflict` (kept in the configuration), `invalid` (no secret style, overlap)
 */
export async function rotateSecret(
  services: Services,
  origin: Origin,
  id: string,
  options: {
    readonly overlapMs?: number | undefined;
    readonly ifVersion?: number | undefined;
    readonly reason?: string | undefined;
  } = {},
): Promise<{ system: Stored<System>; secret: string }> {
  const { overlapMs = dayMs, ifVersion, reason } = options;
  const { version, id: _, ...before } = await getSystem(services, id);
  if (ifVersion !== undefined && ifVersion !== version) throw new HubError('stale');
  refuseConfigured(before, 'clientSecret');
  if (!bySecret(before.auth)) {
    const message = `is ${before.auth}: this system has no secret to rotate`;
    throw new HubError('invalid', undefined, { faults: [{ path: 'auth', message }] });
  }
  if (overlapMs < 0 || overlapMs > longestOverlapMs) {
    const message = 'is too long; choose at most 30d, or 0s to end the old secret at once';
    throw new HubError('invalid', undefined, { faults: [{ path: 'overlap', message }] });
  }
  const now = services.clock.now();
  const secret = newClientSecret();
  const { previousSecretSealed: _sealed, previousSecretUntil: _until, ...rest } = before;
  const until = now + overlapMs;
  const overlaps = overlapMs > 0 && before.clientSecretSealed !== undefined;
  const data: System = {
    ...rest,
    clientSecretSealed: sealClientSecret(services, secret),
    ...(overlaps ? { previousSecretSealed: before.clientSecretSealed, previousSecretUntil: until } : {}),
    changedAt: now,
  };
  const event = draft(origin, 'system.changed', 'success', {
    system: id,
    detail: { secret: 'rotated', ...(overlaps ? { previousUntil: new Date(until).toISOString() } : {}) },
    before: { clientSecret: '(sealed)' },
    after: { clientSecret: '(changed)' },
    personal: {
      ...(await namesOf(services, origin)),
      ...(reason === undefined || reason === '' ? {} : { detail: { reason } }),
    },
  });
  try {
    await services.store.write({
      changes: [{ kind: 'replace', collection: systems, id, ifVersion: version, data }],
      events: [event],
    });
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    throw new HubError('stale', undefined, { cause: error });
  }
  return { system: { ...data, id, version: version + 1 }, secret };
}
