import { setImmediate } from 'node:timers/promises';
import type { Stored } from '#storage/collection.ts';
import { type Assignment, assignments, people } from '#storage/collections.ts';
import type { Store } from '#storage/store.ts';
import { everyRecord } from '../access/reading.ts';
import type { PersonState } from '../access/separation.ts';

/** So many at once: a page is read without a pause, and everybody else waits for it. */
const pageSize = 500;

/** Everybody with their single assignments, as committed, page by page: one await a person would cost more than the reading. */
export async function* everybody({ engine }: Store): AsyncGenerator<(PersonState & { readonly id: string })[]> {
  const byPerson = new Map<string, Stored<Assignment>[]>();
  for await (const assignment of everyRecord(engine, assignments)) {
    const list = byPerson.get(assignment.person);
    if (list === undefined) byPerson.set(assignment.person, [assignment]);
    else list.push(assignment);
  }
  let cursor: string | null | undefined;
  do {
    const page = await engine.find(people, { limit: pageSize, ...(cursor ? { cursor } : {}) });
    yield page.items.map((person) => ({ id: person.id, person, assignments: byPerson.get(person.id) ?? [] }));
    cursor = page.next;
    await setImmediate();
  } while (cursor !== null);
}
