import { plainCell } from '#domain/people/csv/formula.ts';
import { csvRecords } from '#domain/people/csv/records.ts';
import { decodeCsv } from '#domain/people/csv/text.ts';
import { type Account, accountOf } from './account.ts';
import { guessColumns } from './columns.ts';

/** A fault of a file: the line from 1, and what to do. */
export interface ListFault {
  readonly line: number;
  readonly message: string;
}

export interface AccountList {
  readonly accounts: readonly Account[];
  readonly faults: readonly ListFault[];
}

/**
 * Reads a user export. With any fault the list is not to be used.
 *
 * @param kind a directory's rows are named by their employee number (or address), others by the file's id column.
 */
export function readAccounts(source: Uint8Array | string, kind: 'system' | 'directory'): AccountList {
  const decoded = decodeCsv(source);
  if ('fault' in decoded) return { accounts: [], faults: [{ line: decoded.line, message: decoded.fault }] };
  const accounts: Account[] = [];
  const faults: ListFault[] = [];
  const seen = new Map<string, number>();
  let columns: ReturnType<typeof guessColumns> | undefined;
  let width = 0;
  for (const record of csvRecords(decoded.text)) {
    if ('fault' in record) {
      faults.push({ line: record.line, message: record.fault });
    } else if (columns === undefined) {
      columns = guessColumns(record.cells);
      width = record.cells.length;
      if (kind === 'directory' && columns.number !== undefined) columns = { ...columns, id: columns.number };
      const missing = missingColumn(columns, record.cells);
      if (missing !== undefined) return { accounts: [], faults: [{ line: record.line, message: missing }] };
    } else if (record.cells.length !== width) {
      const message = `the row has ${record.cells.length} cells, the heading ${width}; a cell with a comma in it stands in quotes`;
      faults.push({ line: record.line, message });
    } else {
      const read = accountOf(record.cells.map(plainCell), columns, accounts.length);
      // Somebody without an employee number is named by the address.
      const account = kind === 'directory' && read.id === '' ? { ...read, id: read.mails[0] ?? read.login } : read;
      const before = seen.get(account.id);
      if (account.id === '')
        faults.push({ line: record.line, message: 'the id column is empty; every row needs its id' });
      else if (before !== undefined)
        faults.push({
          line: record.line,
          message: `the id ${account.id} stands on line ${before} already; ids name one row each`,
        });
      seen.set(account.id, record.line);
      accounts.push(account);
    }
  }
  if (columns === undefined) faults.push({ line: 1, message: 'the file is empty; its first line names the columns' });
  return { accounts, faults };
}

function missingColumn(columns: ReturnType<typeof guessColumns>, heading: readonly string[]): string | undefined {
  if (columns.id === undefined) {
    const separator = heading.length === 1 && /[;\t]/.test(heading[0] ?? '');
    if (separator) return 'the columns have to be separated by commas';
    return 'no column with an id was found; name it `id`, `user` or `username`';
  }
  if (columns.name === undefined && columns.family === undefined && columns.mail === undefined)
    return 'no column with a name or a mail address was found; name them `name`, or `firstname` and `lastname`, and `email`';
  return undefined;
}
