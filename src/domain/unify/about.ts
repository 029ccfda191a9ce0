import { fold } from '../people/folding.ts';
import { plainMail, plainNumber } from './read/fields.ts';
import type { Cells } from './read/list.ts';

/** What a row of a user export is known to be somebody's by. */
export interface Marks {
  readonly numbers: ReadonlySet<string>;
  readonly mails: ReadonlySet<string>;
  /** Folded usernames, and the logins that systems know the person by. */
  readonly logins: ReadonlySet<string>;
  /** Words of each name, folded and sorted: `Kowalska, Anna` is `Anna Kowalska`. */
  readonly names: ReadonlySet<string>;
}

interface Known {
  readonly email?: string | undefined;
  readonly username?: string | undefined;
  readonly employeeNumber?: string | undefined;
  readonly name: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
}

/** @param accounts all accounts of one person. @param logins as systems know them */
export function marksOf(accounts: readonly Known[], logins: readonly string[]): Marks {
  const set = (texts: readonly (string | undefined)[]) =>
    new Set(texts.filter((text): text is string => text !== undefined && text !== ''));
  return {
    numbers: set(accounts.map(({ employeeNumber }) => plainNumber(employeeNumber ?? ''))),
    mails: set(accounts.flatMap(({ email, username }) => [plainMail(email ?? ''), plainMail(username ?? '')])),
    logins: set([...accounts.map(({ username }) => username ?? ''), ...logins].map(fold)),
    names: set(
      accounts.flatMap(({ name, givenName = '', familyName = '' }) => [
        nameKey(name),
        nameKey(`${givenName} ${familyName}`),
      ]),
    ),
  };
}

/**
 * Does the row belong to the person? By number, address or login; by the name alone only where the row has no number and no
 * address of its own that could tell a namesake.
 */
export function isAbout(cells: Cells, marks: Marks): boolean {
  const number = plainNumber(cells.number ?? '');
  const mails = [plainMail(cells.mail ?? ''), plainMail(cells.login ?? '')].filter((mail) => mail !== undefined);
  if (number !== undefined && marks.numbers.has(number)) return true;
  if (mails.some((mail) => marks.mails.has(mail))) return true;
  if (cells.login !== undefined && marks.logins.has(fold(cells.login))) return true;
  if (number !== undefined || mails.length > 0) return false;
  const name = nameKey(cells.name ?? `${cells.given ?? ''} ${cells.family ?? ''}`);
  return name !== '' && marks.names.has(name);
}

function nameKey(name: string): string {
  const words = fold(name)
    .split(/[\s,;]+/u)
    .filter((word) => word !== '');
  return words.toSorted().join(' ');
}
