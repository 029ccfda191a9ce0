import { ScimError } from '#domain/scim/error.ts';
import {
  enterpriseAttributes,
  enterpriseSchema,
  groupAttributes,
  groupSchema,
  type ScimAttribute,
  userAttributes,
  userSchema,
} from '#domain/scim/schemas.ts';
import type { ScimAnswer } from './answer.ts';
import { listMessage, mostPerPage } from './list.ts';

export const mostBulkOperations = 1000;
export const mostBodyBytes = 1_048_576;

/** GET /ServiceProviderConfig (RFC 7643, 5). */
export function serviceProviderConfig(issuer: string): ScimAnswer {
  return {
    status: 200,
    body: {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      documentationUri: `${issuer}/api/v1/docs`,
      patch: { supported: true },
      bulk: { supported: true, maxOperations: mostBulkOperations, maxPayloadSize: mostBodyBytes },
      filter: { supported: true, maxResults: mostPerPage },
      changePassword: { supported: false },
      sort: { supported: true },
      etag: { supported: true },
      authenticationSchemes: [
        {
          type: 'oauthbearertoken',
          name: 'OAuth Bearer Token',
          description: 'A token of client credentials with the scope hub:scim, or a long-lived one made in the console',
          specUri: 'https://www.rfc-editor.org/info/rfc6750',
          primary: true,
        },
      ],
      meta: { resourceType: 'ServiceProviderConfig', location: `${issuer}/scim/v2/ServiceProviderConfig` },
    },
  };
}

/** GET /ResourceTypes[/{id}] (RFC 7643, 6). */
export function resourceTypes(issuer: string, id?: string): ScimAnswer {
  const type = (name: 'User' | 'Group', schema: string, extensions: readonly string[]) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: name,
    name,
    endpoint: `/${name}s`,
    description: name === 'User' ? 'People of the company' : 'Groups, as rules of the policy see them',
    schema,
    ...(extensions.length === 0
      ? {}
      : { schemaExtensions: extensions.map((one) => ({ schema: one, required: false })) }),
    meta: { resourceType: 'ResourceType', location: `${issuer}/scim/v2/ResourceTypes/${name}` },
  });
  return oneOrAll([type('User', userSchema, [enterpriseSchema]), type('Group', groupSchema, [])], id);
}

/** GET /Schemas[/{id}] (RFC 7643, 7): the attributes that are taken, and no others. */
export function schemas(issuer: string, id?: string): ScimAnswer {
  const schema = (uri: string, name: string, attributes: readonly ScimAttribute[]) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    id: uri,
    name,
    description: name,
    attributes,
    meta: { resourceType: 'Schema', location: `${issuer}/scim/v2/Schemas/${uri}` },
  });
  const all = [
    schema(userSchema, 'User', userAttributes),
    schema(enterpriseSchema, 'EnterpriseUser', enterpriseAttributes),
    schema(groupSchema, 'Group', groupAttributes),
  ];
  return oneOrAll(all, id);
}

function oneOrAll(all: readonly { readonly id: string }[], id: string | undefined): ScimAnswer {
  if (id === undefined)
    return {
      status: 200,
      body: {
        schemas: [listMessage],
        totalResults: all.length,
        startIndex: 1,
        itemsPerPage: all.length,
        Resources: all,
      },
    };
  const found = all.find((one) => one.id.toLowerCase() === id.toLowerCase());
  if (found === undefined) throw new ScimError(404, 'There is nothing of this name');
  return { status: 200, body: found };
}
