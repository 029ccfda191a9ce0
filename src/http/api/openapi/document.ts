import { hubScopes } from '#domain/hub-roles.ts';
import type { Route } from '../route.ts';
import { namedSchemas } from './names.ts';
import { operationOf } from './operation.ts';

/** Of the API itself: the minor number grows with what is added; what would break a client gets a path of its own. */
const apiVersion = '1.0.0';

/** The API described by OpenAPI 3.1, made from the declarations that the guard enforces. */
export function openApiDocument(routes: readonly Route[], issuer: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse',
      version: apiVersion,
      description: [
        'People, systems, policy, record and keys of the hub.',
        'Lists answer `{ items, next }`; ask for the next page with `cursor`. Items carry `version`, answers an `ETag`; changes of a',
        'versioned item take `If-Match`. Refusals are problem documents (RFC 9457) with a stable `code`.',
      ].join(' '),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: `${issuer}/api/v1` }],
    tags: [...new Set(routes.map((route) => route.path.split('/')[1] ?? ''))].map((name) => ({ name })),
    paths,
    components: {
      schemas: namedSchemas(),
      securitySchemes: {
        token: {
          type: 'oauth2',
          description: 'Client credentials of a system whose `machine.scopes` hold the scope',
          flows: {
            clientCredentials: {
              tokenUrl: `${issuer}/token`,
              scopes: {
                'hub:read': `Reads: ${hubScopes['hub:read'].join(', ')}`,
                'hub:admin': 'Everything but granting permissions of the hub itself',
              },
            },
          },
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: `${issuer.startsWith('https:') ? '__Host-' : ''}gatehouse-session`,
          description: "A person's session of the hub",
        },
        csrf: { type: 'apiKey', in: 'header', name: 'x-csrf-token', description: 'Asked of sessions for every change' },
      },
    },
  };
}
