import { type Attribute, type PersonFields, textFields } from './fields.ts';
import { fold, loginsOf, searchTermsOf } from './folding.ts';
import { wholeName } from './whole-name.ts';

/** A person as stored: what was told, and what is derived from it for finding and sorting. */
export type PersonRecord = Omit<PersonFields, 'attributes' | 'name'> & {
  readonly name: string;
  /** The name was not told but made of the others; for the policy it is absent. */
  readonly nameDerived?: true;
  readonly attributes: Record<string, string | string[]>;
  readonly logins: string[];
  readonly searchTerms: string[];
  readonly sortName: string;
};

/** Builds the stored form. The fields must have passed `personFaults`. */
export function recordOf(fields: PersonFields): PersonRecord {
  const { attributes, name: told, ...rest } = fields;
  const composed = wholeName(fields.givenName, fields.familyName);
  const name = told ?? (composed !== '' ? composed : (fields.username ?? fields.email ?? ''));
  return {
    ...rest,
    name,
    ...(told === undefined ? { nameDerived: true as const } : {}),
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]),
    ),
    logins: loginsOf(fields),
    searchTerms: searchTermsOf([
      name,
      fields.givenName,
      fields.familyName,
      fields.email,
      fields.username,
      fields.employeeNumber,
    ]),
    sortName: fold(name),
  };
}

/** What was told, out of a stored record. */
export function fieldsOf(
  record: {
    readonly [key in (typeof textFields)[number]]?: string | undefined;
  } & {
    readonly nameDerived?: boolean | undefined;
    readonly status: 'active' | 'disabled';
    readonly emailVerified: boolean;
    readonly attributes: Readonly<Record<string, Attribute>>;
  },
): PersonFields {
  const texts: { [key in (typeof textFields)[number]]?: string } = {};
  for (const field of textFields) {
    const value = record[field];
    if (value !== undefined && !(field === 'name' && record.nameDerived)) texts[field] = value;
  }
  return { ...texts, status: record.status, emailVerified: record.emailVerified, attributes: record.attributes };
}

/** The attributes that a policy's rules see (contract.md, "Meaning"): told texts, status, and the further columns. */
export function policyAttributes(fields: PersonFields): [string, Attribute][] {
  const pairs: [string, Attribute][] = Object.entries(fields.attributes);
  for (const field of textFields) {
    const value = fields[field];
    if (value !== undefined) pairs.push([field, value]);
  }
  pairs.push(['status', fields.status]);
  return pairs;
}
