import type { Origin, Personal } from '#domain/audit/event.ts';
import { type Person, people } from '#storage/collections.ts';
import { named } from '../named.ts';
import type { Services } from '../services.ts';

/** How an event names its subject, and its actor where that is a person: as they were called at the time. */
export async function about(
  { store }: Services,
  origin: Origin,
  person: Pick<Person, 'name' | 'email' | 'username'> & { readonly id: string },
): Promise<{ subject: { id: string }; personal: Personal }> {
  const { kind, id } = origin.actor;
  const personal: Personal = { subject: named(person) };
  const actor = kind === 'person' && id !== undefined && id !== person.id ? await store.get(people, id) : undefined;
  if (actor !== undefined) personal.actor = named(actor);
  else if (kind === 'person' && id === person.id) personal.actor = named(person);
  return { subject: { id: person.id }, personal };
}

/** How an event without a subject names its actor. */
export async function namedActor({ store }: Pick<Services, 'store'>, { actor }: Origin): Promise<Personal> {
  const person = actor.kind === 'person' && actor.id !== undefined ? await store.get(people, actor.id) : undefined;
  return person === undefined ? {} : { actor: named(person) };
}
