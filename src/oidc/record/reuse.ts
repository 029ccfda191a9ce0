import type { Services } from '#actions/services.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import { draft, type Origin } from '#domain/audit/event.ts';
import { grants } from '#storage/collections.ts';
import type { UnitOfWork } from '#storage/unit-of-work.ts';
import type { Replay } from '../state.ts';

/** Ends the grant of a code or refresh token that its own client presented again; everything issued under it dies with it. */
export async function endGrantOf(services: Services, unit: UnitOfWork, origin: Origin, replay: Replay): Promise<void> {
  const { grant, client, account, session } = replay.record;
  if (grant === undefined || client === undefined) return;
  // Already ended: nothing more to say.
  if ((await services.store.get(grants, grant)) === undefined) return;
  const system = await systemByClientId(services, client);
  const event = draft(origin, 'token.reused', 'denied', {
    ...(system === undefined ? {} : { actor: { kind: 'system', id: system.id }, system: system.id }),
    ...(account === undefined ? {} : { subject: { id: account } }),
    ...(session === undefined ? {} : { session }),
    detail: { kind: replay.kind, grantEnded: true },
  });
  unit.stage({ changes: [{ kind: 'remove', collection: grants, id: grant }], events: [event] });
}
