import type { Services } from '#actions/services.ts';
import { ScimError } from '#domain/scim/error.ts';
import { isWanted } from '#domain/scim/project.ts';
import { groupShape, userShape } from '#domain/scim/schemas.ts';
import type { ScimAnswer } from './answer.ts';
import { bulk } from './bulk.ts';
import { resourceTypes, schemas, serviceProviderConfig } from './discovery.ts';
import { deleteGroup, getGroup, groupSource, patchGroup, postGroup, putGroup } from './groups.ts';
import { type ListQuery, list, listAll, readListQuery, searchMessage } from './list.ts';
import type { ScimRequest } from './request.ts';
import { deleteUser, getUser, patchUser, postUser, putUser, userSource } from './users.ts';

type Handler = (services: Services, request: ScimRequest, id: string) => Promise<ScimAnswer> | ScimAnswer;

/** Method and path template to handler (RFC 7644, table 2). `/Me` is not offered: a client is no person. */
export const scimRoutes: Readonly<Record<string, Handler>> = {
  'GET /ServiceProviderConfig': ({ settings }) => serviceProviderConfig(settings.issuer),
  'GET /ResourceTypes': ({ settings }) => resourceTypes(settings.issuer),
  'GET /ResourceTypes/{id}': ({ settings }, _request, id) => resourceTypes(settings.issuer, id),
  'GET /Schemas': ({ settings }) => schemas(settings.issuer),
  'GET /Schemas/{id}': ({ settings }, _request, id) => schemas(settings.issuer, id),
  'GET /Users': listUsers,
  'POST /Users': postUser,
  'POST /Users/.search': (services, request) => listUsers(services, searched(request)),
  'GET /Users/{id}': getUser,
  'PUT /Users/{id}': putUser,
  'PATCH /Users/{id}': patchUser,
  'DELETE /Users/{id}': deleteUser,
  'POST /.search': searchAll,
  'GET /Groups': listGroups,
  'POST /Groups': postGroup,
  'POST /Groups/.search': (services, request) => listGroups(services, searched(request)),
  'GET /Groups/{id}': getGroup,
  'PUT /Groups/{id}': putGroup,
  'PATCH /Groups/{id}': patchGroup,
  'DELETE /Groups/{id}': deleteGroup,
  'POST /Bulk': (services, request) =>
    bulk(services, request, (one) => routeOf(one.method, one.path).handle(services, one)),
};

/** @throws ScimError 404, 501 for a method that the resource does not take */
export function routeOf(
  method: string,
  path: string,
): { template: string; handle(services: Services, request: ScimRequest): Promise<ScimAnswer> } {
  const [, kind = '', id, more] = path.replace(/\/$/, '').split('/');
  const template =
    kind === '.search' || id === undefined ? `/${kind}` : id === '.search' ? `/${kind}/.search` : `/${kind}/{id}`;
  const handler = Object.hasOwn(scimRoutes, `${method} ${template}`) ? scimRoutes[`${method} ${template}`] : undefined;
  if (handler === undefined || more !== undefined) {
    const exists = more === undefined && Object.keys(scimRoutes).some((route) => route.endsWith(` ${template}`));
    if (exists) throw new ScimError(405, `${method.slice(0, 20)} does not work on ${template}`);
    throw new ScimError(
      kind === 'Me' ? 501 : 404,
      kind === 'Me' ? '/Me is not offered' : 'There is nothing at this path',
    );
  }
  return { template, handle: async (services, request) => handler(services, request, decoded(id ?? '')) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new ScimError(400, 'The path holds an escape that is not UTF-8', 'invalidValue', { cause });
  }
}

function listUsers(services: Services, request: ScimRequest): Promise<ScimAnswer> {
  const query = readListQuery(request.query, userShape);
  const grouped = isWanted(query.projection, 'groups') || query.filter !== undefined;
  return list(services, userSource(services, request, grouped), query);
}

function listGroups(services: Services, request: ScimRequest): Promise<ScimAnswer> {
  const query = readListQuery(request.query, groupShape);
  const filtered = query.filter !== undefined && !query.filter.equal.has('displayname');
  return list(services, groupSource(services, request, isWanted(query.projection, 'members') || filtered), query);
}

/** A search over all kinds; a filter that one kind has no attribute for finds none of it. */
async function searchAll(services: Services, request: ScimRequest): Promise<ScimAnswer> {
  const { query } = searched(request);
  const parts = [
    { shape: userShape, list: (one: ListQuery) => list(services, userSource(services, request, true), one) },
    { shape: groupShape, list: (one: ListQuery) => list(services, groupSource(services, request, true), one) },
  ].flatMap(({ shape, list: ask }) => {
    try {
      return [{ list: ask, query: readListQuery(query, shape) }];
    } catch (fault) {
      if (fault instanceof ScimError && fault.scimType === 'invalidFilter') return [];
      throw fault;
    }
  });
  // A filter that fits no kind is a filter with a fault.
  if (parts.length === 0) readListQuery(query, userShape);
  return listAll(parts);
}

/** The body of a search as the query of a list (RFC 7644, 3.4.3). @throws ScimError invalidSyntax */
function searched(request: ScimRequest): ScimRequest {
  const { schemas: given, ...asked } = (request.body ?? {}) as Record<string, unknown>;
  if (!Array.isArray(given) || !given.includes(searchMessage))
    throw new ScimError(400, `schemas has to list ${searchMessage}`, 'invalidSyntax');
  const query = new Map<string, string>();
  for (const [key, value] of Object.entries(asked)) {
    const text = Array.isArray(value) ? value.join(',') : value;
    if (typeof text !== 'string' && typeof text !== 'number')
      throw new ScimError(400, `${key.slice(0, 100)} has to be a text, a number or a list`, 'invalidValue');
    query.set(key, String(text));
  }
  return { ...request, query };
}
