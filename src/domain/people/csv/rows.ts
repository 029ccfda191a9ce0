import type { Attribute, PersonPatch, TextField } from '../fields.ts';
import { type Column, readColumns } from './columns.ts';
import { plainCell } from './formula.ts';
import { csvRecords } from './records.ts';
import { decodeCsv } from './text.ts';

/** One person of a file, as a merge patch: an empty cell removes, a column that the file lacks leaves things alone. */
export interface PeopleRow {
  readonly kind: 'row';
  readonly line: number;
  readonly patch: PersonPatch;
  readonly password?: string;
  readonly passwordHash?: string;
}

/** What is wrong, where (`line` from 1, `path` the column's name), and how to put it right. */
export interface CsvFault {
  readonly kind: 'fault';
  readonly line: number;
  readonly path: string;
  readonly message: string;
  /** The file as a whole cannot be read: nothing of it is loaded, not even when bad rows are skipped. */
  readonly wholeFile: boolean;
}

/** Reads a people CSV (contract.md, "People CSV") row by row; bad rows become faults, at the place where they stand. */
export function* readPeople(source: Uint8Array | string): Generator<PeopleRow | CsvFault> {
  const decoded = decodeCsv(source);
  if ('fault' in decoded) return yield fault(decoded.line, '', decoded.fault, true);
  let columns: readonly Column[] | undefined;
  for (const record of csvRecords(decoded.text)) {
    if ('fault' in record) {
      yield fault(record.line, '', record.fault, columns === undefined);
      if (columns === undefined) return;
    } else if (columns === undefined) {
      const heading = readColumns(record.cells);
      for (const { column, message } of heading.faults) yield fault(record.line, column, message, true);
      if (heading.faults.length > 0) return;
      columns = heading.columns;
    } else {
      yield* row(record.line, record.cells, columns);
    }
  }
  if (columns === undefined) yield fault(1, '', 'the file is empty; its first line names the columns', true);
}

function fault(line: number, path: string, message: string, wholeFile = false): CsvFault {
  return { kind: 'fault', line, path, message, wholeFile };
}

function* row(line: number, cells: readonly string[], columns: readonly Column[]): Generator<PeopleRow | CsvFault> {
  if (cells.length !== columns.length)
    return yield fault(
      line,
      '',
      `the row has ${cells.length} cells, the heading ${columns.length}; a cell with a comma in it stands in quotes`,
    );
  const faults: CsvFault[] = [];
  const texts: { [field in TextField]?: string | null } = {};
  const attributes = new Map<string, Attribute | null>();
  const rest: { status?: 'active' | 'disabled'; emailVerified?: boolean; password?: string; passwordHash?: string } =
    {};
  for (const [index, column] of columns.entries()) {
    const cell = plainCell(cells[index] ?? '');
    if (column.kind === 'text') texts[column.field] = cell === '' ? null : cell;
    else if (column.kind === 'attribute') attributes.set(column.name, attribute(cell, column.list));
    else if (cell === '') continue;
    else if (column.kind === 'status') {
      if (cell === 'active' || cell === 'disabled') rest.status = cell;
      else faults.push(fault(line, column.title, 'is neither active nor disabled'));
    } else if (column.kind === 'emailVerified') {
      if (cell === 'true' || cell === 'false') rest.emailVerified = cell === 'true';
      else faults.push(fault(line, column.title, 'is neither true nor false'));
    } else rest[column.kind] = cell;
  }
  if (rest.password !== undefined && rest.passwordHash !== undefined)
    faults.push(fault(line, 'passwordHash', 'a password and a hash; give one of them'));
  if (faults.length > 0) return yield* faults;
  const { password, passwordHash, ...state } = rest;
  yield {
    kind: 'row',
    line,
    patch: { ...texts, ...state, attributes: Object.fromEntries(attributes) },
    ...(password === undefined ? {} : { password }),
    ...(passwordHash === undefined ? {} : { passwordHash }),
  };
}

function attribute(cell: string, list: boolean): Attribute | null {
  if (!list) return cell === '' ? null : cell;
  const values = cell
    .split(';')
    .map((value) => value.trim())
    .filter((value) => value !== '');
  return values.length === 0 ? null : values;
}
