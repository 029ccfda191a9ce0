/** What is told about a person from outside: by a form, the API, a CSV row. */
export type Attribute = string | readonly string[];

/** Texts with a field of their own; everything else stands in `attributes`. */
export const textFields = [
  'email',
  'username',
  'name',
  'givenName',
  'familyName',
  'department',
  'jobTitle',
  'country',
  'manager',
  'employeeNumber',
  /** YYYY-MM-DD; from its end on, in the company's time zone, the person is out of everything. */
  'lastDay',
] as const;
export type TextField = (typeof textFields)[number];

export type PersonFields = { readonly [field in TextField]?: string } & {
  readonly status: 'active' | 'disabled';
  readonly emailVerified: boolean;
  readonly attributes: Readonly<Record<string, Attribute>>;
};

/** A merge patch (RFC 7396): a value replaces, `null` removes, what is absent stays. */
export type PersonPatch = { readonly [field in TextField]?: string | null | undefined } & {
  readonly status?: 'active' | 'disabled' | undefined;
  readonly emailVerified?: boolean | undefined;
  readonly attributes?: Readonly<Record<string, Attribute | null>> | undefined;
};

const nobody: PersonFields = { status: 'active', emailVerified: false, attributes: {} };

/**
 * What a person's fields are after a patch. Texts become NFC, empty texts and lists absent. A changed e-mail is
 * unverified unless the patch says otherwise.
 */
export function patched(patch: PersonPatch, before: PersonFields = nobody): PersonFields {
  const texts: { [field in TextField]?: string } = {};
  for (const field of textFields) {
    const value = patch[field] === undefined ? before[field] : patch[field];
    if (value !== undefined && value !== null && value !== '') texts[field] = value.normalize('NFC');
  }
  const verified = texts.email === before.email && before.emailVerified;
  return {
    ...texts,
    status: patch.status ?? before.status,
    emailVerified: texts.email !== undefined && (patch.emailVerified ?? verified),
    attributes: patchedAttributes(patch.attributes ?? {}, before.attributes),
  };
}

function patchedAttributes(
  patch: Readonly<Record<string, Attribute | null>>,
  before: Readonly<Record<string, Attribute>>,
): Record<string, Attribute> {
  const after = new Map<string, Attribute>(Object.entries(before));
  for (const [key, value] of Object.entries(patch)) {
    const name = key.normalize('NFC');
    if (value === null || value.length === 0) after.delete(name);
    else after.set(name, typeof value === 'string' ? value.normalize('NFC') : value.map((one) => one.normalize('NFC')));
  }
  // Sorted, so that the same facts are the same record whatever order they came in. fromEntries defines own properties.
  return Object.fromEntries([...after].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Names of the fields that differ, attributes as `attributes.<name>`. Never a value: safe outside of `personal`. */
export function changedFields(before: PersonFields, after: PersonFields): string[] {
  const changed: string[] = [];
  for (const field of [...textFields, 'status', 'emailVerified'] as const)
    if (before[field] !== after[field]) changed.push(field);
  const names = new Set([...Object.keys(before.attributes), ...Object.keys(after.attributes)]);
  for (const name of [...names].sort())
    if (!sameAttribute(own(before.attributes, name), own(after.attributes, name))) changed.push(`attributes.${name}`);
  return changed;
}

function own(attributes: Readonly<Record<string, Attribute>>, name: string): Attribute | undefined {
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}

function sameAttribute(a: Attribute | undefined, b: Attribute | undefined): boolean {
  if (typeof a === 'string' || typeof b === 'string' || a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
