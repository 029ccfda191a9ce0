import { draft, type Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import { type Assignment, assignments, people } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Store } from '#storage/store.ts';
import { everyRecord } from '../access/reading.ts';
import { shown } from '../assignments/assign.ts';
import { about } from '../people/about.ts';
import type { Services } from '../services.ts';

/** Up to when everything is on record, as far as this process saw; a little is looked at again, since clocks differ. */
const seen = new WeakMap<Store, number>();
const again = 2 * 60 * 60 * 1000;

/** Leaves `role.expired` for each assignment that has ended, once: on condition that nobody else did. */
export async function expireAssignments(services: Services, held: () => boolean): Promise<void> {
  const { store, clock } = services;
  const now = clock.now();
  const from = (seen.get(store) ?? again) - again;
  const due = everyRecord(store, assignments, { where: { until: { from, below: now + 1 } }, sort: 'until' });
  for await (const one of due) {
    if (one.expired !== undefined) continue;
    if (!held()) return;
    await expire(services, one, now);
  }
  seen.set(store, now);
}

async function expire(services: Services, { id, version: _, ...data }: Stored<Assignment>, now: number): Promise<void> {
  const origin: Origin = { actor: { kind: 'hub' } };
  const person = await services.store.get(people, data.person);
  const who = person === undefined ? { subject: { id: data.person } } : await about(services, origin, person);
  const event = draft(origin, 'role.expired', 'success', { ...who, before: shown(id, data) });
  // Withdrawn, merged away or put on record by another process meanwhile: then there is nothing to say.
  const where = { expired: null, until: data.until ?? null, person: data.person };
  try {
    await services.store.write({
      changes: [{ kind: 'update', collection: assignments, id, where, set: { expired: now } }],
      events: [event],
    });
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
  }
}
