import { z } from 'zod';
import { decideProposal } from '#actions/unify/decide.ts';
import { undoProposal } from '#actions/unify/undo.ts';
import { HubError } from '#domain/errors.ts';
import { proposals } from '#storage/collections.ts';
import { named } from '../../openapi/names.ts';
import { type Look, type Route, route } from '../../route.ts';
import { cursor, limit, pageOf } from '../list.ts';
import { proposal, shownProposal } from './shapes.ts';
import { findUnification } from './unify.ts';

/** Through its unification: another one's proposal is not here. */
async function find(look: Look) {
  const record = await findUnification(look);
  const one = await look.services.store.get(proposals, look.params.proposal ?? '');
  if (one === undefined || one.unification !== record.id) throw new HubError('not-found');
  return one;
}

const list = route({
  method: 'GET',
  path: '/unify/{id}/proposals',
  summary: 'List what a unification proposes',
  permission: 'hub:people-read',
  find: findUnification,
  query: z.strictObject({
    kind: z.enum(['sure', 'doubt', 'alone', 'aside']).describe('doubt by default: the review queue').optional(),
    state: z.enum(['open', 'accepted', 'rejected', 'settled', 'undone']).optional(),
    limit,
    cursor,
  }),
  answers: {
    200: { description: 'A page of proposals, the likeliest first', schema: pageOf('UnifyProposalPage', proposal) },
  },
  async handle({ services, item, query: { kind = 'doubt', state, limit: most = 50, cursor: from } }) {
    const page = await services.store.find(proposals, {
      where: { unification: item.id, kind, ...(state === undefined ? {} : { state }) },
      limit: most,
      ...(from === undefined ? {} : { cursor: from }),
    });
    return { status: 200, body: { items: page.items.map(shownProposal), next: page.next } };
  },
});

const get = route({
  method: 'GET',
  path: '/unify/{id}/proposals/{proposal}',
  summary: 'Show one proposal',
  permission: 'hub:people-read',
  find,
  answers: { 200: { description: 'The proposal', schema: proposal, etag: true } },
  handle: async ({ item }) => ({ status: 200, version: item.version, body: shownProposal(item) }),
});

const reason = z.string().max(500).describe('Why, for the record').optional();

const decision = named('UnifyDecision', z.strictObject({ decision: z.enum(['same', 'different']), reason }));
export const undoing = named('Undoing', z.strictObject({ reason }));

const decide = route({
  method: 'POST',
  path: '/unify/{id}/proposals/{proposal}/decide',
  summary: 'Say whether rows are one person',
  description: 'A proposal is decided once. With If-Match only the version that was seen; decided meanwhile is 412.',
  permission: 'hub:people-write',
  find,
  body: {
    type: 'application/json',
    schema: decision,
  },
  answers: { 200: { description: 'The proposal as decided', schema: proposal, etag: true } },
  async handle({ services, origin, item, ifVersion, body }) {
    const told = { same: body.decision === 'same', reason: body.reason, ifVersion };
    const decided = await decideProposal(services, origin, item.unification, item.id, told);
    return { status: 200, version: decided.version, body: shownProposal(decided) };
  },
});

const undo = route({
  method: 'POST',
  path: '/unify/{id}/proposals/{proposal}/undo',
  summary: 'Take an accepted proposal apart again',
  description:
    'Links of the other rows move, with their `sub`, to accounts of their own; fields that changed since stay.',
  permission: 'hub:people-write',
  find,
  body: { type: 'application/json', schema: undoing, optional: true },
  answers: { 200: { description: 'The proposal as undone', schema: proposal, etag: true } },
  async handle({ services, origin, item, ifVersion, body }) {
    const undone = await undoProposal(services, origin, item.unification, item.id, { reason: body.reason, ifVersion });
    return { status: 200, version: undone.version, body: shownProposal(undone) };
  },
});

export const proposalRoutes: readonly Route[] = [list, get, decide, undo];
