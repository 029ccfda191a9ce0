import type { ScimShown } from '#actions/scim/client.ts';
import type { Services } from '#actions/services.ts';
import { ScimError } from '#domain/scim/error.ts';
import { readFilter, type ScimFilter } from '#domain/scim/filter.ts';
import { type Projection, readProjection } from '#domain/scim/project.ts';
import type { ScimAttribute } from '#domain/scim/schemas.ts';
import { resourceOf, type ScimAnswer } from './answer.ts';

export const listMessage = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const searchMessage = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

/** Most resources of one answer, and how many without `count`. */
export const mostPerPage = 200;
const usualPerPage = 100;

/** Where the resources of one kind come from. */
export interface Source<R> {
  readonly kind: 'User' | 'Group';
  readonly shape: readonly ScimAttribute[];
  count(): Promise<number>;
  every(): AsyncIterable<R>;
  /** Those that a comparison for equality leaves, by an index; undefined: none of the indexes helps. */
  indexed(equal: ReadonlyMap<string, string>): Promise<readonly R[] | undefined>;
  /** Undefined for one that is gone. */
  show(record: R): Promise<ScimShown | undefined>;
  pause(): Promise<unknown>;
}

/** The question of a list (RFC 7644, 3.4.2), from a query or from the body of a search. */
export interface ListQuery {
  readonly filter?: ScimFilter | undefined;
  readonly sortBy?: string | undefined;
  readonly descending: boolean;
  readonly startIndex: number;
  readonly count: number;
  readonly projection: Projection;
}

const known = ['filter', 'sortBy', 'sortOrder', 'startIndex', 'count', 'attributes', 'excludedAttributes'];

/** @throws ScimError invalidFilter, invalidValue */
export function readListQuery(given: ReadonlyMap<string, string>, shape: readonly ScimAttribute[]): ListQuery {
  for (const key of given.keys())
    if (!known.includes(key))
      throw new ScimError(400, `${key.slice(0, 100)} is no parameter of a list`, 'invalidValue');
  const filter = given.get('filter');
  const sortOrder = given.get('sortOrder')?.toLowerCase();
  if (sortOrder !== undefined && sortOrder !== 'ascending' && sortOrder !== 'descending')
    throw new ScimError(400, 'sortOrder has to be ascending or descending', 'invalidValue');
  return {
    filter: filter === undefined || filter.trim() === '' ? undefined : readFilter(filter, shape),
    sortBy: sortPath(given.get('sortBy'), shape),
    descending: sortOrder === 'descending',
    // What is below is taken as the lowest (RFC 7644, 3.4.2.4).
    startIndex: Math.max(1, whole(given, 'startIndex') ?? 1),
    count: Math.min(mostPerPage, Math.max(0, whole(given, 'count') ?? usualPerPage)),
    projection: readProjection(given.get('attributes'), given.get('excludedAttributes')),
  };
}

function whole(given: ReadonlyMap<string, string>, key: string): number | undefined {
  const text = given.get(key);
  if (text === undefined || text === '') return undefined;
  if (!/^[+-]?\d{1,9}$/.test(text)) throw new ScimError(400, `${key} has to be a whole number`, 'invalidValue');
  return Number(text);
}

const sortable = [
  'username',
  'externalid',
  'displayname',
  'title',
  'name.familyname',
  'name.givenname',
  'emails',
  'emails.value',
  'meta.created',
  'meta.lastmodified',
  'id',
];

function sortPath(written: string | undefined, shape: readonly ScimAttribute[]): string | undefined {
  if (written === undefined || written === '') return undefined;
  const path = written.slice(written.lastIndexOf(':') + 1).toLowerCase();
  const named = shape.some(({ name }) => name.toLowerCase() === path.split('.')[0]);
  if (!named || !sortable.includes(path))
    throw new ScimError(
      400,
      `sortBy cannot be ${written.slice(0, 100)}; sort by one of ${sortable.join(', ')}`,
      'invalidValue',
    );
  return path;
}

