import type { Person } from '#storage/collections.ts';

/** A person as audit events name them at the time: name and, where there is one, e-mail. */
export function named(person: Pick<Person, 'name' | 'email' | 'username'>): string {
  const address = person.email ?? person.username;
  return address === undefined ? person.name : `${person.name} <${address}>`;
}
