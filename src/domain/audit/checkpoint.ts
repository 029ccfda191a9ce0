import {
  CompactSign,
  type CryptoKey,
  compactVerify,
  createLocalJWKSet,
  type JSONWebKeySet,
  type JWK,
  type KeyObject,
} from 'jose';
import { canonical } from './canonical.ts';

/** The newest link of each writer's chain. */
export type ChainHeads = Readonly<Record<string, { readonly seq: number; readonly hash: string }>>;

/** What a checkpoint says: where every chain stood, and when. */
export interface Checkpoint {
  readonly heads: ChainHeads;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Ids of people disabled or enabled since the checkpoint before, so that a restored backup cannot forget it. */
  readonly people?: { readonly disabled: readonly string[]; readonly enabled: readonly string[] };
}

/** A hub key that signs checkpoints. */
export interface CheckpointSigner {
  readonly kid: string;
  readonly alg: 'ES256' | 'RS256';
  readonly key: CryptoKey | KeyObject | JWK;
}

/** The checkpoint is not one, or nobody known has signed it. */
export class CheckpointFault extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CheckpointFault';
  }
}

/** Keeps a checkpoint from passing for any other thing that the same key signs (RFC 8725, 3.11). */
const typ = 'gatehouse-checkpoint+jws';

/** Signs the heads of all chains as a compact JWS (RFC 7515). */
export async function signCheckpoint(checkpoint: Checkpoint, signer: CheckpointSigner): Promise<string> {
  const payload = new TextEncoder().encode(canonical(checkpoint));
  return new CompactSign(payload).setProtectedHeader({ alg: signer.alg, kid: signer.kid, typ }).sign(signer.key);
}

/** @throws CheckpointFault when it was not signed by one of these keys. */
export async function verifyCheckpoint(jws: string, jwks: JSONWebKeySet): Promise<Checkpoint> {
  try {
    const algorithms = ['ES256', 'RS256'];
    const { payload, protectedHeader } = await compactVerify(jws.trim(), createLocalJWKSet(jwks), { algorithms });
    if (protectedHeader.typ !== typ) throw new TypeError(`typ is ${protectedHeader.typ}`);
    return parse(new TextDecoder().decode(payload));
  } catch (error) {
    throw new CheckpointFault('the checkpoint was not signed by one of these keys, or was changed', error);
  }
}

/** Reads a checkpoint without looking at its signature. @throws CheckpointFault */
export function readCheckpoint(jws: string): Checkpoint {
  try {
    return parse(Buffer.from(jws.trim().split('.')[1] ?? '', 'base64url').toString());
  } catch (error) {
    throw new CheckpointFault('this is not a checkpoint', error);
  }
}

function parse(text: string): Checkpoint {
  const value = JSON.parse(text) as Partial<Checkpoint> | null;
  if (value === null || typeof value.at !== 'string' || typeof value.heads !== 'object' || value.heads === null) {
    throw new TypeError('heads or time are missing');
  }
  for (const head of Object.values(value.heads)) {
    if (!Number.isSafeInteger(head?.seq) || typeof head.hash !== 'string') throw new TypeError('a head is not whole');
  }
  const { heads, at, people } = value;
  return { heads, at, ...(people === undefined ? {} : { people }) };
}
