import { HubError } from '#domain/errors.ts';
import { estimateFault, type PasswordFault, passwordFault, wordsOf } from '#domain/people/password.ts';
import type { Person } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { systemDirectory } from '../systems/directory.ts';

/** What is known of somebody whose password is judged. */
export type Guessable = Partial<Pick<Person, 'name' | 'givenName' | 'familyName' | 'email' | 'username'>>;

/** A refused password, with the reason for pages that say it in their own words. */
export class WeakPassword extends HubError {
  readonly reason: PasswordFault['reason'];

  constructor({ reason, message }: PasswordFault, path: string) {
    super('weak-password', `The password ${message}`, { faults: [{ path, message }] });
    this.reason = reason;
  }
}

/** Words that passwords here must not be made of: the company's, its hub's and its systems' names, and the person's own. */
export async function guessableWords(services: Services, person: Guessable = {}): Promise<(string | undefined)[]> {
  const { company, issuer, password } = services.settings;
  const { all } = await systemDirectory(services);
  return [
    ...[person.name, person.givenName, person.familyName, person.email, person.username],
    company,
    new URL(issuer).hostname,
    ...password.words,
    ...all.flatMap(({ id, title }) => [id, title]),
  ];
}

/** The one judgement of new passwords, at every door: form, import, API, command line. @throws HubError `busy` */
export async function judgePassword(
  services: Services,
  person: Guessable,
  password: string,
): Promise<PasswordFault | undefined> {
  const words = await guessableWords(services, person);
  const fault = passwordFault(password, words);
  if (fault !== undefined) return fault;
  return estimateFault(await services.guesser.guesses(password.normalize('NFC'), wordsOf(words)));
}

/** @throws WeakPassword with the fault at `path`; HubError `busy` */
export async function requireGoodPassword(
  services: Services,
  person: Guessable,
  password: string,
  path = 'password',
): Promise<void> {
  const fault = await judgePassword(services, person, password);
  if (fault !== undefined) throw new WeakPassword(fault, path);
}
