import type { Stored } from '#storage/collection.ts';
import { type Assignment, assignments, people } from '#storage/collections.ts';
import type { Store } from '#storage/store.ts';
import { everyRecord } from '../access/reading.ts';
import type { PersonState } from '../access/separation.ts';

/** Everybody with their single assignments, as committed. */
export async function* everybody({ engine }: Store): AsyncGenerator<PersonState & { readonly id: string }> {
  const byPerson = new Map<string, Stored<Assignment>[]>();
  for await (const assignment of everyRecord(engine, assignments)) {
    const list = byPerson.get(assignment.person);
    if (list === undefined) byPerson.set(assignment.person, [assignment]);
    else list.push(assignment);
  }
  for await (const person of everyRecord(engine, people)) {
    yield { id: person.id, person, assignments: byPerson.get(person.id) ?? [] };
  }
}
