import type { Services } from '#actions/services.ts';
import { ScimError } from '#domain/scim/error.ts';
import { errorBody, locationOf, type ScimAnswer, scimErrorOf } from './answer.ts';
import { mostBulkOperations } from './discovery.ts';
import type { ScimRequest } from './request.ts';

const requestMessage = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const responseMessage = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly bulkId: string | undefined;
  readonly version: string | undefined;
  readonly data: unknown;
}

/**
 * POST /Bulk (RFC 7644, 3.7): the operations in their order, each a commit of its own, until `failOnErrors` of them failed.
 * `bulkId:x` stands for the id of what an earlier operation made.
 *
 * @param handle one operation, as a request of its own
 * @throws ScimError invalidSyntax; tooMany for more operations than the service provider configuration says
 */
export async function bulk(
  services: Services,
  request: ScimRequest,
  handle: (request: ScimRequest) => Promise<ScimAnswer>,
): Promise<ScimAnswer> {
  const { operations, failOnErrors } = readBulk(request.body);
  const made = new Map<string, string>();
  const results: object[] = [];
  let failed = 0;
  for (const operation of operations) {
    if (failed >= failOnErrors) break;
    const result = await perform(services, request, operation, made, handle);
    if (Number(result.status) >= 400) failed += 1;
    results.push(result);
  }
  return { status: 200, body: { schemas: [responseMessage], Operations: results } };
}

async function perform(
  services: Services,
  request: ScimRequest,
  operation: Operation,
  made: Map<string, string>,
  handle: (request: ScimRequest) => Promise<ScimAnswer>,
): Promise<{ status: string }> {
  const { method, bulkId, version } = operation;
  const named = { method, ...(bulkId === undefined ? {} : { bulkId }) };
  try {
    const path = resolved(operation.path, made) as string;
    const body = resolved(operation.data, made);
    const answer = await handle({
      ...request,
      method,
      path,
      body,
      query: new Map(),
      ifMatch: version,
      ifNoneMatch: undefined,
    });
    const location = answer.headers?.location ?? locationFrom(services.settings.issuer, path);
    const id = (answer.body as { id?: unknown } | undefined)?.id;
    if (bulkId !== undefined && typeof id === 'string') made.set(bulkId, id);
    const tag = answer.headers?.etag;
    return { ...named, location, ...(tag === undefined ? {} : { version: tag }), status: String(answer.status) } as {
      status: string;
    };
  } catch (fault) {
    const error = scimErrorOf(fault);
    if (error === undefined) throw fault;
    return { ...named, status: String(error.status), response: errorBody(error) } as { status: string };
  }
}

function locationFrom(issuer: string, path: string): string {
  const [, kind, id = ''] = /^\/(Users|Groups)\/(.+)$/.exec(path) ?? [];
  return kind === undefined ? `${issuer}/scim/v2${path}` : locationOf(issuer, kind === 'Users' ? 'User' : 'Group', id);
}

/** @throws ScimError 409 for an operation that was not done, or comes later */
function resolved(value: unknown, made: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string')
    return value.replace(/\bbulkId:([^/\s"]+)/g, (_, name: string) => {
      const id = made.get(name);
      if (id === undefined)
        throw new ScimError(409, `bulkId:${name.slice(0, 100)} was not created by an earlier operation`);
      return id;
    });
  if (Array.isArray(value)) return value.map((one) => resolved(one, made));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, made)]));
}

function readBulk(body: unknown): { operations: Operation[]; failOnErrors: number } {
  const given = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  if (!Array.isArray(given.schemas) || !given.schemas.includes(requestMessage))
    throw new ScimError(400, `schemas has to list ${requestMessage}`, 'invalidSyntax');
  if (!Array.isArray(given.Operations)) throw new ScimError(400, 'Operations has to be a list', 'invalidSyntax');
  if (given.Operations.length > mostBulkOperations)
    throw new ScimError(413, `At most ${mostBulkOperations} operations in one request`, 'tooMany');
  const failOnErrors =
    typeof given.failOnErrors === 'number' && given.failOnErrors > 0 ? given.failOnErrors : Number.POSITIVE_INFINITY;
  return { operations: given.Operations.map(readOperation), failOnErrors };
}

function readOperation(raw: unknown): Operation {
  const { method, path, bulkId, version, data } = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<
    string,
    unknown
  >;
  const verb = typeof method === 'string' ? method.toUpperCase() : '';
  if (!['POST', 'PUT', 'PATCH', 'DELETE'].includes(verb))
    throw new ScimError(400, 'method of an operation has to be POST, PUT, PATCH or DELETE', 'invalidSyntax');
  // Nothing but resources: a bulk request within a bulk request would get round the limit.
  if (typeof path !== 'string' || !/^\/(Users|Groups)(\/[^/?#]+)?$/.test(path))
    throw new ScimError(
      400,
      'path of an operation has to be /Users or /Groups, with an id or without',
      'invalidSyntax',
    );
  if (verb === 'POST' && typeof bulkId !== 'string')
    throw new ScimError(400, 'A POST in a bulk request needs a bulkId', 'invalidSyntax');
  return {
    method: verb,
    path,
    bulkId: typeof bulkId === 'string' ? bulkId : undefined,
    version: typeof version === 'string' ? version : undefined,
    data,
  };
}
