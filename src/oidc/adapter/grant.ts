import type { Adapter } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import { grants } from '#storage/collections.ts';
import { unitOf } from './context.ts';
import { artifactOf, payloadOf } from './payload.ts';

/**
 * What a person granted a system in one session. Every token and code names its grant; removing it is what ends them.
 * A save that another request overtook is a conflict (`grant`), and the request is run again.
 */
export function grantAdapter(services: Services): Adapter {
  return {
    async upsert(id, payload, expiresIn = 0) {
      const { unit, state } = unitOf(services);
      const before = state.records.get(id);
      const data = artifactOf(payload);
      const expiresAt = services.clock.now() + expiresIn * 1000;
      unit.stage({
        changes: [
          before === undefined
            ? { kind: 'insert', collection: grants, id, data, expiresAt, tag: 'grant' }
            : { kind: 'replace', collection: grants, id, ifVersion: before.version, data, expiresAt, tag: 'grant' },
        ],
      });
    },
    async find(id) {
      const record = await services.store.get(grants, id);
      if (record === undefined) return undefined;
      unitOf(services).state.records.set(id, record);
      return payloadOf(record, id);
    },
    async destroy(id) {
      unitOf(services).unit.stage({ changes: [{ kind: 'remove', collection: grants, id }] });
    },
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: async () => {},
    revokeByGrantId: async () => {},
  };
}
