import { ScimError } from './error.ts';
import { enterpriseSchema, groupSchema, userSchema } from './schemas.ts';

/** Which attributes an answer holds (RFC 7644, 3.9). */
export interface Projection {
  readonly attributes?: readonly string[] | undefined;
  readonly excludedAttributes?: readonly string[] | undefined;
}

/** Given in every answer, asked for or not. */
const always = ['schemas', 'id', 'meta'];

/** Reads `attributes` and `excludedAttributes`, lists with commas. @throws ScimError invalidValue for both at once, or too many */
export function readProjection(attributes: string | undefined, excluded: string | undefined): Projection {
  const list = (text: string | undefined) =>
    text
      ?.split(',')
      .map((name) => withoutSchema(name.trim().toLowerCase()))
      .filter((name) => name !== '');
  const [wanted, unwanted] = [list(attributes), list(excluded)];
  if (wanted !== undefined && unwanted !== undefined)
    throw new ScimError(400, 'Send attributes or excludedAttributes, not both', 'invalidValue');
  if ((wanted ?? unwanted ?? []).length > 100) throw new ScimError(400, 'At most 100 attributes', 'invalidValue');
  return {
    ...(wanted === undefined ? {} : { attributes: wanted }),
    ...(unwanted === undefined ? {} : { excludedAttributes: unwanted }),
  };
}

function withoutSchema(name: string): string {
  for (const schema of [userSchema, groupSchema])
    if (name.startsWith(`${schema.toLowerCase()}:`)) return name.slice(schema.length + 1);
  return name;
}

/** Is the attribute part of the answer? For what is dear to read. @param name in any case, top level */
export function isWanted({ attributes, excludedAttributes }: Projection, name: string): boolean {
  const wanted = name.toLowerCase();
  if (attributes !== undefined) return attributes.some((one) => one === wanted || one.startsWith(`${wanted}.`));
  return !(excludedAttributes ?? []).includes(wanted);
}

/** The resource cut down to what was asked for. */
export function project(
  resource: Readonly<Record<string, unknown>>,
  { attributes, excludedAttributes }: Projection,
): object {
  if (attributes !== undefined) return picked(resource, attributes, '');
  return excludedAttributes === undefined ? resource : without(resource, excludedAttributes, '');
}

const join = (above: string, name: string): string => {
  const separator = above === enterpriseSchema.toLowerCase() ? ':' : '.';
  return above === '' ? name.toLowerCase() : `${above}${separator}${name.toLowerCase()}`;
};

function picked(
  value: Readonly<Record<string, unknown>>,
  names: readonly string[],
  above: string,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value)) {
    const path = join(above, name);
    const below = names.some((wanted) => wanted.startsWith(`${path}.`) || wanted.startsWith(`${path}:`));
    if (names.includes(path) || (above === '' && always.includes(name))) found[name] = one;
    else if (below) found[name] = deep(one, (part) => picked(part, names, path));
  }
  return found;
}

function without(
  value: Readonly<Record<string, unknown>>,
  names: readonly string[],
  above: string,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value)) {
    const path = join(above, name);
    if (names.includes(path) && !(above === '' && always.includes(name))) continue;
    const below = names.some((unwanted) => unwanted.startsWith(`${path}.`) || unwanted.startsWith(`${path}:`));
    found[name] = below ? deep(one, (part) => without(part, names, path)) : one;
  }
  return found;
}

function deep(value: unknown, cut: (part: Readonly<Record<string, unknown>>) => object): unknown {
  if (Array.isArray(value)) return value.map((one) => deep(one, cut));
  return typeof value === 'object' && value !== null ? cut(value as Record<string, unknown>) : value;
}
