import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { named } from '#actions/named.ts';
import type { Services } from '#actions/services.ts';
import { systemByClientId } from '#actions/systems/directory.ts';
import { draft } from '#domain/audit/event.ts';
import { normalCode } from '#domain/user-code.ts';
import { randomToken } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type Artifact, deviceCodes, people, type System } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { aliasOf, hasEnded, userCodeKey } from '../adapter/device.ts';
import { appendCookie, cookieNames } from '../cookies.ts';
import { originOf } from '../origin.ts';
import { paths, resumeUrl } from '../paths.ts';
import { redirect } from '../respond.ts';
import { sessionOf } from '../session-cookie.ts';
import { stateOf } from '../state.ts';

/** The library makes these itself; its types do not say how. */
type InteractionClass = new (uid: string, payload: object) => { save(ttl: number): Promise<unknown> };

/** A device that waits for somebody to approve it. */
export interface WaitingDevice {
  /** Of the record; no secret, and good for nothing but approving and refusing it. */
  readonly id: string;
  readonly state: 'waiting' | 'used' | 'expired';
  readonly system: Stored<System>;
  /** What it asks for. */
  readonly scopes: readonly string[];
  /** When (ms) and whence it asked. */
  readonly at: number;
  readonly ip: string | undefined;
  readonly agent: string | undefined;
}

/** The device that shows this code. Count a try before asking. */
export async function deviceByUserCode(services: Services, typed: string): Promise<WaitingDevice | undefined> {
  const code = normalCode(typed);
  if (code === '') return undefined;
  const record = await services.store.one(deviceCodes, 'userCode', userCodeKey(services, code));
  return record === undefined ? undefined : waiting(services, record);
}

export async function deviceById(services: Services, id: string): Promise<WaitingDevice | undefined> {
  const record = await services.store.get(deviceCodes, id);
  return record === undefined ? undefined : waiting(services, record);
}

async function waiting(services: Services, record: Stored<Artifact>): Promise<WaitingDevice | undefined> {
  const { payload, consumed, account, client } = record;
  const system = client === undefined ? undefined : await systemByClientId(services, client);
  if (system === undefined || !system.enabled || system.deviceFlow !== true) return undefined;
  const { params, deviceInfo, error } = payload as {
    params?: { scope?: unknown };
    deviceInfo?: { at?: number; ip?: string; agent?: string };
    error?: unknown;
  };
  const used = consumed !== undefined || account !== undefined || error !== undefined;
  const scope = typeof params?.scope === 'string' ? params.scope : '';
  return {
    id: record.id,
    state: used ? 'used' : hasEnded(services, record) ? 'expired' : 'waiting',
    system,
    scopes: scope.split(' ').filter((one) => one !== ''),
    at: deviceInfo?.at ?? 0,
    ip: deviceInfo?.ip,
    agent: deviceInfo?.agent,
  };
}

/**
 * The person says that the device is theirs: an interaction begins in this browser, at whose end the library approves the code.
 * Commits and answers 303. @returns false, with nothing answered, when the code waits no longer
 */
export async function approveDevice(
  services: Services,
  provider: Provider,
  req: IncomingMessage,
  res: ServerResponse,
  id: string,
): Promise<boolean> {
  return services.store.unit(async (unit) => {
    stateOf(unit).origin = originOf(services, req);
    const record = await services.store.get(deviceCodes, id);
    if (record === undefined || (await waiting(services, record))?.state !== 'waiting') return false;
    const uid = randomToken();
    const location = resumeUrl(services, uid, true);
    const ttl = Math.floor(services.settings.lifetimes.interaction / 1000);
    const { params } = record.payload as { params?: Record<string, unknown> };
    const interaction = new (provider.Interaction as unknown as InteractionClass)(uid, {
      returnTo: location,
      prompt: { name: 'device', reasons: [], details: {} },
      params: params ?? {},
      cid: randomToken(),
      deviceCode: aliasOf(id),
    });
    await interaction.save(ttl);
    await unit.commit();
    const path = `${paths.code_verification}/${uid}`;
    appendCookie(services, res, cookieNames(services).resume, uid, { path, maxAge: ttl });
    redirect(res, location);
    return true;
  });
}

/**
 * The person says no: the device's next poll is answered `access_denied`, and it is on record. Of an approval and a refusal at
 * once the first holds. @returns false when the code waited no longer
 */
export async function denyDevice(services: Services, req: IncomingMessage, id: string): Promise<boolean> {
  const record = await services.store.get(deviceCodes, id);
  const device = record && (await waiting(services, record));
  if (record === undefined || device?.state !== 'waiting') return false;
  const { id: _id, version, expiresAt, ...data } = record;
  const session = await sessionOf(services, req);
  const person = session && (await services.store.get(people, session.account));
  const payload = { ...data.payload, error: 'access_denied', errorDescription: 'the person turned it away' };
  const who =
    person === undefined
      ? {}
      : {
          actor: { kind: 'person', id: person.id } as const,
          subject: { id: person.id },
          personal: { actor: named(person), subject: named(person) },
        };
  const event = draft(originOf(services, req), 'entry.denied', 'denied', {
    ...who,
    system: device.system.id,
    ...(session === undefined ? {} : { session: session.uid }),
    detail: { reason: 'turned-away', flow: 'device' },
  });
  const ends = expiresAt === undefined ? {} : { expiresAt };
  const change = { kind: 'replace', collection: deviceCodes, id, ifVersion: version } as const;
  try {
    await services.store.writeNow({ changes: [{ ...change, data: { ...data, payload }, ...ends }], events: [event] });
    return true;
  } catch (error) {
    if (error instanceof CommitConflict) return false;
    throw error;
  }
}
