import { type Adapter, type AdapterPayload, Provider } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import { type AccountState, accountStateOf, isSameAccountState } from '#domain/people/account-state.ts';
import { hashedId } from '#platform/ids.ts';
import { type Artifact, deviceCodes, people } from '#storage/collections.ts';
import { unitOf } from './context.ts';
import { artifactOf, payloadOf } from './payload.ts';

/** Stands for a record whose secret id only the device knows: the person's side finds it by the code they type. */
const knownAs = 'record:';

export function aliasOf(record: string): string {
  return `${knownAs}${record}`;
}

/** What the store keeps of a user code: too short for a plain hash to hide it. */
export function userCodeKey({ seal }: Pick<Services, 'seal'>, normalized: string): string {
  return seal.mac('user-code', normalized);
}

/**
 * Device codes (RFC 8628). The device presents the secret id; the browser in which somebody approves presents the record's
 * alias, which counts nowhere else. Spending is the commit's condition `consumed: null`, approving is the version that was read.
 */
export function deviceAdapter(services: Services): Adapter {
  // Polls after its end are told `expired_token`, not that it never was.
  const kept = services.settings.lifetimes.interaction;
  const keyOf = (id: string): string =>
    id.startsWith(knownAs) && Provider.ctx?.oidc?.route === 'device_resume' ? id.slice(knownAs.length) : hashedId(id);
  return {
    async upsert(id, payload, expiresIn = 0) {
      const { unit, state } = unitOf(services);
      const key = keyOf(id);
      const endsAt = services.clock.now() + expiresIn * 1000;
      const before = state.records.get(key);
      const { userCode, ...rest } = payload;
      const data = artifactOf(rest);
      if (before === undefined) {
        data.payload.endsAt = endsAt;
        if (userCode !== undefined) data.userCode = userCodeKey(services, userCode);
      } else {
        data.payload.endsAt = before.payload.endsAt;
        if (before.userCode !== undefined) data.userCode = before.userCode;
        // What was allowed counts for the account as it was then.
        const person = data.account === undefined ? undefined : await services.store.get(people, data.account);
        if (person !== undefined) data.payload.accountState = accountStateOf(person);
      }
      const common = { collection: deviceCodes, id: key, data, expiresAt: endsAt + kept, tag: 'device' } as const;
      unit.stage({
        changes: [
          before === undefined
            ? { kind: 'insert', ...common }
            : { kind: 'replace', ...common, ifVersion: before.version },
        ],
      });
    },
    async find(id) {
      const key = keyOf(id);
      const record = await services.store.get(deviceCodes, key);
      if (record === undefined || record.consumed !== undefined) return undefined;
      unitOf(services).state.records.set(key, record);
      const payload = payloadOf(record, id);
      // The library looks at the machine's clock; the hub's is the one that counts.
      return hasEnded(services, record) || (await hasMoved(services, record))
        ? ({ ...payload, exp: 1 } as AdapterPayload)
        : payload;
    },
    async consume(id) {
      const set = { consumed: services.clock.now(), payload: {} };
      unitOf(services).unit.stage({
        changes: [
          {
            kind: 'update',
            collection: deviceCodes,
            id: keyOf(id),
            where: { consumed: null },
            set,
            tag: 'device',
          },
        ],
      });
    },
    async destroy(id) {
      unitOf(services).unit.stage({ changes: [{ kind: 'remove', collection: deviceCodes, id: keyOf(id) }] });
    },
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    revokeByGrantId: async () => {},
  };
}

export function hasEnded(services: Pick<Services, 'clock'>, record: { payload: Record<string, unknown> }): boolean {
  const { endsAt } = record.payload;
  return typeof endsAt !== 'number' || endsAt <= services.clock.now();
}

/** Was the account that allowed it disabled, or given another address, since then? */
async function hasMoved({ store }: Services, { account, payload }: Artifact): Promise<boolean> {
  const allowed = payload.accountState as AccountState | undefined;
  if (account === undefined || allowed === undefined) return false;
  return !isSameAccountState(allowed, (await store.get(people, account)) ?? {});
}
