import { type TextField, textFields } from '../fields.ts';
import { attributeNameFault, mayBeList } from '../rules.ts';

/** What a column of a people CSV means. */
export type Column =
  | { readonly kind: 'text'; readonly field: TextField; readonly title: string }
  | { readonly kind: 'status' | 'emailVerified' | 'password' | 'passwordHash'; readonly title: string }
  | { readonly kind: 'attribute'; readonly name: string; readonly list: boolean; readonly title: string };

const special = ['status', 'emailVerified', 'password', 'passwordHash'] as const;

/** Reads the heading line. All faults at once; with any of them the file as a whole cannot be loaded. */
export function readColumns(cells: readonly string[]): {
  columns: Column[];
  faults: { column: string; message: string }[];
} {
  const faults: { column: string; message: string }[] = [];
  const seen = new Set<string>();
  const columns: Column[] = [];
  for (const [index, cell] of cells.entries()) {
    const title = cell.normalize('NFC');
    const list = title.endsWith('[]');
    const name = list ? title.slice(0, -2) : title;
    const message = nameFault(name, list) ?? (seen.has(name) ? 'stands twice in the heading' : undefined);
    if (message !== undefined) faults.push({ column: title === '' ? `column ${index + 1}` : title, message });
    seen.add(name);
    columns.push(columnOf(name, list, title));
  }
  if (!seen.has('email') && !seen.has('username')) faults.push({ column: 'email', message: noLogin(cells) });
  return { columns, faults };
}

function columnOf(name: string, list: boolean, title: string): Column {
  const field = list ? undefined : textFields.find((known) => known === name);
  if (field !== undefined) return { kind: 'text', field, title };
  const kind = list ? undefined : special.find((known) => known === name);
  return kind === undefined ? { kind: 'attribute', name, list, title } : { kind, title };
}

function nameFault(name: string, list: boolean): string | undefined {
  if (name === '') return 'has no name in the heading';
  if (name !== name.trim()) return 'has spaces around its name';
  const known: readonly string[] = [...textFields, ...special];
  if (!known.includes(name)) {
    const fault = attributeNameFault(name);
    return fault === undefined ? undefined : `the name ${fault}`;
  }
  return list && !(mayBeList as readonly string[]).includes(name)
    ? 'has one value for each person; drop the []'
    : undefined;
}

function noLogin(cells: readonly string[]): string {
  const near = cells.find((cell) => /^\s*(e-?mail|user-?name)\s*$/i.test(cell));
  if (near !== undefined) return `there is no column email or username; \`${near}\` is written otherwise`;
  if (cells.length === 1 && /[;\t]/.test(cells[0] ?? '')) return 'the columns have to be separated by commas';
  return 'there is no column email or username';
}
