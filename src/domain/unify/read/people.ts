import type { Account } from './account.ts';
import { meanings } from './columns.ts';
import type { HubPerson } from './hub-person.ts';
import { accountsOf, type SourceRow } from './list.ts';

/** The hub's own people as a directory: the same accounts and rows that a file of them would give. */
export interface HubDirectory {
  readonly accounts: readonly Account[];
  readonly rows: readonly SourceRow[];
  /** Of the accounts, in the same order. */
  readonly people: readonly string[];
}

/** Reads the hub's people. A row is named by employee number, email address or login, and by the account's id where those are not its own. */
export function readPeople(people: readonly HubPerson[]): HubDirectory {
  const columns = Object.fromEntries(meanings.map((meaning, at) => [meaning, at]));
  const read = people.map(({ cells }, at) => ({
    line: at + 1,
    cells: meanings.map((meaning) => cells[meaning] ?? ''),
  }));
  const { accounts, rows } = accountsOf(read, columns, 'directory', true, []);
  const seen = new Set<string>();
  const ids = accounts.map(({ id }, at) => {
    const own = id === '' || seen.has(id) ? (people[at]?.id ?? '') : id;
    seen.add(own);
    return own;
  });
  return {
    accounts: accounts.map((account, at) => ({
      ...account,
      id: ids[at] ?? '',
    })),
    rows: rows.map((row, at) => ({ ...row, id: ids[at] ?? '' })),
    people: people.map(({ id }) => id),
  };
}
