import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import { hashedId } from '#platform/ids.ts';
import type { Collection, Stored } from '#storage/collection.ts';
import type { Artifact } from '#storage/collections.ts';
import type { RequestState } from '../state.ts';
import { unitOf } from './context.ts';
import { artifactOf, payloadOf } from './payload.ts';

export interface Spendable {
  readonly collection: Collection<Artifact>;
  /** Names the kind in a lost race, so that the loser gets the right answer. */
  readonly tag: 'code' | 'refresh' | 'par';
  /** How long after its making it is kept, in ms, if that is longer than it lives. */
  readonly keptFor: number;
}

/**
 * Things that serve once: codes, rotating refresh tokens, pushed requests. Spending is the commit's condition
 * `consumed: null`. A spent one is not found any more; that it was presented again is noted in the request's state.
 */
export function spendableAdapter(services: Services, kind: Spendable): Adapter {
  const { collection, tag } = kind;
  return {
    async upsert(id, payload, expiresIn = 0) {
      const { unit, state } = unitOf(services);
      const key = hashedId(id);
      const now = services.clock.now();
      const expiresAt = now + Math.max(expiresIn * 1000, kind.keptFor);
      const before = state.records.get(key);
      const data = artifactOf(payload);
      if (state.via !== undefined && tag === 'code') data.payload.via = state.via;
      unit.stage({
        changes: [
          before === undefined
            ? { kind: 'insert', collection, id: key, data, expiresAt, tag }
            : { kind: 'replace', collection, id: key, ifVersion: before.version, data, expiresAt, tag },
        ],
      });
    },
    async find(id) {
      const record = await services.store.get(collection, hashedId(id));
      const known = record === undefined ? undefined : found(record, id, tag, unitOf(services).state);
      // The interaction that a pushed request led to looks for it again: one that is not to be had is as good as spent, or a code
      // would come of it all the same.
      return known ?? (tag === 'par' ? spent(id, services.clock.now()) : undefined);
    },
    findByUserCode: async () => undefined,
    async consume(id) {
      const { unit, state } = unitOf(services);
      const key = hashedId(id);
      // It is kept for a day, so that a replay is known as one; of what was in it, only the challenge is needed for that.
      const { codeChallenge } = state.records.get(key)?.payload ?? {};
      const set = {
        consumed: services.clock.now(),
        payload: codeChallenge === undefined ? {} : { codeChallenge },
      };
      unit.stage({ changes: [{ kind: 'update', collection, id: key, where: { consumed: null }, set, tag }] });
    },
    async destroy(id) {
      unitOf(services).unit.stage({ changes: [{ kind: 'remove', collection, id: hashedId(id) }] });
    },
    findByUid: async () => undefined,
    revokeByGrantId: async () => {},
  };
}

function spent(jti: string, now: number): AdapterPayload {
  const seconds = Math.floor(now / 1000);
  return { jti, kind: 'PushedAuthorizationRequest', consumed: seconds, iat: seconds, exp: seconds + 60 };
}

function found(
  record: Stored<Artifact>,
  id: string,
  tag: Spendable['tag'],
  state: RequestState,
): AdapterPayload | undefined {
  if (record.consumed !== undefined) {
    if (tag === 'code' || tag === 'refresh') state.replay = { kind: tag, record };
    return undefined;
  }
  const { opener } = record.payload;
  if (tag === 'par' && opener !== undefined && opener !== state.opener) return undefined;
  state.records.set(record.id, record);
  if (tag === 'code' && typeof record.payload.via === 'string') state.via = record.payload.via;
  return payloadOf(record, id);
}
