/** The place in a filter of the configuration where what was typed goes, or the name of whose groups are sought. */
export type Placeholder = '{login}' | '{dn}';

/**
 * A value as it may stand in a filter (RFC 4515, 3): every ASCII character that is not plainly harmless is written as `\\xx`, so that no
 * value can be read as anything but a value. Other letters stand for themselves, as the RFC allows.
 */
export function escapeValue(value: string): string {
  return value.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not get through
    /[\x00-\x7f]/g,
    (letter) =>
      /[A-Za-z0-9 @._=,+-]/.test(letter) ? letter : `\\${letter.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** The filter with the value, escaped, in each place that asks for it. */
export function filledFilter(template: string, placeholder: Placeholder, value: string): string {
  return template.replaceAll(placeholder, () => escapeValue(value));
}

const examples = { '{login}': '(sAMAccountName={login})', '{dn}': '(member={dn})', none: '(objectClass=person)' };

/**
 * What is wrong with a filter of the configuration; undefined: nothing. It is one filter in brackets that balance, and its
 * placeholder, if it is to have one, stands where a whole value stands: never in the name of an attribute.
 */
export function filterFault(template: string, placeholder?: Placeholder): string | undefined {
  const example = examples[placeholder ?? 'none'];
  if (!balanced(template)) return `is no filter: it is one expression in brackets that balance, like ${example}`;
  if (placeholder === undefined) return undefined;
  if (!template.includes(placeholder))
    return `asks for nobody in particular; write ${placeholder} where the value goes, like ${example}`;
  const outside = template.replaceAll(`=${placeholder}`, '');
  if (outside.includes(placeholder))
    return `has ${placeholder} where no value stands; write it right after =, like ${example}`;
  return undefined;
}

/** RFC 4515 allows no bracket inside a value, so counting them is enough. */
function balanced(filter: string): boolean {
  if (!filter.startsWith('(') || !filter.endsWith(')')) return false;
  let depth = 0;
  for (const [index, letter] of [...filter].entries()) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (depth < 0 || (depth === 0 && index < filter.length - 1)) return false;
  }
  return depth === 0;
}
