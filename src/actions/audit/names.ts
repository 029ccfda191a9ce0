import type { Origin, Personal } from '#domain/audit/event.ts';
import { people } from '#storage/collections.ts';
import { named } from '../named.ts';
import type { Services } from '../services.ts';

/** How an event names its actor and its subject, where these are people: as they are called now. */
export async function namesOf({ store }: Pick<Services, 'store'>, origin: Origin, subject?: string): Promise<Personal> {
  const name = async (id: string | undefined): Promise<string | undefined> => {
    const person = id === undefined ? undefined : await store.get(people, id);
    return person === undefined ? undefined : named(person);
  };
  const actor = origin.actor.kind === 'person' ? await name(origin.actor.id) : undefined;
  const about = await name(subject);
  return { ...(actor === undefined ? {} : { actor }), ...(about === undefined ? {} : { subject: about }) };
}
