import { wholeName } from '#domain/people/whole-name.ts';
import { otherScript } from '../names/script.ts';
import { plainMail, plainNumber, plainPhone } from '../read/fields.ts';
import { readReason } from '../reasons.ts';

/** One fact of two rows, for somebody who decides whether they are one person. */
export interface FieldComparison {
  /** A meaning of `read/columns.ts`, or `box` for a shared mailbox. */
  readonly field: string;
  readonly values: readonly [string, string];
  /** `same` and `differs` where both tell it; `one` where one does, and for logins. */
  readonly state: FieldState;
}

/**
 * `script`, `alike`: of a name that matching takes for one person's although it is not written the same, in another script or
 * in another spelling.
 */
export type FieldState = 'same' | 'differs' | 'one' | 'script' | 'alike';

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

/**
 * What both rows say, side by side; a whole name stands for its parts where only one row has parts.
 * @param reasons why the two were proposed, so that the page does not say otherwise of their names
 */
export function compareCells(
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
  reasons: readonly string[] = [],
): FieldComparison[] {
  const named = reasons.some((reason) => readReason(reason)?.code.startsWith('same-name') === true);
  const [one, two] = [withName(a), withName(b)];
  const parted = a.given !== undefined && b.given !== undefined;
  return fields.flatMap((field): FieldComparison[] => {
    if ((field === 'given' || field === 'family') && !parted) return [];
    const [left = '', right = ''] = [one[field], two[field]];
    if (left === '' && right === '') return [];
    // Every system has logins of its own: that they differ says nothing.
    const alone = left === '' || right === '' || field === 'login';
    const state = alone
      ? 'one'
      : plain(field, left) === plain(field, right)
        ? 'same'
        : other(field, left, right, named);
    return [{ field, values: [left, right], state }];
  });
}

function other(field: string, left: string, right: string, named: boolean): FieldState {
  if (!named || !['name', 'given', 'family'].includes(field)) return 'differs';
  if (otherScript(left, right)) return 'script';
  return field === 'name' ? 'alike' : 'differs';
}

function withName(cells: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const whole = cells.name ?? wholeName(cells.given, cells.family);
  return whole === '' ? cells : { ...cells, name: whole };
}

function plain(field: string, value: string): string {
  if (field === 'mail') return plainMail(value) ?? value;
  if (field === 'number') return plainNumber(value) ?? value;
  if (field === 'phone') return plainPhone(value) ?? value;
  const bare = value.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return field === 'name' ? (bare.match(/\p{L}+/gu) ?? []).toSorted().join(' ') : bare;
}
