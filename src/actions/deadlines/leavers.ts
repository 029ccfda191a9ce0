import type { Origin } from '#domain/audit/event.ts';
import { endOfDay } from '#domain/days.ts';
import { HubError } from '#domain/errors.ts';
import { people } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Store } from '#storage/store.ts';
import { everyRecord } from '../access/reading.ts';
import { leavePerson } from '../people/leave.ts';
import type { Services } from '../services.ts';

const hub: Origin = { actor: { kind: 'hub' } };
const timed = new WeakSet<Store>();

/** Whoever's last day is over leaves. They are out since its end; here sessions and roles end and systems are told, once. */
export async function leaveAfterLastDay(services: Services, held: () => boolean): Promise<void> {
  const { store, clock, log } = services;
  if (!timed.has(store)) await retime(services, held);
  const due = { leavesAt: { from: 0, below: clock.now() + 1 } };
  for await (const { id } of everyRecord(store, people, { where: due })) {
    if (!held()) return;
    try {
      await leavePerson(services, hub, id, {}, 'last-day');
    } catch (fault) {
      // Kept, let go or changed meanwhile: the next look sees how they are then.
      if (!(fault instanceof HubError) && !(fault instanceof CommitConflict)) throw fault;
      log.info({ person: id, err: fault }, 'somebody whose last day is over did not leave yet');
    }
  }
}

/** Days end by the company's clocks: after another time zone was configured the ends that wait are worked out anew. */
async function retime({ store, settings }: Services, held: () => boolean): Promise<void> {
  for await (const { id, lastDay, leavesAt } of everyRecord(store, people, { where: { leavesAt: { from: 0 } } })) {
    if (!held()) return;
    const at = endOfDay(lastDay ?? '', settings.timeZone);
    if (at === undefined || leavesAt === undefined || at === leavesAt) continue;
    const where = { leavesAt, status: 'active' };
    try {
      await store.write({ changes: [{ kind: 'update', collection: people, id, where, set: { leavesAt: at } }] });
    } catch (fault) {
      if (!(fault instanceof CommitConflict)) throw fault;
    }
  }
  timed.add(store);
}
