import { ScimError } from './error.ts';
import { attributeNamed, type ScimAttribute } from './schemas.ts';

export type ScimValue = string | boolean | ScimObject | ScimValue[];
export interface ScimObject {
  [attribute: string]: ScimValue;
}

/** Longest text, most values and most characters of all of them that are kept of one resource. */
const longestText = 2000;
const mostValues = 200;

/**
 * Brings a resource, or the value of one attribute, into the form that the hub works with, whatever dialect the client speaks:
 * names in any case, `"True"` and `"False"` for truth values (Entra), one object where a list belongs, a text where `{ value }`
 * belongs. What the schema does not know or the client may not write is left out (RFC 7644, 3.3); empty means unassigned.
 *
 * @throws ScimError invalidValue, naming the attribute
 */
export function canonical(given: unknown, shape: readonly ScimAttribute[], path = ''): ScimObject {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw wrong(path, 'an object');
  const object: ScimObject = {};
  for (const [name, value] of Object.entries(given)) {
    const attribute = attributeNamed(shape, name);
    if (attribute === undefined || attribute.mutability === 'readOnly') continue;
    const read = canonicalValue(value, attribute, path === '' ? attribute.name : `${path}.${attribute.name}`);
    if (read !== undefined) object[attribute.name] = read;
  }
  return object;
}

/** One attribute's value; undefined when it is empty, which means unassigned (RFC 7643, 2.5). */
export function canonicalValue(value: unknown, attribute: ScimAttribute, path = attribute.name): ScimValue | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (!attribute.multiValued) return single(Array.isArray(value) ? value[0] : value, attribute, path);
  const values = (Array.isArray(value) ? value : [value]).flatMap((one) => single(one, attribute, path) ?? []);
  if (values.length === 0) return undefined;
  return onePrimary(values);
}

function single(value: unknown, attribute: ScimAttribute, path: string): ScimValue | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (attribute.type === 'complex') {
    const object = typeof value === 'object' ? value : { value };
    const read = canonical(object, attribute.subAttributes ?? [], path);
    return Object.keys(read).length === 0 ? undefined : read;
  }
  // Entra puts a plain value into an object of its own now and then.
  const plain = typeof value === 'object' && 'value' in value ? value.value : value;
  if (attribute.type === 'boolean') return truth(plain, path);
  if (typeof plain !== 'string' && typeof plain !== 'number') throw wrong(path, 'a text');
  const text = String(plain);
  if (text.length > longestText) throw wrong(path, `at most ${longestText} characters`);
  return text === '' ? undefined : text;
}

function truth(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : undefined;
  if (word === 'true' || word === 'false') return word === 'true';
  throw wrong(path, 'true or false');
}

/** The first that is called primary stays so: two would leave it open which address is the account's. */
function onePrimary(values: ScimValue[]): ScimValue[] {
  if (values.length > mostValues)
    throw new ScimError(400, `At most ${mostValues} values for one attribute`, 'invalidValue');
  let found = false;
  return values.map((value) => {
    if (typeof value !== 'object' || Array.isArray(value) || value.primary !== true) return value;
    if (!found) {
      found = true;
      return value;
    }
    return { ...value, primary: false };
  });
}

function wrong(path: string, right: string): ScimError {
  return new ScimError(400, `${path === '' ? 'The body' : path} has to be ${right}`, 'invalidValue');
}
