import { findByLogin } from '#actions/people/find.ts';
import type { Services } from '#actions/services.ts';
import { HubError } from '#domain/errors.ts';
import { fieldsOf } from '#domain/people/record.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';
import type { CommandIo } from '../io.ts';

/** The person of this e-mail or username. @throws HubError `not-found` */
export async function personNamed(services: Services, login: string): Promise<Stored<Person>> {
  const person = await findByLogin(services, login);
  if (person === undefined) throw new HubError('not-found', `Nobody signs in as ${login}`);
  return person;
}

/** A person as `--json` shows them. */
export function described(person: Stored<Person>): object {
  return { id: person.id, version: person.version, ...fieldsOf(person), name: person.name };
}

/** Opens the hub for one piece of work and closes it again. */
export async function withHub<R>(io: CommandIo, work: (services: Services) => Promise<R>): Promise<R> {
  const hub = await io.openHub();
  try {
    return await work(hub.services);
  } finally {
    await hub.close();
  }
}
