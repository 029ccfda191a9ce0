import type { Adapter } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import { hashedId } from '#platform/ids.ts';
import type { Collection } from '#storage/collection.ts';
import type { Artifact } from '#storage/collections.ts';
import { unitOf } from './context.ts';
import { artifactOf, payloadOf } from './payload.ts';

/**
 * Opaque access tokens. They are bound to grant and session and die with either, so nothing is looked up to revoke them:
 * when the grant is gone, its tokens are refused and expire by themselves.
 */
export function tokenAdapter(services: Services, collection: Collection<Artifact>): Adapter {
  return {
    async upsert(id, payload, expiresIn = 0) {
      unitOf(services).unit.stage({
        changes: [
          {
            kind: 'insert',
            collection,
            id: hashedId(id),
            data: artifactOf(payload),
            expiresAt: services.clock.now() + expiresIn * 1000,
          },
        ],
      });
    },
    async find(id) {
      const record = await services.store.get(collection, hashedId(id));
      if (record === undefined || (record.expiresAt ?? 0) <= services.clock.now()) return undefined;
      return payloadOf(record, id);
    },
    async destroy(id) {
      unitOf(services).unit.stage({ changes: [{ kind: 'remove', collection, id: hashedId(id) }] });
    },
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: async () => {
      throw new Error('an access token is not spent');
    },
    revokeByGrantId: async () => {},
  };
}
