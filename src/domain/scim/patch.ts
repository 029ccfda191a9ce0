import { ScimError as PatchFault, patchBodyValidation, scimPatch } from 'scim-patch';
import { canonical, canonicalValue, type ScimObject, type ScimValue } from './dialect.ts';
import { ScimError } from './error.ts';
import { attributeNamed, enterpriseSchema, groupSchema, type ScimAttribute, userSchema } from './schemas.ts';

export const patchMessage = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const mostOperations = 1000;

/** One operation (RFC 7644, 3.5.2) on a known attribute that the client may write, its value in the hub's form. */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly attribute: ScimAttribute;
  /** The whole path, names spelt as in the schema: `emails[type eq "work"].value`. */
  readonly path: string;
  /** The part in brackets, without them. */
  readonly filter: string | undefined;
  readonly value: ScimValue | undefined;
}

/**
 * Reads the body of a PATCH, in every dialect: `op` in any case, one object without a path for several attributes (also with paths
 * as its keys), the schema's address before a name.
 *
 * @throws ScimError invalidSyntax, invalidPath, invalidValue, mutability; tooMany for more than 1,000 operations
 */
export function readPatch(body: unknown, shape: readonly ScimAttribute[]): PatchOperation[] {
  const { operations } = bodyOf(body);
  if (operations.length > mostOperations)
    throw new ScimError(413, `At most ${mostOperations} operations in one request`, 'tooMany');
  return operations.flatMap((raw) => {
    const { op, path, value } = operationOf(raw);
    if (path !== undefined) return isExtension(path) ? onExtension(op, value, shape) : [onPath(op, path, value, shape)];
    if (op === 'remove') throw new ScimError(400, 'A remove needs a path', 'noTarget');
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new ScimError(400, 'An operation without a path needs an object as its value', 'invalidValue');
    return Object.entries(value).flatMap(([name, one]) => onName(op, name, one, shape));
  });
}

function bodyOf(body: unknown): { operations: unknown[] } {
  const given = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const schemas = given.schemas ?? given.Schemas;
  const operations = given.Operations ?? given.operations;
  if (!Array.isArray(schemas) || !schemas.includes(patchMessage))
    throw new ScimError(400, `schemas has to list ${patchMessage}`, 'invalidSyntax');
  if (!Array.isArray(operations) || operations.length === 0)
    throw new ScimError(400, 'Operations has to list at least one operation', 'invalidSyntax');
  return { operations };
}

function operationOf(raw: unknown): { op: PatchOperation['op']; path: string | undefined; value: unknown } {
  const { op, path, value } = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  const known = typeof op === 'string' ? op.toLowerCase() : undefined;
  if (known !== 'add' && known !== 'remove' && known !== 'replace')
    throw new ScimError(400, 'op has to be add, remove or replace', 'invalidSyntax');
  if (path !== undefined && path !== null && typeof path !== 'string')
    throw new ScimError(400, 'path has to be a text', 'invalidPath');
  return { op: known, path: path === null || path === '' ? undefined : path, value };
}

/** A key of an operation without a path: what the schema does not know is ignored there, as in a resource. */
function onName(
  op: PatchOperation['op'],
  name: string,
  value: unknown,
  shape: readonly ScimAttribute[],
): PatchOperation[] {
  const attribute = attributeNamed(shape, headOf(name).head);
  if (attribute === undefined || attribute.mutability === 'readOnly') return [];
  return isExtension(name) ? onExtension(op, value, shape) : [onPath(op, name, value, shape)];
}

const isExtension = (path: string): boolean => path.toLowerCase() === enterpriseSchema.toLowerCase();

/** The enterprise extension as a whole: attribute by attribute, so that each may be unassigned alone. */
function onExtension(op: PatchOperation['op'], value: unknown, shape: readonly ScimAttribute[]): PatchOperation[] {
  const known = attributeNamed(shape, enterpriseSchema)?.subAttributes ?? [];
  if (op === 'remove') return known.map(({ name }) => onPath(op, `${enterpriseSchema}:${name}`, undefined, shape));
  if (!isObject(value)) throw new ScimError(400, `${enterpriseSchema} has to be an object`, 'invalidValue');
  return Object.entries(value).flatMap(([name, one]) =>
    attributeNamed(known, name) === undefined ? [] : [onPath(op, `${enterpriseSchema}:${name}`, one, shape)],
  );
}

