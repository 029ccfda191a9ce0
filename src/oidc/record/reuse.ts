import { namesOf } from '#actions/audit/names.ts';
import type { Services } from '#actions/services.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import { draft, type Origin } from '#domain/audit/event.ts';
import { grants } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Replay } from '../state.ts';

/**
 * Ends the grant of a code or refresh token that its own client presented again; everything issued under it dies with it.
 * A commit of its own, on the condition that the grant still stands: of many that lost one race, one ends it and says so.
 */
export async function endGrantOf(services: Services, origin: Origin, replay: Replay): Promise<void> {
  const { grant, client, account, session } = replay.record;
  if (grant === undefined || client === undefined) return;
  const system = await systemByClientId(services, client);
  const event = draft(origin, 'token.reused', 'denied', {
    ...(system === undefined ? {} : { actor: { kind: 'system', id: system.id }, system: system.id }),
    ...(account === undefined ? {} : { subject: { id: account } }),
    ...(session === undefined ? {} : { session }),
    detail: { kind: replay.kind, grantEnded: true },
    personal: await namesOf(services, origin, account),
  });
  const where = { account: account ?? null };
  try {
    await services.store.writeNow({
      changes: [{ kind: 'remove', collection: grants, id: grant, where }],
      events: [event],
    });
  } catch (error) {
    // Already ended: nothing more to say.
    if (!(error instanceof CommitConflict)) throw error;
  }
}
