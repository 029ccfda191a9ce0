import {
  type Attribute,
  changedFields,
  type PersonFields,
  type PersonPatch,
  patched,
  textFields,
} from '#domain/people/fields.ts';

/**
 * A person's fields as they were before an act, save what has changed since the act.
 * @returns the fields, and the names of those that were left as they are
 */
export function restoredFields(
  before: PersonFields,
  after: PersonFields,
  now: PersonFields,
): { readonly fields: PersonFields; readonly kept: string[] } {
  const since = new Set(changedFields(after, now));
  const acted = changedFields(before, after);
  const back = acted.filter((field) => !since.has(field));
  const attributes: Record<string, Attribute | null> = {};
  const texts: { [field: string]: string | null } = {};
  for (const field of back) {
    if (field.startsWith('attributes.')) {
      const name = field.slice('attributes.'.length);
      attributes[name] = Object.hasOwn(before.attributes, name) ? (before.attributes[name] ?? null) : null;
    } else if ((textFields as readonly string[]).includes(field)) {
      texts[field] = before[field as (typeof textFields)[number]] ?? null;
    }
  }
  const patch: PersonPatch = {
    ...texts,
    attributes,
    ...(back.includes('status') ? { status: before.status } : {}),
    ...(back.includes('emailVerified') || back.includes('email') ? { emailVerified: before.emailVerified } : {}),
  };
  return { fields: patched(patch, now), kept: acted.filter((field) => since.has(field)) };
}
