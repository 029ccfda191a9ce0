import { draft, type Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import { type Acceptance, acceptances, people } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { everyRecord } from '../access/reading.ts';
import { conflictCause } from '../conflicts/cause.ts';
import { about } from '../people/about.ts';
import type { Services } from '../services.ts';

/** Leaves `conflict.lapsed` for each acceptance that ran out, once, and whether the breach still stands. */
export async function lapseAcceptances(services: Services, held: () => boolean): Promise<void> {
  const due = { state: 'accepted', until: { below: services.clock.now() + 1 } };
  for await (const one of everyRecord(services.store, acceptances, { where: due })) {
    if (!held()) return;
    await lapse(services, one);
  }
}

async function lapse(services: Services, { id, person, separation, until }: Stored<Acceptance>): Promise<void> {
  const { store, clock, log } = services;
  const origin: Origin = { actor: { kind: 'hub' } };
  const record = await store.get(people, person);
  const standing = record !== undefined && (await conflictCause(services, record, separation)) !== undefined;
  const who = record === undefined ? { subject: { id: person } } : await about(services, origin, record);
  const event = draft(origin, 'conflict.lapsed', 'success', {
    ...who,
    detail: { separation, cause: 'ended', standing },
    before: { until: new Date(until).toISOString() },
  });
  try {
    await store.write({
      changes: [
        {
          kind: 'update',
          collection: acceptances,
          id,
          // Prolonged or taken back meanwhile: then it has not ended so.
          where: { state: 'accepted', until },
          set: { state: 'lapsed', endedAt: clock.now() },
        },
      ],
      events: [event],
    });
    if (standing) log.warn({ person, separation }, 'an accepted breach of a separation rule stands beyond its end');
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
  }
}
