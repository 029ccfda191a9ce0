import type { Services } from '#actions/services.ts';
import { endingOfSession } from '#actions/sessions/ending.ts';
import { sessions } from '#storage/collections.ts';

/** At most this many at a time, so that the rest of the hub goes on. */
const batch = 100;

/** Ends the sessions whose time has come, so that their systems are told like at any other ending. @returns how many. */
export async function endExpiredSessions(services: Services): Promise<number> {
  const page = await services.store.find(sessions, {
    where: { endsAt: { below: services.clock.now() } },
    limit: batch,
  });
  for (const session of page.items) {
    await services.store.write(await endingOfSession(services, { actor: { kind: 'hub' } }, session, 'expired'));
  }
  return page.items.length;
}
