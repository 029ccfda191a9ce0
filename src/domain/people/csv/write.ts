import { type Attribute, type PersonFields, textFields } from '../fields.ts';
import { neutralCell } from './formula.ts';

/** Attribute name -> whether anybody has it as a list; decides the columns of a file. */
export type AttributeColumns = Map<string, boolean>;

/** Notes the attributes of one person. */
export function noteAttributes(columns: AttributeColumns, fields: PersonFields): void {
  for (const [name, value] of Object.entries(fields.attributes))
    columns.set(name, columns.get(name) === true || typeof value !== 'string');
}

/** The heading line of a people CSV, without passwords. Ends in CR LF (RFC 4180). */
export function headingLine(columns: AttributeColumns): string {
  const lists = listsOfFields(columns);
  const fields = textFields.map((field) => (lists.has(field) ? `${field}[]` : field));
  const attributes = further(columns).map(([name, list]) => (list ? `${name}[]` : name));
  return line([...fields, 'status', 'emailVerified', ...attributes]);
}

/** One person's line. Cells that a spreadsheet would take for a formula are neutralised; reading undoes that. */
export function personLine(columns: AttributeColumns, fields: PersonFields): string {
  const lists = listsOfFields(columns);
  const attribute = (name: string) => (Object.hasOwn(fields.attributes, name) ? cell(fields.attributes[name]) : '');
  const texts = textFields.map((field) => fields[field] ?? (lists.has(field) ? attribute(field) : ''));
  const rest = further(columns).map(([name]) => attribute(name));
  return line([...texts, fields.status, fields.email === undefined ? '' : String(fields.emailVerified), ...rest]);
}

/** Text fields that somebody has several values of; their column becomes a list for everybody. */
function listsOfFields(columns: AttributeColumns): Set<string> {
  return new Set(textFields.filter((field) => columns.has(field)));
}

function further(columns: AttributeColumns): [string, boolean][] {
  const known: readonly string[] = textFields;
  return [...columns].filter(([name]) => !known.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1));
}

function cell(value: Attribute | undefined): string {
  return typeof value === 'string' ? value : (value ?? []).join(';');
}

function line(cells: readonly string[]): string {
  return `${cells.map(neutralCell).map(quoted).join(',')}\r\n`;
}

function quoted(value: string): string {
  return /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
