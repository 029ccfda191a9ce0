/**
 * JSON Canonicalization Scheme (RFC 8785): the one way to write a value, so that everybody hashes the same bytes.
 *
 * Keys are ordered by UTF-16 code units (3.2.3), numbers and strings are written as ECMAScript writes them (3.2.2), members
 * whose value is `undefined` are left out as in JSON.
 *
 * @throws TypeError for what JSON cannot say: non-finite numbers, lone surrogates (3.2.2.2), functions, big integers.
 */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError('a number that is not finite has no canonical form');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? list(value) : members(value as Record<string, unknown>);
    default:
      throw new TypeError(`a value of type ${typeof value} has no canonical form`);
  }
}

/** Printable ASCII without quote and backslash stands as it is; nearly every string of an event does. */
const plain = /^[ !#-[\]-~]*$/;

function text(value: string): string {
  if (plain.test(value)) return `"${value}"`;
  if (!value.isWellFormed()) throw new TypeError('a string with a lone surrogate has no canonical form');
  return JSON.stringify(value);
}

function list(values: readonly unknown[]): string {
  return `[${values.map((value) => (value === undefined ? 'null' : canonical(value))).join(',')}]`;
}

function members(value: Record<string, unknown>): string {
  let out = '{';
  // The default order of sort() is that of UTF-16 code units, which is what 3.2.3 asks for.
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) continue;
    out += `${out === '{' ? '' : ','}${text(key)}:${typeof member === 'string' ? text(member) : canonical(member)}`;
  }
  return `${out}}`;
}
