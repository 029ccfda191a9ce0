import { z } from 'zod';
import { everyRecord } from '#actions/access/reading.ts';
import { acceptSure } from '#actions/unify/accept-sure.ts';
import { matchFiles } from '#actions/unify/match.ts';
import { removeUnification } from '#actions/unify/remove.ts';
import { startUnification } from '#actions/unify/start.ts';
import { unifications } from '#storage/collections.ts';
import { named } from '../../openapi/names.ts';
import { type Look, type Route, route } from '../../route.ts';
import { listOf, listQuery, pageOf } from '../list.ts';
import { found } from '../shared.ts';
import { fileFrom, newUnification, shownUnification, unification } from './shapes.ts';

export async function findUnification({ services, params }: Look) {
  return found(await services.store.get(unifications, params.id ?? ''));
}

const list = route({
  method: 'GET',
  path: '/unify',
  summary: 'List the unifications of accounts',
  permission: 'hub:people-read',
  query: z.strictObject(listQuery(['createdAt'])),
  answers: { 200: { description: 'A page of unifications', schema: pageOf('UnificationPage', unification) } },
  async handle({ services, query }) {
    const all = await Array.fromAsync(everyRecord(services.store, unifications));
    const shown = await Promise.all(all.toReversed().map((record) => shownUnification(services, record)));
    return { status: 200, body: listOf(shown, query) };
  },
});

const create = route({
  method: 'POST',
  path: '/unify',
  summary: 'Match the user exports of a CRM and an ERP',
  description:
    'Keeps what is proposed; no account is made or changed yet. With a fault in a file nothing is kept, and each fault is told by file and line.',
  permission: 'hub:people-write',
  body: { type: 'application/json', schema: newUnification, limit: 64 * 1024 * 1024 },
  answers: { 201: { description: 'The unification with its figures', schema: unification, etag: true } },
  async handle({ services, origin, body }) {
    const { crm, erp, directory, systems, sources } = body;
    const record = await startUnification(services, origin, {
      systems,
      sources,
      files: {
        crm: fileFrom('crm', crm),
        erp: fileFrom('erp', erp),
        ...(directory === undefined ? {} : { directory: fileFrom('directory', directory) }),
      },
    });
    try {
      const ready = await matchFiles(services, origin, record);
      const headers = { location: `${services.settings.issuer}/api/v1/unify/${ready.id}` };
      return { status: 201, version: ready.version, headers, body: await shownUnification(services, ready) };
    } catch (fault) {
      await removeUnification(services, origin, record.id);
      throw fault;
    }
  },
});

const get = route({
  method: 'GET',
  path: '/unify/{id}',
  summary: 'Show one unification and how far it is',
  permission: 'hub:people-read',
  find: findUnification,
  answers: { 200: { description: 'The unification', schema: unification, etag: true } },
  handle: async ({ services, item }) => ({
    status: 200,
    version: item.version,
    body: await shownUnification(services, item),
  }),
});

const bulk = named(
  'UnifyBulk',
  z.strictObject({
    reason: z.string().describe('Why, for the record'),
    kind: z.enum(['sure', 'alone']).optional(),
    limit: z.int().min(1).max(5_000).describe('1000 by default').optional(),
  }),
);

const bulkResult = named(
  'UnifyBulkResult',
  z.object({
    accepted: z.int(),
    blocked: z.int().describe('Something stands in the way of these; it is noted with each'),
    left: z.int(),
  }),
);

const accept = route({
  method: 'POST',
  path: '/unify/{id}/accept-sure',
  summary: 'Accept all sure proposals, or all rows that stand alone',
  description:
    'Takes about `limit` of them; while `left` is above 0, call again. Each is taken exactly once, however often this is called.',
  permission: 'hub:people-write',
  find: findUnification,
  body: {
    type: 'application/json',
    schema: bulk,
  },
  answers: {
    200: {
      description: 'How many were taken',
      schema: bulkResult,
    },
  },
  async handle({ services, origin, item, body: { reason, kind, limit = 1_000 } }) {
    return { status: 200, body: await acceptSure(services, origin, item.id, { reason, kind, limit }) };
  },
});

const remove = route({
  method: 'DELETE',
  path: '/unify/{id}',
  summary: 'Forget a unification and its rows',
  description: 'Accounts and links stay as they are; what was accepted can be undone no more.',
  permission: 'hub:people-write',
  find: findUnification,
  versioned: true,
  answers: { 204: { description: 'Forgotten' } },
  async handle({ services, origin, item, ifVersion }) {
    await removeUnification(services, origin, item.id, ifVersion);
    return { status: 204 };
  },
});

export const unifyRoutes: readonly Route[] = [list, create, get, accept, remove];
