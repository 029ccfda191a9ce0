import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { openWith, type Sealer, sealWith } from '#platform/seal.ts';
import { personKeys } from '../collections.ts';
import type { Change } from '../port.ts';

/** A destroyed key stays as an empty one, so that nobody makes a new key for that person by writing about them. */
const destroyed = '';
const purpose = 'person-key';
const cacheSize = 5000;

/**
 * The change that erases a person's part in the audit for good: their personal values can no longer be opened, neither can
 * new ones be sealed. Put it into the commit of the erasure. Backups from before still hold the key.
 */
export function destroyPersonKey(person: string, now: number): Change {
  return { kind: 'put', collection: personKeys, id: person, data: { sealed: destroyed, createdAt: now } };
}

/** What `personKeys` holds for the holder of an event's key; `hub` for the hub's own key, `missing` when the row is not there. */
export type StoredKey = { readonly sealed: string } | 'hub' | 'missing';

export function isDestroyed(key: StoredKey): boolean {
  return typeof key === 'object' && key.sealed === destroyed;
}

/** Makes, opens and uses the keys that personal values are sealed with; keeps the opened ones, bounded. */
export class PersonKeys {
  readonly #seal: Sealer;
  readonly #hub: KeyObject;
  /** By sealed form, so that a destroyed key cannot be found here under the person's id. */
  readonly #opened = new Map<string, KeyObject>();

  constructor(seal: Sealer) {
    this.#seal = seal;
    this.#hub = createSecretKey(seal.derive('audit-personal'));
  }

  /** A new key as `personKeys` stores it. */
  create(now: number): { sealed: string; createdAt: number } {
    const key = randomBytes(32);
    const sealed = this.#seal.seal(purpose, key.toString('base64'));
    this.#remember(sealed, createSecretKey(key));
    return { sealed, createdAt: now };
  }

  /** Null when the key was destroyed. @param event the id that the text is bound to */
  sealText(stored: StoredKey, plain: string, event: string): string | null {
    const key = this.#keyOf(stored);
    return key === null ? null : sealWith(key, plain, event);
  }

  /** Null when there is no such key or the text is not what was sealed with it for this event. */
  openText(stored: StoredKey, sealed: string, event: string): string | null {
    try {
      const key = this.#keyOf(stored);
      return key === null ? null : openWith(key, sealed, event);
    } catch {
      return null;
    }
  }

  #keyOf(stored: StoredKey): KeyObject | null {
    if (stored === 'hub') return this.#hub;
    if (stored === 'missing' || stored.sealed === destroyed) return null;
    const known = this.#opened.get(stored.sealed);
    if (known !== undefined) return known;
    const key = createSecretKey(Buffer.from(this.#seal.open(purpose, stored.sealed), 'base64'));
    this.#remember(stored.sealed, key);
    return key;
  }

  #remember(sealed: string, key: KeyObject): void {
    if (this.#opened.size >= cacheSize) {
      const oldest = this.#opened.keys().next().value;
      if (oldest !== undefined) this.#opened.delete(oldest);
    }
    this.#opened.set(sealed, key);
  }
}
