import type { Origin } from '#domain/audit/event.ts';
import type { Person } from '#storage/collections.ts';

/** A person as audit events name them at the time: name and, where there is one, e-mail. */
export function named(person: Pick<Person, 'name' | 'email' | 'username'>): string {
  const address = person.email ?? person.username;
  return address === undefined ? person.name : `${person.name} <${address}>`;
}

/** The actor of an act as records keep it: `person:<id>`, `system:<id>`, `operator` or `hub`. */
export function actorOf({ actor }: Origin): string {
  return actor.id === undefined ? actor.kind : `${actor.kind}:${actor.id}`;
}
