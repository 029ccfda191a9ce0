import type { Services } from '#actions/services.ts';
import { usedFieldOf, worthMoving } from '#actions/sessions/session.ts';
import type { Stored } from '#storage/collection.ts';
import { type System, sessions } from '#storage/collections.ts';
import type { UnitOfWork } from '#storage/unit-of-work.ts';

/** How long an ended session is kept for those who still have to be told. */
const keptAfterEnd = 24 * 60 * 60 * 1000;

/** A refresh counts as activity of its session, up to the session's ceiling (contract.md, "lifetimes"). */
export async function keepAwake(services: Services, unit: UnitOfWork, uid: string): Promise<void> {
  const session = await services.store.one(sessions, 'uid', uid);
  const signedIn = session?.payload.loginTs;
  if (session === undefined || typeof signedIn !== 'number') return;
  const { sessionIdle, session: ceiling } = services.settings.lifetimes;
  const now = services.clock.now();
  const endsAt = Math.min(now + sessionIdle, signedIn * 1000 + ceiling);
  if (endsAt - session.endsAt < worthMoving(services)) return;
  unit.stage({
    changes: [
      {
        kind: 'update',
        collection: sessions,
        id: session.id,
        set: { endsAt, seenAt: now },
        expiresAt: endsAt + keptAfterEnd,
        tag: 'session',
      },
    ],
  });
}

/** Notes that a system which limits idleness was entered, or used by a refresh. */
export async function noteUse(
  services: Services,
  unit: UnitOfWork,
  uid: string,
  system: Stored<System> | undefined,
): Promise<void> {
  if (system?.session?.idle === undefined) return;
  const session = await services.store.one(sessions, 'uid', uid);
  if (session === undefined) return;
  const set = { [usedFieldOf(system.clientId)]: services.clock.now() };
  unit.stage({ changes: [{ kind: 'update', collection: sessions, id: session.id, set, tag: 'session' }] });
}
