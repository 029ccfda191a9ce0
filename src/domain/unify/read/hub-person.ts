import { type PersonFields, textFields } from '#domain/people/fields.ts';
import { guessColumns, type Meaning } from './columns.ts';
import type { Cells } from './list.ts';

/** A person of the hub as a row of a directory. */
export interface HubPerson {
  /** Of the account. */
  readonly id: string;
  readonly cells: Cells;
}

const meaningOf: { readonly [field in (typeof textFields)[number]]?: Meaning } = {
  email: 'mail',
  username: 'login',
  name: 'name',
  givenName: 'given',
  familyName: 'family',
  department: 'department',
  jobTitle: 'title',
  country: 'country',
  employeeNumber: 'number',
  lastDay: 'validTo',
};

/** A person's fields by the meanings of a list; of the further attributes only the telephone says who somebody is. */
export function hubPerson(id: string, fields: PersonFields): HubPerson {
  const cells: { [meaning in Meaning]?: string } = { active: fields.status };
  for (const field of textFields) {
    const [meaning, value] = [meaningOf[field], fields[field]];
    if (meaning !== undefined && value !== undefined) cells[meaning] = value;
  }
  const names = Object.keys(fields.attributes);
  const at = names.length === 0 ? undefined : guessColumns(names).phone;
  const phone = at === undefined ? undefined : fields.attributes[names[at] ?? ''];
  if (typeof phone === 'string') cells.phone = phone;
  return { id, cells };
}
