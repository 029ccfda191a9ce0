import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { proposals, unifications, unifyJobs } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { namedActor } from '../people/about.ts';
import type { Services } from '../services.ts';
import { withoutTurn } from '../turn.ts';
import { rejectionTurnId } from './decide.ts';
import { withoutFiles } from './files.ts';

/**
 * Forgets a unification: its files, rows and proposals. Accounts and links stay as they are; what was accepted can be undone
 * no more.
 * @throws HubError `not-found`, `stale`
 */
export async function removeUnification(
  services: Services,
  origin: Origin,
  id: string,
  ifVersion?: number | undefined,
): Promise<void> {
  const { store } = services;
  const record = await store.get(unifications, id);
  if (record === undefined) throw new HubError('not-found', 'There is no such unification');
  if (ifVersion !== undefined && ifVersion !== record.version) throw new HubError('stale');
  // Whoever works on it writes nothing any more from here on.
  await store.writeNow({ changes: [{ kind: 'remove', collection: unifyJobs, id }] });
  for (;;) {
    const { items } = await store.find(proposals, { where: { unification: id }, limit: 500 });
    if (items.length === 0) break;
    const changes = items.map((one) => ({ kind: 'remove', collection: proposals, id: one.id }) as const);
    await store.writeNow({ changes });
  }
  try {
    await store.writeNow({
      changes: [
        ...(record.state === 'ready' ? [] : withoutFiles(record)),
        { kind: 'remove', collection: unifications, id, ifVersion: record.version },
        withoutTurn(rejectionTurnId(id)),
      ],
      events: [
        draft(origin, 'unification.removed', 'success', {
          detail: { unification: id },
          personal: await namedActor(services, origin),
        }),
      ],
    });
  } catch (fault) {
    if (fault instanceof CommitConflict) throw new HubError('stale', undefined, { cause: fault });
    throw fault;
  }
}
