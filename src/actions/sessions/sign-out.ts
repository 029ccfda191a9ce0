import type { JsonObject, Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import { type SessionRecord, sessions } from '#storage/collections.ts';
import { CommitConflict, isUnavailable } from '#storage/port.ts';
import type { Services } from '../services.ts';
import { endingOfSession } from './ending.ts';

/** How often the ending is drawn up anew because the session changed meanwhile. */
const attempts = 5;

/**
 * The person in hand signs out. Where the store cannot take it, it is spooled and recorded when the store is back: of all
 * acts this one alone is never refused for want of a record (security.md, "Audit and faults").
 *
 * @param id of the session's record
 * @param found the session as it was read; undefined where the store could not be read
 * @throws StoreUnavailable when it cannot be spooled either
 */
export async function signOut(
  services: Services,
  origin: Origin,
  id: string,
  found: Stored<SessionRecord> | undefined,
): Promise<void> {
  try {
    let session = found;
    await endOnce(services, origin, async () => {
      const first = session;
      session = undefined;
      return first ?? services.store.get(sessions, id);
    });
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    services.signOuts.add({
      session: id,
      at: services.clock.now(),
      ...(found === undefined ? {} : { uid: found.uid }),
      ...(origin.request === undefined ? {} : { request: origin.request }),
      ...(origin.ip === undefined ? {} : { ip: origin.ip }),
      ...(origin.agent === undefined ? {} : { agent: origin.agent }),
    });
    services.log.warn({ request: origin.request }, 'a sign-out was spooled: the store does not take it now');
  }
}

/**
 * Ends a session exactly once, whoever tries at the same time: the commit holds for the session as it was read, or not at all.
 *
 * @param find reads the session; asked again when another request changed it
 * @param detail more for `session.ended`
 */
export async function endOnce(
  services: Services,
  origin: Origin,
  find: () => Promise<Stored<SessionRecord> | undefined>,
  detail: JsonObject = {},
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const session = await find();
    if (session === undefined) return;
    const whose: Origin = { ...origin, actor: { kind: 'person', id: session.account } };
    const { changes, events = [] } = await endingOfSession(services, whose, session, 'signed-out', detail);
    const only = changes.map((change) =>
      change.kind === 'remove' && change.id === session.id ? { ...change, ifVersion: session.version } : change,
    );
    try {
      await services.store.writeNow({ changes: only, events });
      return;
    } catch (error) {
      if (!(error instanceof CommitConflict) || attempt === attempts) throw error;
    }
  }
}
