import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { draft, type Origin } from '#domain/audit/event.ts';
import { randomToken } from '#platform/ids.ts';
import type { SigningAlgorithm } from '#platform/jws.ts';
import type { Stored } from '#storage/collection.ts';
import { keys, type SigningKey } from '#storage/collections.ts';
import type { Commit } from '#storage/port.ts';
import type { Services } from '../services.ts';

export const algorithms: readonly SigningAlgorithm[] = ['ES256', 'RS256'];

/** What signing keys are sealed for. */
const purpose = 'signing-key';

/**
 * How long a key is published before it may sign: the JWKS may be kept for a minute (`Cache-Control`), and what verifiers
 * commonly keep without looking again is ten.
 */
const publishedFirst = 10 * 60 * 1000;

/** From when (ms) everybody who checks signatures has seen this key. */
export function readyAt(key: SigningKey): number {
  return key.createdAt + publishedFirst;
}

/** Every key, oldest first. There are few: two at a time and those that were. */
export async function allKeys(services: Services): Promise<readonly Stored<SigningKey>[]> {
  const items: Stored<SigningKey>[] = [];
  for (const state of ['next', 'active', 'retired']) {
    items.push(...(await services.store.find(keys, { where: { state }, limit: 1000 })).items);
  }
  return items.sort((a, b) => a.createdAt - b.createdAt);
}

export function openPrivate(services: Services, key: Stored<SigningKey>): JsonWebKey {
  return JSON.parse(services.seal.open(purpose, key.privateSealed)) as JsonWebKey;
}

/** The commit that makes one key, in the given state. RSA 2048 (RFC 7518, 3.3), EC P-256 (3.4). */
export function makingOfKey(
  services: Services,
  origin: Origin,
  alg: SigningAlgorithm,
  state: 'next' | 'active',
): { kid: string; commit: Commit } {
  const pair =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = randomToken().slice(0, 16);
  const now = services.clock.now();
  const data: SigningKey = {
    alg,
    state,
    publicJwk: pair.publicKey.export({ format: 'jwk' }) as Record<string, unknown>,
    privateSealed: services.seal.seal(purpose, JSON.stringify(pair.privateKey.export({ format: 'jwk' }))),
    createdAt: now,
    ...(state === 'active' ? { activatedAt: now } : {}),
  };
  const events = [draft(origin, 'key.created', 'success', { detail: { kid, alg } })];
  if (state === 'active') events.push(draft(origin, 'key.activated', 'success', { detail: { kid, alg } }));
  return { kid, commit: { changes: [{ kind: 'insert', collection: keys, id: kid, data }], events } };
}
