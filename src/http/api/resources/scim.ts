import { z } from 'zod';
import { lastCalls } from '#actions/scim/calls.ts';
import { previewReconnect } from '#actions/scim/reconnect.ts';
import { issueScimToken, listScimTokens, revokeScimToken, scimClient } from '#actions/scim/tokens.ts';
import type { Stored } from '#storage/collection.ts';
import type { ScimToken } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import { type Route, route } from '../route.ts';
import { find } from './systems-shapes.ts';

const token = named(
  'ScimToken',
  z.object({
    id: z.string(),
    ending: z.string().describe('The last characters of the token'),
    createdAt: z.string(),
    endsAt: z.string(),
    by: z.string().describe('Who created it'),
  }),
);

const shown = ({ id, ending, createdAt, endsAt, by }: Stored<ScimToken>) => ({
  ...{ id, ending, by },
  createdAt: new Date(createdAt).toISOString(),
  endsAt: new Date(endsAt).toISOString(),
});

const tokens = route({
  method: 'GET',
  path: '/systems/{id}/scim/tokens',
  summary: 'List the long-lived SCIM tokens of a system',
  permission: 'hub:systems-read',
  find,
  answers: {
    200: {
      description: 'Those that have not expired',
      schema: named('ScimTokens', z.object({ items: z.array(token) })),
    },
  },
  handle: async ({ services, item }) => ({
    status: 200,
    body: { items: (await listScimTokens(services, item.id)).map(shown) },
  }),
});

const issue = route({
  method: 'POST',
  path: '/systems/{id}/scim/tokens',
  summary: 'Create a long-lived SCIM token',
  description:
    'For products that are given a fixed token (Entra, Okta). It opens `/scim/v2` alone, and takes the right to change people too. Others request a token by client credentials with the scope `hub:scim`.',
  permission: 'hub:systems-write',
  fresh: true,
  find,
  body: {
    type: 'application/json',
    schema: named('NewScimToken', z.strictObject({ days: z.int().min(1).max(730).describe('Valid for so many days') })),
  },
  answers: {
    201: {
      description: 'The token, shown only now',
      schema: named('IssuedScimToken', token.extend({ token: z.string() })),
    },
  },
  async handle({ services, origin, item, body }) {
    const made = await issueScimToken(services, origin, item.id, body.days);
    return { status: 201, body: { ...shown(made.record), token: made.token } };
  },
});

const revoke = route({
  method: 'DELETE',
  path: '/systems/{id}/scim/tokens/{token}',
  summary: 'Revoke a long-lived SCIM token',
  permission: 'hub:systems-write',
  find,
  answers: { 204: { description: 'It no longer works' } },
  async handle({ services, origin, item, params }) {
    await revokeScimToken(services, origin, item.id, params.token ?? '');
    return { status: 204 };
  },
});

const calls = route({
  method: 'GET',
  path: '/systems/{id}/scim/calls',
  summary: 'List the last SCIM requests of a system',
  description: 'Of the last seven days, newest first. Successful reads are counted by the minute.',
  permission: 'hub:systems-read',
  find,
  query: z.strictObject({
    refused: z.enum(['true']).describe('Rejected requests only').optional(),
    limit: z.coerce.number().int().min(1).max(200).default(100),
  }),
  answers: {
    200: {
      description: 'Requests, without anything that was sent',
      schema: named(
        'ScimCalls',
        z.object({
          items: z.array(
            z.object({
              at: z.string(),
              method: z.string(),
              path: z.string().describe('Template, such as /Users/{id}'),
              status: z.int(),
              count: z.int(),
              detail: z.string().describe('Why it was rejected, with the remedy').optional(),
              person: z.string().optional(),
            }),
          ),
        }),
      ),
    },
  },
  async handle({ services, item, query }) {
    const found = await lastCalls(services, item.id, query.limit, query.refused === 'true');
    return {
      status: 200,
      body: { items: found.map(({ at, ...call }) => ({ ...call, at: new Date(at).toISOString() })) },
    };
  },
});

const reconnect = route({
  method: 'GET',
  path: '/systems/{id}/scim/reconnect',
  summary: 'Preview what connecting a SCIM client again would change',
  permission: 'hub:people-read',
  find,
  answers: {
    200: {
      description: 'Numbers of accounts',
      schema: named(
        'ScimReconnect',
        z.object({
          known: z.int().describe('It manages them and would update them'),
          deleted: z.int().describe('It deleted them and would enable them again'),
          adopted: z.int().describe('It would link them by employee number'),
          refused: z.int().describe('Active accounts that it would be answered 409 for'),
          examples: z.array(z.object({ id: z.string(), label: z.string() })).describe('Some of the last'),
        }),
      ),
    },
  },
  handle: async ({ services, item }) => ({
    status: 200,
    body: await previewReconnect(services, scimClient(services, item.id)),
  }),
});

export const scimRoutes: readonly Route[] = [tokens, issue, revoke, calls, reconnect];
