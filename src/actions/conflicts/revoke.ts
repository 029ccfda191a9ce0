import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { acceptances, people } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { about } from '../people/about.ts';
import type { Services } from '../services.ts';
import { acceptanceId, isAccepted } from './accept.ts';

/**
 * Takes an acceptance back before its end.
 * @param options.ifVersion the version that was seen
 * @throws HubError `not-found`, `stale`
 */
export async function revokeAcceptance(
  services: Services,
  origin: Origin,
  person: string,
  separation: string,
  options: { readonly ifVersion?: number | undefined; readonly reason?: string | undefined } = {},
): Promise<void> {
  const { store, clock } = services;
  const id = acceptanceId(person, separation);
  const acceptance = await store.get(acceptances, id);
  const now = clock.now();
  if (acceptance === undefined || !isAccepted(acceptance, now))
    throw new HubError('not-found', 'No acceptance of this breach stands');
  const { version, until } = acceptance;
  if (options.ifVersion !== undefined && options.ifVersion !== version) throw new HubError('stale');
  const record = await store.get(people, person);
  const who = record === undefined ? undefined : await about(services, origin, record);
  const event = draft(origin, 'conflict.lapsed', 'success', {
    subject: { id: person },
    detail: { separation, cause: 'revoked' },
    before: { until: new Date(until).toISOString() },
    personal: {
      ...who?.personal,
      ...(options.reason === undefined ? {} : { detail: { reason: options.reason } }),
    },
  });
  const where = { state: 'accepted', until };
  try {
    await store.write({
      changes: [{ kind: 'update', collection: acceptances, id, where, set: { state: 'revoked', endedAt: now } }],
      events: [event],
    });
  } catch (error) {
    throw error instanceof CommitConflict ? new HubError('stale', undefined, { cause: error }) : error;
  }
}
