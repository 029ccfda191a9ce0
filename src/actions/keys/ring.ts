import type { JsonWebKey, KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { createSigner, type Signer, type SigningAlgorithm } from '#platform/jws.ts';
import type { Stored } from '#storage/collection.ts';
import { keys, type SigningKey } from '#storage/collections.ts';
import { isUnavailable } from '#storage/port.ts';
import type { Services } from '../services.ts';
import { allKeys, openPrivate } from './stored.ts';

/** The keys in use: who signs now, what is published, and what a signature of ours may be checked with. */
export interface KeyRing {
  /** Changes whenever a key is added, activated, or leaves; for those who prepare something from the ring. */
  readonly generation: string;
  signer(alg: SigningAlgorithm): Signer;
  /** The JWKS as published: next, active, and retired ones that have not left yet. */
  readonly published: readonly JsonWebKey[];
  /** Any key the hub ever had, so that an old ID token still serves as a hint; none that leaked. */
  verifier(kid: string): { alg: SigningAlgorithm; publicKey: KeyObject } | undefined;
}

interface Cached {
  readonly counter: number;
  readonly until: number;
  readonly ring: Promise<KeyRing>;
}

const rings = new WeakMap<Services, Cached>();
/** How long it takes until a retired key has left for everybody who asks, in ms. */
const goodFor = 60_000;
/** While the store does not answer, the ring of before serves this much longer, in ms. */
const grace = 1000;

/**
 * The ring in force, cached until a key changes or one leaves. While the store cannot be read the one of before serves: who
 * checks signatures goes on, and nothing can be signed that the store has not taken.
 */
export function keyRing(services: Services): Promise<KeyRing> {
  const counter = services.store.changes(keys);
  const cached = rings.get(services);
  const now = services.clock.now();
  if (cached !== undefined && cached.counter === counter && now < cached.until) return cached.ring;
  const ring = load(services, counter).catch((error: unknown) => {
    if (cached === undefined || !isUnavailable(error)) {
      rings.delete(services);
      throw error;
    }
    rings.set(services, { ...cached, counter, until: services.clock.now() + grace });
    return cached.ring;
  });
  rings.set(services, { counter, until: now + goodFor, ring });
  return ring;
}

async function load(services: Services, counter: number): Promise<KeyRing> {
  const all = await allKeys(services);
  const now = services.clock.now();
  const shown = all.filter((key) => isPublished(key, now));
  const signers = new Map<SigningAlgorithm, Signer>();
  const verifiers = new Map<string, { alg: SigningAlgorithm; publicKey: KeyObject }>();
  for (const key of all) {
    if (key.leakedAt !== undefined) continue;
    verifiers.set(key.id, {
      alg: key.alg,
      publicKey: createPublicKey({ key: key.publicJwk as JsonWebKey, format: 'jwk' }),
    });
    if (key.state === 'active') signers.set(key.alg, createSigner(key.id, key.alg, openPrivate(services, key)));
  }
  return {
    generation: `${counter}:${shown.map((key) => key.id)}`,
    published: shown.map(published),
    signer(alg) {
      const signer = signers.get(alg);
      if (signer === undefined) throw new Error(`there is no active ${alg} key; was ensureKeys called?`);
      return signer;
    },
    verifier: (kid) => verifiers.get(kid),
  };
}

function isPublished(key: Stored<SigningKey>, now: number): boolean {
  return key.state !== 'retired' || (key.leavesAt ?? 0) > now;
}

function published(key: Stored<SigningKey>): JsonWebKey {
  return { ...key.publicJwk, kid: key.id, alg: key.alg, use: 'sig' };
}
