import { type Filter, parse, Tester } from 'scim2-parse-filter';
import { ScimError } from './error.ts';
import { attributeNamed, enterpriseSchema, groupSchema, type ScimAttribute, userSchema } from './schemas.ts';

const longest = 2000;
const mostTerms = 50;
const deepest = 10;

/** A filter (RFC 7644, 3.4.2.2) that was read and found to be within bounds. */
export interface ScimFilter {
  /** Does the resource pass? Texts are compared without regard to case, but for `id` and `externalId`. */
  passes(resource: object): boolean;
  /** Comparisons for equality that every resource found has to pass, by lower-case attribute path: what an index may be asked. */
  readonly equal: ReadonlyMap<string, string>;
}

/**
 * @param shape of the resources that are filtered
 * @throws ScimError invalidFilter, for a filter that cannot be read, names an attribute that is not there, or is too long, too deep, or
 *   has too many terms
 */
export function readFilter(text: string, shape: readonly ScimAttribute[]): ScimFilter {
  if (text.length > longest) throw bad(`is longer than ${longest} characters`);
  const outside = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  let depth = 0;
  for (const char of outside) {
    if (char === '(' || char === '[') depth += 1;
    else if (char === ')' || char === ']') depth -= 1;
    if (depth > deepest) throw bad(`is nested deeper than ${deepest} levels`);
  }
  if ((outside.match(/\b(?:and|or|not)\b/gi)?.length ?? 0) >= mostTerms) throw bad(`has more than ${mostTerms} terms`);
  let tree: Filter;
  try {
    tree = parse(joined(text));
  } catch (cause) {
    throw bad('cannot be read; write it like userName eq "anna"', cause);
  }
  const folded = foldTerms(tree, shape, '');
  const tester = new ByValue();
  return { passes: (resource) => tester.test(foldTexts(resource), folded), equal: equalities(folded) };
}

/** What stands in brackets speaks of one value of the list; the package asks the list as a whole. */
class ByValue extends Tester {
  override test(resource: never, filter: Filter): boolean {
    if (filter.op !== '[]') return super.test(resource, filter);
    const values: unknown = (resource as Record<string, unknown>)[filter.attrPath];
    return (Array.isArray(values) ? values : [values]).some(
      (value) => value !== undefined && this.test(value as never, filter.valFilter),
    );
  }
}

/** `emails[type eq "work"].value eq "a"` speaks of one value too: `emails[(type eq "work") and value eq "a"]`. */
function joined(text: string): string {
  const inner = String.raw`((?:[^"\]]|"(?:[^"\\]|\\.)*")*)`;
  const value = String.raw`("(?:[^"\\]|\\.)*"|[\w.+-]+)`;
  const path = new RegExp(String.raw`([\w:.-]+)\[${inner}\]\.(\w+)\s+(eq|ne|co|sw|ew|gt|lt|ge|le)\s+${value}`, 'gi');
  return text.replace(path, '$1[($2) and $3 $4 $5]');
}

function bad(what: string, cause?: unknown): ScimError {
  return new ScimError(400, `The filter ${what}`, 'invalidFilter', { cause });
}

const exact = new Set(['id', 'externalid', 'members.value', 'groups.value', 'members', 'groups']);

/** Names are checked and shortened to what stands in a resource; values are folded as the resources will be. */
function foldTerms(tree: Filter, shape: readonly ScimAttribute[], above: string): Filter {
  switch (tree.op) {
    case 'and':
    case 'or':
      return { ...tree, filters: tree.filters.map((one) => foldTerms(one, shape, above)) };
    case 'not':
      return { ...tree, filter: foldTerms(tree.filter, shape, above) };
    case '[]': {
      const { path, attribute } = known(tree.attrPath, shape);
      const inner = foldTerms(tree.valFilter, attribute.subAttributes ?? [], path.toLowerCase());
      return { ...tree, attrPath: path, valFilter: inner } as Filter;
    }
    case 'pr':
      return { ...tree, attrPath: known(tree.attrPath, shape).path };
    default: {
      const { path, attribute } = known(tree.attrPath, shape);
      // A list of objects is compared by the value of each.
      const full =
        attribute.type === 'complex' && attributeNamed(attribute.subAttributes ?? [], 'value') ? `${path}.value` : path;
      const { compValue } = tree;
      return {
        ...tree,
        attrPath: full,
        compValue: foldValue(compValue, attribute, `${above === '' ? '' : `${above}.`}${full}`),
      };
    }
  }
}

