import type { Services } from '#actions/services.ts';
import { endingOfSession } from '#actions/sessions/ending.ts';
import { sessions } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';

/** At most this many at a time, so that the rest of the hub goes on. */
const batch = 100;

/** Ends the sessions whose time has come, so that their systems are told like at any other ending. @returns how many. */
export async function endExpiredSessions(services: Services): Promise<number> {
  const page = await services.store.find(sessions, {
    where: { endsAt: { below: services.clock.now() } },
    limit: batch,
  });
  for (const session of page.items) {
    const { changes, events } = await endingOfSession(services, { actor: { kind: 'hub' } }, session, 'expired');
    // Another process may have ended it, or a refresh elsewhere have kept it awake.
    const where = { endsAt: session.endsAt };
    const conditional = changes.map((change): Change => {
      return change.kind === 'remove' && change.id === session.id ? { ...change, where } : change;
    });
    try {
      await services.store.write({ changes: conditional, ...(events === undefined ? {} : { events }) });
    } catch (error) {
      if (!(error instanceof CommitConflict)) throw error;
    }
  }
  return page.items.length;
}
