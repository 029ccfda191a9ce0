import { type Attribute, type PersonPatch, textFields } from '#domain/people/fields.ts';

/** What a source told: claim or attribute -> text, or list of texts. */
export type SourceValues = Readonly<Record<string, Attribute>>;

/**
 * What a mapping makes of what a source told, as a patch. Values are taken as they are, so that rules compare exactly. What the
 * source does not tell is taken away, save what somebody signs in by, and what it could not tell in full: that stays.
 * @param mapping hub attribute -> upstream name
 * @param incomplete upstream names of which the source told only a part
 */
export function mapped(
  mapping: Readonly<Record<string, string>>,
  values: SourceValues,
  incomplete: readonly string[] = [],
): PersonPatch {
  const texts: Record<string, string | null> = {};
  const attributes: Record<string, Attribute | null> = {};
  for (const [name, upstream] of Object.entries(mapping)) {
    if (incomplete.includes(upstream)) continue;
    const value = Object.hasOwn(values, upstream) ? values[upstream] : undefined;
    if (!(textFields as readonly string[]).includes(name)) attributes[name] = value ?? null;
    else if (value !== undefined || (name !== 'email' && name !== 'username')) texts[name] = firstOf(value) ?? null;
  }
  return { ...texts, attributes };
}

function firstOf(value: Attribute | undefined): string | undefined {
  return value === undefined || typeof value === 'string' ? value : value[0];
}

/** What can be read of a claim set or entry: texts, numbers and truth values as the characters written, and lists of these. */
export function readableValues(claims: Readonly<Record<string, unknown>>): SourceValues {
  const told: [string, Attribute][] = [];
  for (const [name, value] of Object.entries(claims)) {
    if (Array.isArray(value)) told.push([name, value.map(scalar).filter((one) => one !== undefined)]);
    else {
      const text = scalar(value);
      if (text !== undefined) told.push([name, text]);
    }
  }
  // fromEntries defines own properties, whatever their name.
  return Object.fromEntries(told);
}

function scalar(value: unknown): string | undefined {
  // JSON can say half a character (a lone surrogate), which neither the record nor a page can hold.
  if (typeof value === 'string') return value.toWellFormed();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