/** A page of resources, and how many there are in all. */
export async function list<R>(services: Services, source: Source<R>, query: ListQuery): Promise<ScimAnswer> {
  const { resources, total } =
    query.filter === undefined && query.sortBy === undefined
      ? await window(services, source, query)
      : await chosen(services, source, query);
  return {
    status: 200,
    body: {
      schemas: [listMessage],
      totalResults: total,
      startIndex: query.startIndex,
      itemsPerPage: resources.length,
      Resources: resources,
    },
  };
}

/** Resources of several kinds in one list (RFC 7644, 3.4.3): those of the first come first. */
export async function listAll(
  parts: readonly { list(query: ListQuery): Promise<ScimAnswer>; readonly query: ListQuery }[],
): Promise<ScimAnswer> {
  const { startIndex = 1, count = 0 } = parts[0]?.query ?? {};
  let [skip, left] = [startIndex - 1, count];
  const resources: unknown[] = [];
  let total = 0;
  for (const part of parts) {
    const answer = await part.list({ ...part.query, startIndex: skip + 1, count: left });
    const { totalResults, Resources } = answer.body as { totalResults: number; Resources: unknown[] };
    total += totalResults;
    skip = Math.max(0, skip - totalResults);
    left -= Resources.length;
    resources.push(...Resources);
  }
  return {
    status: 200,
    body: {
      schemas: [listMessage],
      totalResults: total,
      startIndex,
      itemsPerPage: resources.length,
      Resources: resources,
    },
  };
}

type Found = { resources: object[]; total: number };

/** Everything, in the order of making: only the page itself is read. */
async function window<R>(services: Services, source: Source<R>, query: ListQuery): Promise<Found> {
  const total = await source.count();
  const resources: object[] = [];
  let at = 0;
  if (query.count > 0 && query.startIndex <= total)
    for await (const record of source.every()) {
      at += 1;
      if (at < query.startIndex) continue;
      const shown = await source.show(record);
      if (shown !== undefined) resources.push(resourceOf(services, source.kind, shown, query.projection));
      if (at >= query.startIndex + query.count - 1) break;
    }
  return { resources, total };
}

/** What passes the filter, sorted. Resources are made for all that an index leaves. */
async function chosen<R>(services: Services, source: Source<R>, query: ListQuery): Promise<Found> {
  const { filter, sortBy, descending, startIndex, count, projection } = query;
  const found: { shown: ScimShown; key: string | undefined }[] = [];
  const look = async (record: R): Promise<void> => {
    const shown = await source.show(record);
    if (shown === undefined) return;
    const whole = resourceOf(services, source.kind, shown);
    if (filter?.passes(whole) ?? true)
      found.push({ shown, key: sortBy === undefined ? undefined : keyOf(whole, sortBy) });
  };
  const indexed = filter === undefined ? undefined : await source.indexed(filter.equal);
  let looked = 0;
  if (indexed !== undefined) for (const record of indexed) await look(record);
  else
    for await (const record of source.every()) {
      await look(record);
      looked += 1;
      if (looked % 500 === 0) await source.pause();
    }
  if (sortBy !== undefined) found.sort((a, b) => compare(a.key, b.key) * (descending ? -1 : 1));
  const page = found.slice(startIndex - 1, startIndex - 1 + count);
  const resources = page.map(({ shown }) => resourceOf(services, source.kind, shown, projection));
  return { resources, total: found.length };
}

/** Absent values come last in ascending order (RFC 7644, 3.4.2.3). */
function compare(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function keyOf(resource: Readonly<Record<string, unknown>>, path: string): string | undefined {
  let value: unknown = resource;
  for (const name of path.split('.')) {
    if (Array.isArray(value)) value = value.find((one) => one?.primary === true) ?? value[0];
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key.toLowerCase() === name)?.[1];
  }
  if (Array.isArray(value)) value = (value.find((one) => one?.primary === true) ?? value[0])?.value;
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}
