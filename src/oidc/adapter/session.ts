import { isDeepStrictEqual } from 'node:util';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Services } from '#actions/services.ts';
import {
  entriesOf,
  grantFieldOf,
  type SessionEntry,
  sessionHolds,
  sidFieldOf,
  usedFieldOf,
  worthMoving,
} from '#actions/sessions/session.ts';
import { hashedId } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { people, type SessionRecord, sessions } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import type { RequestState } from '../state.ts';
import { unitOf } from './context.ts';

/** How long an ended session is kept for those who still have to be told. */
export const keptAfterEnd = 24 * 60 * 60 * 1000;

/**
 * The session. Saving one that exists is an update of what changed in this request, entry by entry, so that two tabs lose
 * nothing; it fails when the session is gone, so that a sign-out always wins. The session of an ended account is not found.
 */
export function sessionAdapter(services: Services): Adapter {
  return {
    async find(id) {
      const record = await services.store.get(sessions, hashedId(id));
      if (record === undefined || !(await isAlive(services, record))) return undefined;
      unitOf(services).state.sessions.set(record.id, record);
      return payloadOf(record, id);
    },
    async findByUid(uid) {
      const record = await services.store.one(sessions, 'uid', uid);
      if (record === undefined || !(await isAlive(services, record))) return undefined;
      // The cookie is not known from here; what is found so is only looked at.
      return payloadOf(record, 'unknown');
    },
    async upsert(id, payload, expiresIn = 0) {
      // Nobody signed in yet: nothing worth keeping.
      if (payload.accountId === undefined) return;
      const { unit, state } = unitOf(services);
      const key = hashedId(id);
      const endsAt = services.clock.now() + expiresIn * 1000;
      const before = state.sessions.get(key);
      if (before !== undefined) {
        const change = updateOf(services, before, payload, endsAt);
        if (change !== undefined) unit.stage({ changes: [change] });
        return;
      }
      const endings = await endingsSeen(services, payload.accountId);
      const data = { ...freshRecord(services, payload, endsAt, state), ...endings };
      if (state.rotated === undefined) state.sessionStarted = data.uid;
      unit.stage({
        changes: [
          { kind: 'insert', collection: sessions, id: key, data, expiresAt: endsAt + keptAfterEnd, tag: 'session' },
        ],
      });
      state.sessions.set(key, { ...data, id: key, version: 1 });
    },
    async destroy(id) {
      const { unit, state } = unitOf(services);
      const before = state.sessions.get(hashedId(id));
      if (before === undefined) return;
      state.rotated = before;
      unit.stage({
        changes: [{ kind: 'remove', collection: sessions, id: before.id, ifVersion: before.version, tag: 'session' }],
      });
    },
    findByUserCode: async () => undefined,
    consume: async () => {},
    revokeByGrantId: async () => {},
  };
}

/** What the person had behind them when they proved who they are, or else when this request found their account. */
async function endingsSeen(services: Services, account: string): Promise<Pick<SessionRecord, 'endings'>> {
  const { state } = unitOf(services);
  const person =
    state.login === undefined
      ? (state.accounts.get(account) ?? (await services.store.get(people, account)))
      : undefined;
  const endings = state.login?.endings ?? person?.endings ?? 0;
  return endings === 0 ? {} : { endings };
}

async function isAlive(services: Services, record: Stored<SessionRecord>): Promise<boolean> {
  if (record.endsAt <= services.clock.now()) return false;
  const person = await services.store.get(people, record.account);
  return sessionHolds(record, person, services.clock.now());
}

function payloadOf(record: Stored<SessionRecord>, jti: string): AdapterPayload {
  const entries = entriesOf(record);
  return {
    ...record.payload,
    jti,
    uid: record.uid,
    accountId: record.account,
    exp: Math.floor(record.endsAt / 1000),
    ...(entries.length > 0 ? { authorizations: authorizationsOf(entries) } : {}),
  } as AdapterPayload;
}

function authorizationsOf(entries: readonly SessionEntry[]): NonNullable<AdapterPayload['authorizations']> {
  return Object.fromEntries(entries.map(({ client, grant, sid }) => [client, { sid, grantId: grant }]));
}

/** What of a payload is neither secret nor kept in fields of its own. */
function core(payload: AdapterPayload): Record<string, unknown> {
  const {
    jti: _jti,
    uid: _uid,
    accountId: _account,
    exp: _exp,
    iat: _iat,
    authorizations: _entries,
    ...rest
  } = payload;
  return JSON.parse(JSON.stringify(rest)) as Record<string, unknown>;
}

function entryFields(payload: AdapterPayload): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [client, entry] of Object.entries(payload.authorizations ?? {})) {
    if (entry.grantId !== undefined) fields[grantFieldOf(client)] = entry.grantId;
    if (entry.sid !== undefined) fields[sidFieldOf(client)] = entry.sid;
  }
  return fields;
}

function freshRecord(
  services: Services,
  payload: AdapterPayload,
  endsAt: number,
  { rotated, origin, login }: Pick<RequestState, 'rotated' | 'origin' | 'login'>,
): SessionRecord {
  // Whoever signs in anew says by which source, or none; else a session that only gets a new id keeps its own.
  const { source, sourceHint } = login ?? rotated ?? {};
  const now = services.clock.now();
  return {
    payload: core(payload),
    account: payload.accountId ?? '',
    uid: payload.uid ?? '',
    startedAt: rotated?.startedAt ?? now,
    seenAt: now,
    endsAt,
    ...(origin.ip === undefined ? {} : { ip: origin.ip }),
    ...(origin.agent === undefined ? {} : { agent: origin.agent.slice(0, 256) }),
    ...(source === undefined ? {} : { source }),
    ...(sourceHint === undefined ? {} : { sourceHint }),
    ...usedFields(rotated),
    ...entryFields(payload),
  };
}

/** A session that gets a new id was used where it was used. */
function usedFields(before: SessionRecord | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(before ?? {}).filter(([field]) => field.startsWith(usedFieldOf(''))));
}

function updateOf(
  services: Services,
  before: Stored<SessionRecord>,
  payload: AdapterPayload,
  endsAt: number,
): Change | undefined {
  const set: Record<string, unknown> = {};
  const where: Record<string, string | null> = {};
  const payloadNow = core(payload);
  if (!isDeepStrictEqual(payloadNow, before.payload)) set.payload = payloadNow;
  for (const [field, value] of Object.entries(entryFields(payload))) {
    const was = before[field];
    if (was === value) continue;
    set[field] = value;
    // The first of two tabs that enter the same system decides; the other runs again and finds its grant.
    where[field] = typeof was === 'string' ? was : null;
  }
  if (Object.keys(set).length === 0 && Math.abs(endsAt - before.endsAt) < worthMoving(services)) return undefined;
  return {
    kind: 'update',
    collection: sessions,
    id: before.id,
    where,
    set: { ...set, endsAt, seenAt: services.clock.now() },
    expiresAt: endsAt + keptAfterEnd,
    tag: 'session',
  };
}
