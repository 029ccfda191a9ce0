import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import { hashedId } from '#platform/ids.ts';
import { interactions } from '#storage/collections.ts';
import { resumeUrl } from '../paths.ts';
import type { RequestState } from '../state.ts';
import { unitOf } from './context.ts';

/**
 * A pending sign-in or consent. It ends once: finishing removes it under the version that was read (tag `interaction`).
 * The ids in it (its own, which stands in `returnTo` too, and the session's) are not stored.
 */
export function interactionAdapter(services: Services): Adapter {
  return {
    async upsert(id, payload, expiresIn = 0) {
      const { unit, state } = unitOf(services);
      const key = hashedId(id);
      const before = state.records.get(key);
      const data = { payload: stripped(services, payload) };
      const expiresAt = services.clock.now() + expiresIn * 1000;
      unit.stage({
        changes: [
          before === undefined
            ? { kind: 'insert', collection: interactions, id: key, data, expiresAt, tag: 'interaction' }
            : {
                kind: 'replace',
                collection: interactions,
                id: key,
                ifVersion: before.version,
                data,
                expiresAt,
                tag: 'interaction',
              },
        ],
      });
    },
    async find(id) {
      const key = hashedId(id);
      const record = await services.store.get(interactions, key);
      // The library would let it live for the tolerance that is meant for others' clocks.
      if (record === undefined || (record.expiresAt ?? 0) <= services.clock.now()) return undefined;
      if (record.payload.finished === true) return undefined;
      const { state } = unitOf(services);
      state.records.set(key, record);
      const { login } = (record.payload.result ?? {}) as { login?: RequestState['login'] };
      if (login !== undefined) state.login = provedBy(login);
      const { pushed, ...payload } = record.payload;
      return {
        ...payload,
        ...(typeof pushed === 'string' ? { parJti: services.seal.open(purpose, pushed) } : {}),
        jti: id,
        returnTo: resumeUrl(services, id, record.payload.deviceCode !== undefined),
      } as AdapterPayload;
    },
    async destroy(id) {
      const { unit, state } = unitOf(services);
      const key = hashedId(id);
      const before = state.records.get(key);
      if (before === undefined) {
        unit.stage({ changes: [{ kind: 'remove', collection: interactions, id: key, tag: 'interaction' }] });
        return;
      }
      // Which system it was for is kept as long as its page might be opened again (`over.ts`).
      const { client_id: client } = (before.payload.params ?? {}) as { client_id?: string };
      const data = { payload: { finished: true }, ...(client === undefined ? {} : { client }) };
      const expiry = before.expiresAt === undefined ? {} : { expiresAt: before.expiresAt };
      unit.stage({
        changes: [
          {
            kind: 'replace',
            collection: interactions,
            id: key,
            ifVersion: before.version,
            data,
            ...expiry,
            tag: 'interaction',
          },
        ],
      });
    },
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: async () => {},
    revokeByGrantId: async () => {},
  };
}

function provedBy({ source, sourceHint, endings = 0 }: NonNullable<RequestState['login']>) {
  return { endings, ...(source === undefined ? {} : { source }), ...(sourceHint === undefined ? {} : { sourceHint }) };
}

const purpose = 'pushed-request';

function stripped(services: Services, payload: AdapterPayload): Record<string, unknown> {
  const { jti: _jti, returnTo: _returnTo, parJti, ...given } = payload as AdapterPayload & { parJti?: string };
  // The code that comes of it spends the pushed request, whose id is a secret.
  const rest = parJti === undefined ? given : { ...given, pushed: services.seal.seal(purpose, parJti) };
  const session: unknown = given.session;
  if (typeof session !== 'object' || session === null) return rest;
  const { cookie: _cookie, ...known } = session as { cookie?: string };
  return { ...rest, session: known };
}
