import type { PeopleRow } from '#domain/people/csv/rows.ts';
import { fold } from '#domain/people/folding.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import { everyRecord } from '../../access/reading.ts';
import type { Services } from '../../services.ts';

/** The people of the store whom some rows of a file could mean, or clash with. */
export interface Known {
  readonly byNumber: ReadonlyMap<string, Stored<Person>>;
  readonly byLogin: ReadonlyMap<string, Stored<Person>>;
}

/** Looks up everybody whom these rows name, in two questions to the store. */
export async function knownOf({ store }: Services, rows: readonly PeopleRow[]): Promise<Known> {
  const told = rows.map((row) => row.patch);
  const numbers = told.map((patch) => patch.employeeNumber?.normalize('NFC')).filter(present);
  const logins = told
    .flatMap((patch) => [patch.email, patch.username])
    .filter(present)
    .map(fold);
  const byNumber = new Map<string, Stored<Person>>();
  const byLogin = new Map<string, Stored<Person>>();
  if (numbers.length > 0)
    for await (const person of everyRecord(store, people, { where: { employeeNumber: { in: [...new Set(numbers)] } } }))
      if (person.employeeNumber !== undefined) byNumber.set(person.employeeNumber, person);
  if (logins.length > 0)
    for await (const person of everyRecord(store, people, { where: { logins: { in: [...new Set(logins)] } } }))
      for (const login of person.logins) byLogin.set(login, person);
  return { byNumber, byLogin };
}

function present(value: string | null | undefined): value is string {
  return value !== undefined && value !== null && value !== '';
}

/**
 * The person whom a row means: by employee number, then by e-mail; a row with neither by username, so that the same file
 * meets its people again.
 */
export function meets({ patch }: PeopleRow, known: Known): Stored<Person> | undefined {
  const byNumber = known.byNumber.get(patch.employeeNumber?.normalize('NFC') ?? '');
  if (byNumber !== undefined) return byNumber;
  if (present(patch.email)) {
    const email = fold(patch.email);
    const owner = known.byLogin.get(email);
    return owner?.email !== undefined && fold(owner.email) === email ? owner : undefined;
  }
  return present(patch.username) && !present(patch.employeeNumber)
    ? known.byLogin.get(fold(patch.username))
    : undefined;
}
