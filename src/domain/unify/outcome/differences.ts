import { plainMail, plainNumber, plainPhone } from '../read/fields.ts';

/** One fact of two rows, for somebody who decides whether they are one person. */
export interface FieldComparison {
  /** A meaning of `read/columns.ts`, or `box` for a shared mailbox. */
  readonly field: string;
  readonly values: readonly [string, string];
  /** `same` and `differs` where both tell it; `one` where one does, and for logins. */
  readonly state: 'same' | 'differs' | 'one';
}

const fields = [
  'name',
  'given',
  'family',
  'mail',
  'box',
  'login',
  'number',
  'phone',
  'department',
  'title',
  'country',
  'active',
  'validTo',
];

/** What both rows say, side by side; a whole name stands for its parts where only one row has parts. */
export function compareCells(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): FieldComparison[] {
  const [one, two] = [withName(a), withName(b)];
  const parted = a.given !== undefined && b.given !== undefined;
  return fields.flatMap((field): FieldComparison[] => {
    if ((field === 'given' || field === 'family') && !parted) return [];
    const [left = '', right = ''] = [one[field], two[field]];
    if (left === '' && right === '') return [];
    // Every system has logins of its own: that they differ says nothing.
    const alone = left === '' || right === '' || field === 'login';
    const state = alone ? 'one' : plain(field, left) === plain(field, right) ? 'same' : 'differs';
    return [{ field, values: [left, right], state }];
  });
}

function withName(cells: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const whole = cells.name ?? [cells.given, cells.family].filter(Boolean).join(' ');
  return whole === '' ? cells : { ...cells, name: whole };
}

function plain(field: string, value: string): string {
  if (field === 'mail') return plainMail(value) ?? value;
  if (field === 'number') return plainNumber(value) ?? value;
  if (field === 'phone') return plainPhone(value) ?? value;
  const bare = value.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return field === 'name' ? (bare.match(/\p{L}+/gu) ?? []).toSorted().join(' ') : bare;
}
