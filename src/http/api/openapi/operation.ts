import { z } from 'zod';
import { hubScopes } from '#domain/hub-roles.ts';
import type { AnswerDeclaration, BodyDeclaration, Route } from '../route.ts';
import { refTo } from './names.ts';
import { problemResponses } from './problems.ts';

/** One operation of the description, made from the same declaration that the guard checks by. */
export function operationOf(route: Route): object {
  const scope = hubScopes['hub:read'].includes(route.permission) ? 'hub:read' : 'hub:admin';
  const fresh = route.fresh === true ? ' People need to have signed in within the last ten minutes.' : '';
  return {
    operationId: operationId(route),
    tags: [route.path.split('/')[1] ?? ''],
    summary: route.summary,
    description: `${route.description ?? ''}\n\nTakes \`${route.permission}\`.${fresh}`.trim(),
    security: [{ token: [scope] }, ...(scope === 'hub:read' ? [{ token: ['hub:admin'] }] : []), sessionOf(route)],
    parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
    ...(route.body === undefined ? {} : { requestBody: requestBody(route.body) }),
    responses: { ...answers(route), ...problemResponses(route) },
  };
}

function sessionOf(route: Route): Record<string, string[]> {
  return route.method === 'GET' ? { session: [] } : { session: [], csrf: [] };
}

/** `PATCH /people/{id}` -> patchPeopleById: stable as long as the path is. */
function operationId({ method, path }: Route): string {
  const words = path
    .split(/[/-]/)
    .filter((word) => word !== '')
    .map((word) => {
      const name = word.replace(/[{}]/g, '');
      return `${word.startsWith('{') ? 'By' : ''}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    });
  return `${method.toLowerCase()}${words.join('')}`;
}

function pathParameters({ path }: Route): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((hit) => ({
    name: hit[1],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Route): object[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function headerParameters({ versioned }: Route): object[] {
  if (versioned !== true) return [];
  const description = 'The ETag that you saw';
  return [{ name: 'If-Match', in: 'header', required: true, description, schema: { type: 'string' } }];
}

function requestBody({ type, schema, optional }: BodyDeclaration<unknown>): object {
  return { required: optional !== true, content: { [type]: { schema: refTo(schema) } } };
}

function answers(route: Route): Record<string, object> {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, answer]) => [
      status,
      { description: answer.description, ...headersOf(answer), ...contentOf(answer) },
    ]),
  );
}

function headersOf({ etag }: AnswerDeclaration): object {
  if (etag !== true) return {};
  return { headers: { ETag: { description: 'The version of the item', schema: { type: 'string' } } } };
}

function contentOf({ schema, stream }: AnswerDeclaration): object {
  const streamed = (stream ?? []).map((type) => [type, { schema: { type: 'string' } }] as const);
  const told = schema === undefined ? [] : [['application/json', { schema: refTo(schema) }] as const];
  // A streamed document may still have a shape to read it by.
  const content = Object.fromEntries([...streamed, ...told]);
  return Object.keys(content).length === 0 ? {} : { content };
}