/** `urn:…:User:name.givenName` -> the attribute, its filter and what follows. */
function headOf(path: string): { head: string; filter: string | undefined; tail: string } {
  const plain = withoutCore(path);
  if (plain.toLowerCase().startsWith(enterpriseSchema.toLowerCase()))
    return {
      head: enterpriseSchema,
      filter: undefined,
      tail: plain.slice(enterpriseSchema.length).replace(/^[:.]/, ''),
    };
  const parts = /^([\w$]+)(?:\[((?:[^"\]]|"(?:[^"\\]|\\.)*")*)\])?(?:\.([\w$]+))?$/.exec(plain);
  if (parts === null) throw badPath(path);
  return { head: parts[1] ?? '', filter: parts[2], tail: parts[3] ?? '' };
}

function withoutCore(path: string): string {
  for (const schema of [userSchema, groupSchema])
    if (path.toLowerCase().startsWith(`${schema.toLowerCase()}:`)) return path.slice(schema.length + 1);
  return path;
}

function onPath(
  op: PatchOperation['op'],
  path: string,
  value: unknown,
  shape: readonly ScimAttribute[],
): PatchOperation {
  const { head, filter, tail } = headOf(path);
  const attribute = attributeNamed(shape, head);
  if (attribute === undefined) throw badPath(path);
  if (attribute.mutability === 'readOnly')
    throw new ScimError(400, `${attribute.name} cannot be written`, 'mutability');
  const below = tail === '' ? undefined : subPath(attribute, tail, path);
  if (below?.leaf.mutability === 'readOnly') throw new ScimError(400, `${path} cannot be written`, 'mutability');
  const bracket = filter === undefined ? '' : `[${spelt(attribute, filter, path)}]`;
  const separator = attribute.name === enterpriseSchema ? ':' : '.';
  const leaf = below?.leaf ?? attribute;
  // A filter, or a name after a list, speaks of one of the values.
  const target = filter !== undefined && below === undefined ? { ...leaf, multiValued: false } : leaf;
  const read = canonicalValue(value, target, path);
  return {
    // A value that is empty unassigns (RFC 7643, 2.5).
    op: read === undefined ? 'remove' : op,
    attribute,
    path: `${attribute.name}${bracket}${below === undefined ? '' : `${separator}${below.path}`}`,
    filter,
    value: op === 'remove' && attribute.name !== 'members' ? undefined : read,
  };
}

function subPath(attribute: ScimAttribute, tail: string, path: string): { path: string; leaf: ScimAttribute } {
  const [name = '', ...rest] = tail.split('.');
  const sub = attributeNamed(attribute.subAttributes ?? [], name);
  if (sub === undefined) throw badPath(path);
  if (rest.length === 0) return { path: sub.name, leaf: sub };
  const below = subPath(sub, rest.join('.'), path);
  return { path: `${sub.name}.${below.path}`, leaf: below.leaf };
}

/** The filter of a value path: one comparison of a known name, so that nothing but values of this attribute is looked at. */
function spelt(attribute: ScimAttribute, filter: string, path: string): string {
  const parts = /^\s*(\w+)\s+(eq)\s+("(?:[^"\\]|\\.)*"|true|false)\s*$/i.exec(filter);
  const sub = parts === null ? undefined : attributeNamed(attribute.subAttributes ?? [], parts[1] ?? '');
  if (parts === null || sub === undefined)
    throw new ScimError(400, `${path}: write the filter like emails[type eq "work"]`, 'invalidFilter');
  const value = parts[3] ?? '';
  const truth = /^"?(true|false)"?$/i.exec(value)?.[1];
  return `${sub.name} eq ${sub.type === 'boolean' && truth !== undefined ? truth.toLowerCase() : value}`;
}

function badPath(path: string): ScimError {
  return new ScimError(
    400,
    `${path.slice(0, 200)} is no attribute that can be written here; take it out of the mapping`,
    'invalidPath',
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The resource after the operations, in the hub's form; the given one stays as it was. All of them or, by the error, none.
 * @throws ScimError noTarget, invalidPath, invalidValue
 */
export function patched(
  resource: ScimObject,
  operations: readonly PatchOperation[],
  shape: readonly ScimAttribute[],
): ScimObject {
  const wire = operations.map(({ op, path, value }) =>
    op === 'remove' ? { op, path } : { op, path, value: value as never },
  );
  try {
    patchBodyValidation({ schemas: [patchMessage], Operations: wire });
    const after = scimPatch({ ...resource, schemas: [], meta: {} } as never, wire, {
      mutateDocument: false,
      treatMissingAsAdd: true,
    });
    return canonical(after, shape);
  } catch (fault) {
    if (!(fault instanceof PatchFault)) throw fault;
    throw new ScimError(400, fault.message, fault.scimCode === 'noTarget' ? 'noTarget' : 'invalidValue', {
      cause: fault,
    });
  }
}
