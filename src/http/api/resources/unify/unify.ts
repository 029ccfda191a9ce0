import { z } from 'zod';
import { everyRecord } from '#actions/access/reading.ts';
import type { Services } from '#actions/services.ts';
import { requestAccepting } from '#actions/unify/accept-sure.ts';
import { requestMatch } from '#actions/unify/match.ts';
import { removeUnification } from '#actions/unify/remove.ts';
import { startUnification } from '#actions/unify/start.ts';
import { unifications } from '#storage/collections.ts';
import { named } from '../../openapi/names.ts';
import { type Answer, type Look, type Route, route } from '../../route.ts';
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

/** Where to look how far the work is. */
async function underWay(services: Services, id: string): Promise<Answer> {
  const record = found(await services.store.get(unifications, id));
  const headers = { location: `${services.settings.issuer}/api/v1/unify/${id}`, 'retry-after': '1' };
  const body = await shownUnification(services, record);
  return { status: 202, version: body.version, headers, body };
}

const create = route({
  method: 'POST',
  path: '/unify',
  summary: 'Match the user exports of a CRM and an ERP',
  description:
    'Answers at once; look at the unification until its `job` is `done`. Keeps what is proposed; no account is made or changed yet. With a fault in a file nothing is kept, and each fault is told by file and line.',
  permission: 'hub:people-write',
  body: { type: 'application/json', schema: newUnification, limit: 64 * 1024 * 1024 },
  answers: { 202: { description: 'The unification that is being matched', schema: unification, etag: true } },
  async handle({ services, origin, body }) {
    const { crm, erp, directory, unknown, systems, sources } = body;
    const record = await startUnification(services, origin, {
      systems,
      sources,
      unknown,
      files: {
        crm: fileFrom('crm', crm),
        erp: fileFrom('erp', erp),
        ...(directory === undefined ? {} : { directory: fileFrom('directory', directory) }),
      },
    });
    try {
      await requestMatch(services, origin, record);
    } catch (fault) {
      await removeUnification(services, origin, record.id);
      throw fault;
    }
    return underWay(services, record.id);
  },
});

const get = route({
  method: 'GET',
  path: '/unify/{id}',
  summary: 'Show one unification and how far it is',
  permission: 'hub:people-read',
  find: findUnification,
  answers: { 200: { description: 'The unification', schema: unification, etag: true } },
  handle: async ({ services, item }) => {
    const body = await shownUnification(services, item);
    return { status: 200, version: body.version, body };
  },
});

const bulk = named(
  'UnifyBulk',
  z.strictObject({
    reason: z.string().describe('Why, for the record'),
    kind: z.enum(['sure', 'alone']).optional(),
  }),
);

const accept = route({
  method: 'POST',
  path: '/unify/{id}/accept-sure',
  summary: 'Accept all sure proposals, or all rows that stand alone',
  description:
    'Answers at once; look at the unification until its `job` is `done`: it tells how many are accepted, and of how many something stands in the way (noted with each). Each is taken exactly once; what is left can be asked for again.',
  permission: 'hub:people-write',
  find: findUnification,
  body: {
    type: 'application/json',
    schema: bulk,
  },
  answers: { 202: { description: 'The unification with the job that accepts', schema: unification, etag: true } },
  async handle({ services, origin, item, body: { reason, kind } }) {
    await requestAccepting(services, origin, item.id, { reason, kind });
    return underWay(services, item.id);
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
