import { people, personKeys } from '#storage/collections.ts';
import type { Services } from '../../../services.ts';

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** What stands for somebody else. */
export const anotherPerson = 'another-person';

/**
 * Takes everybody else out of what is exported about a person. Who approved, assigned or looked is that colleague's own data
 * (GDPR, article 15 (4)): the export says that it was another person and when; the ids of events and records lead the company
 * to the name where there is a reason to know it.
 */
export interface Others {
  isSelf(id: string | undefined): boolean;
  /** A value with each other person's id replaced, however deep it stands. */
  without(value: unknown): Promise<unknown>;
}

/** @param self ids of all accounts of the person */
export function othersThan({ store }: Services, self: ReadonlySet<string>): Others {
  const known = new Map<string, boolean>();
  const isOther = async (id: string): Promise<boolean> => {
    if (self.has(id)) return false;
    let other = known.get(id);
    if (other === undefined) {
      // Somebody erased has no account and still an id.
      const found = (await store.get(people, id)) ?? (await store.get(personKeys, id));
      other = found !== undefined;
      known.set(id, other);
    }
    return other;
  };
  const without = async (value: unknown): Promise<unknown> => {
    if (typeof value === 'string') {
      let text = value;
      for (const [id] of value.matchAll(uuid)) if (await isOther(id)) text = text.replaceAll(id, anotherPerson);
      return text;
    }
    if (Array.isArray(value)) return Promise.all(value.map(without));
    if (typeof value !== 'object' || value === null) return value;
    const entries: [string, unknown][] = [];
    for (const [key, part] of Object.entries(value)) if (part !== undefined) entries.push([key, await without(part)]);
    return Object.fromEntries(entries);
  };
  return { isSelf: (id) => id !== undefined && self.has(id), without };
}
