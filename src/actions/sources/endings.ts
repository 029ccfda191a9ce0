import type { Origin } from '#domain/audit/event.ts';
import { sessions } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { everyRecord } from '../access/reading.ts';
import type { Services } from '../services.ts';
import { endingOfSession } from '../sessions/ending.ts';

/** How often one ending is drawn up anew because its session changed meanwhile. */
const attempts = 5;

/**
 * Ends every session that was begun through a source that is no longer trusted, one commit each, and has the systems entered told. Goes
 * after the source was disabled or removed, so that none begins meanwhile. @returns how many
 */
export async function endSessionsOfSource(services: Services, origin: Origin, source: string): Promise<number> {
  let ended = 0;
  for await (const { id } of everyRecord(services.store.engine, sessions, { where: { source } }))
    if (await endOne(services, origin, id)) ended += 1;
  return ended;
}

async function endOne(services: Services, origin: Origin, id: string): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const session = await services.store.engine.get(sessions, id);
    if (session === undefined) return false;
    const { changes, events = [] } = await endingOfSession(services, origin, session, 'source-disabled');
    const only = changes.map((change) =>
      change.kind === 'remove' && change.id === id ? { ...change, ifVersion: session.version } : change,
    );
    try {
      await services.store.writeNow({ changes: only, events });
      return true;
    } catch (error) {
      if (!(error instanceof CommitConflict) || attempt === attempts) throw error;
    }
  }
}