function known(written: string, shape: readonly ScimAttribute[]): { path: string; attribute: ScimAttribute } {
  const plain = withoutSchema(written);
  const extension = plain.toLowerCase().startsWith(`${enterpriseSchema.toLowerCase()}:`);
  const names = extension
    ? [enterpriseSchema, ...plain.slice(enterpriseSchema.length + 1).split('.')]
    : plain.split('.');
  // When something was made or changed is there to filter by, though no attribute of the schema.
  const dates = /^meta\.(created|lastmodified)$/i.exec(plain)?.[1];
  if (dates !== undefined)
    return { path: `meta.${dates.toLowerCase() === 'created' ? 'created' : 'lastModified'}`, attribute: dateTime };
  let attributes: readonly ScimAttribute[] = shape;
  let attribute: ScimAttribute | undefined;
  const path: string[] = [];
  for (const name of names) {
    attribute = attributeNamed(attributes, name);
    if (attribute === undefined) throw bad(`names ${written.slice(0, 100)}, which is no attribute here`);
    path.push(attribute.name);
    attributes = attribute.subAttributes ?? [];
  }
  if (attribute === undefined) throw bad('names no attribute');
  const [first = '', ...rest] = path;
  return { path: extension ? `${first}:${rest.join('.')}` : path.join('.'), attribute };
}

function withoutSchema(path: string): string {
  for (const schema of [userSchema, groupSchema])
    if (path.toLowerCase().startsWith(`${schema.toLowerCase()}:`)) return path.slice(schema.length + 1);
  return path;
}

const dateTime: ScimAttribute = {
  name: 'meta',
  type: 'string',
  multiValued: false,
  description: '',
  required: false,
  caseExact: true,
  mutability: 'readOnly',
  returned: 'default',
  uniqueness: 'none',
};

type Value = string | number | boolean | null;

function foldValue(value: Value, attribute: ScimAttribute, path: string): Value {
  if (attribute === dateTime) {
    const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(at)) throw bad(`compares ${path} with something that is no instant`);
    return new Date(at).toISOString().toLowerCase();
  }
  if (typeof value !== 'string') return value;
  if (attribute.type === 'boolean' && /^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  return exact.has(path.toLowerCase()) ? value : fold(value);
}

const fold = (text: string): string => text.normalize('NFC').toLowerCase();

/** The resource as its texts are compared. */
function foldTexts(value: unknown, path = ''): never {
  if (typeof value === 'string') return (exact.has(path) ? value : fold(value)) as never;
  if (Array.isArray(value)) return value.map((one) => foldTexts(one, path)) as never;
  if (typeof value !== 'object' || value === null) return value as never;
  const entries = Object.entries(value).map(([name, one]) => [
    name,
    foldTexts(one, path === '' ? name.toLowerCase() : `${path}.${name.toLowerCase()}`),
  ]);
  return Object.fromEntries(entries) as never;
}

function equalities(tree: Filter, found = new Map<string, string>()): Map<string, string> {
  if (tree.op === 'and') for (const one of tree.filters) equalities(one, found);
  if (tree.op === 'eq' && typeof tree.compValue === 'string') found.set(tree.attrPath.toLowerCase(), tree.compValue);
  if (tree.op === '[]')
    for (const [name, value] of equalities(tree.valFilter)) found.set(`${tree.attrPath}.${name}`.toLowerCase(), value);
  return found;
}
