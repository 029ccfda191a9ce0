import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { pooledBytes } from './random.ts';

/**
 * Keys for each purpose come from the master secret by HKDF-SHA-256 (RFC 5869); values are sealed with AES-256-GCM
 * (NIST SP 800-38D) as `v1.<key id>.<nonce>.<ciphertext and tag>`, base64url. The purpose is bound as associated data.
 */
export interface Sealer {
  seal(purpose: string, plain: string): string;
  /** @throws Error when the value was changed, names another key or another purpose. */
  open(purpose: string, sealed: string): string;
  /** 32 bytes for a purpose. */
  derive(purpose: string): Buffer;
  /** A keyed hash (HMAC-SHA-256 in base64url) of a value under the key of a purpose. */
  mac(purpose: string, value: string): string;
}

export function createSealer(secret: string): Sealer {
  const keyId = createHash('sha256').update(`gatehouse key id:${secret}`).digest('base64url').slice(0, 8);
  const derived = new Map<string, Buffer>();
  const sealing = new Map<string, KeyObject>();
  const hashing = new Map<string, KeyObject>();
  const sealingKey = (purpose: string): KeyObject => {
    let key = sealing.get(purpose);
    if (key === undefined) {
      key = createSecretKey(derive(`seal:${purpose}`));
      sealing.set(purpose, key);
    }
    return key;
  };
  const derive = (purpose: string): Buffer => {
    let key = derived.get(purpose);
    if (key === undefined) {
      key = Buffer.from(hkdfSync('sha256', secret, 'gatehouse', purpose, 32));
      derived.set(purpose, key);
    }
    return key;
  };
  return {
    derive,
    mac(purpose, value) {
      // A key object: with plain bytes Node first throws and catches an error to find out what they are (11 µs instead of 2).
      let key = hashing.get(purpose);
      if (key === undefined) {
        key = createSecretKey(derive(purpose));
        hashing.set(purpose, key);
      }
      return createHmac('sha256', key).update(value).digest('base64url');
    },
    seal(purpose, plain) {
      return `v1.${keyId}.${sealWith(sealingKey(purpose), plain, purpose)}`;
    },
    open(purpose, sealed) {
      const [version, id, nonce, body] = sealed.split('.');
      if (version !== 'v1' || nonce === undefined || body === undefined) throw new Error('not a sealed value');
      if (id !== keyId) throw new Error('sealed with another secret; set `secret` to the one it was sealed with');
      return openWith(sealingKey(purpose), `${nonce}.${body}`, purpose);
    },
  };
}

/**
 * AES-256-GCM with a fresh nonce: `<nonce>.<ciphertext and tag>`, base64url.
 *
 * @param key as an object: from plain bytes Node makes one at each call, which costs three times the sealing itself
 */
export function sealWith(key: KeyObject, plain: string, associated: string): string {
  const nonce = pooledBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(associated));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${nonce.toString('base64url')}.${body.toString('base64url')}`;
}

export function openWith(key: KeyObject, sealed: string, associated: string): string {
  const [nonce, body] = sealed.split('.');
  if (nonce === undefined || body === undefined) throw new Error('not a sealed value');
  const bytes = Buffer.from(body, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(associated));
  decipher.setAuthTag(bytes.subarray(-16));
  return decipher.update(bytes.subarray(0, -16), undefined, 'utf8') + decipher.final('utf8');
}
