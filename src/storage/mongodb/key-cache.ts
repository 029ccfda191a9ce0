import type { mongo } from 'mongoose';
import type { StoredKey } from '../audit/person-keys.ts';
import { personKeys } from '../collections.ts';
import type { Change } from '../port.ts';

import type { Wire } from './connection.ts';
import type { RecordDocument } from './document.ts';
import type { Limits } from './limits.ts';

type PersonKey = { readonly sealed: string };

const bound = 5000;

/**
 * Keys of persons as stored, for sealing without a read before each commit. One that another process has just destroyed may
 * still be used here: what it seals can be opened by nobody, which is what the erasure wanted.
 */
export class KeyCache {
  readonly #keys: mongo.Collection<RecordDocument>;
  readonly #limits: Limits;
  readonly #known = new Map<string, PersonKey>();

  constructor({ db, limits }: Wire) {
    this.#keys = db.collection(personKeys.name);
    this.#limits = limits;
  }

  /** The keys of these persons, of those who have one. */
  async forSealing(persons: readonly string[]): Promise<Map<string, PersonKey>> {
    const unknown = persons.filter((person) => !this.#known.has(person));
    if (unknown.length > 0) for (const [person, key] of await this.read(unknown)) this.#remember(person, key);
    const found = new Map<string, PersonKey>();
    for (const person of persons) {
      const key = this.#known.get(person);
      if (key !== undefined) found.set(person, key);
    }
    return found;
  }

  /** As they are in the store now: for opening, where a destroyed key has to be noticed. */
  async read(persons: readonly string[]): Promise<Map<string, PersonKey>> {
    if (persons.length === 0) return new Map();
    const found = await this.#keys.find({ _id: { $in: [...persons] } }, { ...this.#limits.read }).toArray();
    return new Map(found.map(({ _id, d }) => [_id, d as unknown as PersonKey]));
  }

  /** A commit that failed or succeeded may have changed these. */
  forget(changes: readonly Change[]): void {
    for (const { collection, id } of changes) if (collection.name === personKeys.name) this.#known.delete(id);
  }

  #remember(person: string, key: PersonKey): void {
    if (this.#known.size >= bound) {
      const oldest = this.#known.keys().next().value;
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(person, key);
  }
}

/** What a commit itself makes of somebody's key, so that its events are sealed as they are after it. */
export function keyInCommit(changes: readonly Change[], person: string): StoredKey | undefined {
  const own = changes.findLast(({ collection, id }) => collection.name === personKeys.name && id === person);
  if (own === undefined) return undefined;
  return 'data' in own ? (own.data as PersonKey) : 'missing';
}
