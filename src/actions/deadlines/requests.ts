import { draft, type Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import { type AccessRequest, accessRequests, people } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { everyRecord } from '../access/reading.ts';
import { about } from '../people/about.ts';
import { shown } from '../requests/content.ts';
import { lettersOfOutcome } from '../requests/letters.ts';
import type { Services } from '../services.ts';

/** Closes the requests that nobody decided in time, each once. */
export async function expireRequests(services: Services, held: () => boolean): Promise<void> {
  const due = { state: 'open', openUntil: { below: services.clock.now() + 1 } };
  for await (const one of everyRecord(services.store, accessRequests, { where: due })) {
    if (!held()) return;
    await expire(services, one);
  }
}

async function expire(services: Services, request: Stored<AccessRequest>): Promise<void> {
  const { store, clock } = services;
  const origin: Origin = { actor: { kind: 'hub' } };
  const person = await store.get(people, request.person);
  const who = person === undefined ? { subject: { id: request.person } } : await about(services, origin, person);
  const event = draft(origin, 'access.expired', 'success', { ...who, before: shown(request.id, request) });
  const { id, version, openKey: _, ...rest } = request;
  const data: AccessRequest = { ...rest, state: 'expired', decidedAt: clock.now() };
  const letters = person === undefined ? [] : await lettersOfOutcome(services, origin, person, request, 'expired');
  try {
    await store.write({
      changes: [{ kind: 'replace', collection: accessRequests, id, data, ifVersion: version }, ...letters],
      events: [event],
    });
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
  }
}
