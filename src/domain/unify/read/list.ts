import { plainCell } from '#domain/people/csv/formula.ts';
import { csvRecords } from '#domain/people/csv/records.ts';
import { type Account, accountOf } from './account.ts';
import { type ColumnMap, type Columns, chooseColumns, type Meaning, meanings } from './columns.ts';
import { decodeExport } from './decode.ts';
import { commonPrefix, withoutPrefix } from './numbers.ts';
import { separated } from './separator.ts';

/** A fault of a file: the line from 1, and what to do. */
export interface ListFault {
  readonly line: number;
  readonly message: string;
}

/** What the cells of a row say, by meaning; empty ones are left out. */
export type Cells = { readonly [meaning in Meaning]?: string };

/** A row as its file has it: the line from 1, its id, its cells. */
export interface SourceRow {
  readonly line: number;
  readonly id: string;
  readonly cells: Cells;
}

export interface AccountList {
  readonly accounts: readonly Account[];
  readonly faults: readonly ListFault[];
  /** In the order of `accounts`; empty unless they were asked for. */
  readonly rows: readonly SourceRow[];
  readonly heading: readonly string[];
  readonly columns: Columns;
  readonly encoding: string;
  readonly separator: string;
}

export interface ReadOptions {
  readonly map?: ColumnMap | undefined;
  /** A WHATWG label; guessed when absent. */
  readonly encoding?: string | undefined;
  readonly keepRows?: boolean | undefined;
}

/** Characters of one cell: far more than any name or address, and far less than a record of the store may have. */
const longestCell = 10_000;

/** More than this many faults help nobody. */
const mostFaults = 200;

/**
 * Reads a user export. With any fault the list is not to be used.
 *
 * @param kind a directory's rows are named by their employee number (or address), others by the file's id column.
 */
export function readAccounts(
  source: Uint8Array | string,
  kind: 'system' | 'directory',
  options: ReadOptions = {},
): AccountList {
  const bare = { accounts: [], rows: [], heading: [], columns: {}, encoding: '', separator: ',' };
  const decoded = decodeExport(source, options.encoding);
  if ('fault' in decoded) return { ...bare, faults: [{ line: decoded.line, message: decoded.fault }] };
  const { encoding } = decoded;
  const { separator, text, line: firstLine } = separated(decoded.text);
  const faults: ListFault[] = [];
  const read: { line: number; cells: readonly string[] }[] = [];
  let head: { heading: readonly string[]; columns: Columns } | undefined;
  for (const record of csvRecords(text, separator)) {
    const line = record.line + firstLine - 1;
    if ('fault' in record) {
      if (faults.length < mostFaults) faults.push({ line, message: record.fault });
      // Without a heading nothing behind it can be told.
      if (head === undefined) return { ...bare, encoding, separator, faults };
    } else if (head === undefined) {
      const heading = record.cells.map((cell) => cell.trim());
      const chosen = chooseColumns(heading, options.map ?? {});
      const columns = named(chosen.columns, kind, options.map ?? {});
      head = { heading, columns };
      const messages = [...chosen.faults, ...missing(columns, heading)];
      if (messages.length > 0) {
        const wrong = messages.map((message) => ({ line, message }));
        return { ...bare, encoding, separator, heading, columns, faults: wrong };
      }
    } else if (record.cells.every((cell) => cell.trim() === '')) {
      // Spreadsheets leave rows of separators behind.
    } else if (record.cells.length !== head.heading.length) {
      const message = `the row has ${record.cells.length} cells, the heading ${head.heading.length}; a cell with the separator in it stands in quotes`;
      if (faults.length < mostFaults) faults.push({ line, message });
    } else if (record.cells.some((cell) => cell.length > longestCell)) {
      const message = `a cell is longer than ${longestCell} characters; is a quote missing at its end?`;
      if (faults.length < mostFaults) faults.push({ line, message });
    } else read.push({ line, cells: record.cells.map(plainCell) });
  }
  if (head === undefined) {
    const message = 'the file is empty; its first line names the columns';
    return { ...bare, encoding, separator, faults: [{ line: 1, message }] };
  }
  if (read.length === 0 && faults.length === 0)
    faults.push({ line: 2, message: 'the file has a heading and no row; export the users themselves' });
  const { accounts, rows } = accountsOf(read, head.columns, kind, options.keepRows === true, faults);
  return { accounts, rows, faults: faults.sort((a, b) => a.line - b.line), ...head, encoding, separator };
}

/** Rows of cells as accounts; a second row of an id, or one without, is noted in `faults`. */
export function accountsOf(
  read: readonly { line: number; cells: readonly string[] }[],
  columns: Columns,
  kind: 'system' | 'directory',
  keepRows: boolean,
  faults: ListFault[],
): { accounts: Account[]; rows: SourceRow[] } {
  const accounts: Account[] = [];
  const rows: SourceRow[] = [];
  const seen = new Map<string, number>();
  const at = columns.number;
  const prefix = at === undefined ? '' : commonPrefix(read.map(({ cells }) => cells[at] ?? ''));
  for (const { line, cells } of read) {
    const known = at === undefined || prefix === '' ? cells : cells.with(at, withoutPrefix(cells[at] ?? '', prefix));
    const account = accountOf(known, columns, accounts.length);
    // Somebody without an employee number is named by the address.
    const number = kind === 'directory' && at !== undefined ? (cells[at] ?? '').trim() : undefined;
    const id = (number ?? account.id) || (kind === 'directory' ? (account.mails[0] ?? account.login) : '');
    const before = seen.get(id);
    if (faults.length < mostFaults) {
      if (id === '') faults.push({ line, message: 'the id column is empty; every row needs its id' });
      else if (before !== undefined)
        faults.push({ line, message: `the id ${id} stands on line ${before} already; ids name one row each` });
    }
    seen.set(id, line);
    accounts.push(id === account.id ? account : { ...account, id });
    if (keepRows) rows.push({ line, id, cells: cellsOf(cells, columns) });
  }
  return { accounts, rows };
}

function cellsOf(cells: readonly string[], columns: Columns): Cells {
  const told: { [meaning in Meaning]?: string } = {};
  for (const meaning of meanings) {
    const at = columns[meaning];
    const value = at === undefined ? '' : (cells[at] ?? '').trim();
    if (value !== '') told[meaning] = value;
  }
  return told;
}

/** A directory's rows are named by their number. */
function named(columns: Columns, kind: 'system' | 'directory', map: ColumnMap): Columns {
  return kind === 'directory' && map.id === undefined && columns.number !== undefined
    ? { ...columns, id: columns.number }
    : columns;
}

function missing(columns: Columns, heading: readonly string[]): string[] {
  const there = `there are: ${heading.join(', ')}`;
  const faults: string[] = [];
  if (columns.id === undefined)
    faults.push(`no column with an id was found; name it \`id\`, \`user\` or \`username\`, or map it; ${there}`);
  if (columns.name === undefined && columns.family === undefined && columns.mail === undefined)
    faults.push(
      `no column with a name or a mail address was found; name them \`name\`, or \`firstname\` and \`lastname\`, and \`email\`, or map them; ${there}`,
    );
  return faults;
}
