import type { Adapter } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import { hashedId } from '#platform/ids.ts';
import { replayMarks } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { unitOf } from './context.ts';

/**
 * `jti` of client assertions (RFC 7523) and DPoP proofs (RFC 9449). Nothing is read: a mark is inserted if absent, and the
 * commit that finds it there is the one that was late, by how much soever.
 */
export function replayAdapter(services: Services): Adapter {
  return {
    find: async () => undefined,
    async upsert(id, _payload, expiresIn = 0) {
      const { unit, state } = unitOf(services);
      const tag = state.nextMark;
      state.nextMark = 'dpop';
      const change: Change = {
        kind: 'insert',
        collection: replayMarks,
        id: hashedId(`${tag}:${id}`),
        data: { payload: {} },
        // A proof may be dated 5 minutes ahead, so it is good for longer than the library would keep its mark.
        expiresAt: services.clock.now() + expiresIn * 1000 + 330_000,
        tag,
      };
      state.marks.push(change);
      unit.stage({ changes: [change] });
    },
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: async () => {},
    destroy: async () => {},
    revokeByGrantId: async () => {},
  };
}
