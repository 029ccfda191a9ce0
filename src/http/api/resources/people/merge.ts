import { z } from 'zod';
import { everyRecord } from '#actions/access/reading.ts';
import { areHubRoles, mergePeople } from '#actions/people/merge/merge.ts';
import { unmergePeople } from '#actions/people/merge/unmerge.ts';
import { HubError } from '#domain/errors.ts';
import { textFields } from '#domain/people/fields.ts';
import { merges } from '#storage/collections.ts';
import { requireFresh } from '../../guard/authorize.ts';
import { named } from '../../openapi/names.ts';
import { type Look, type Route, route } from '../../route.ts';
import { listOf, listQuery, pageOf } from '../list.ts';
import { undoing } from '../unify/proposals.ts';
import { merge, shownMerge } from '../unify/shapes.ts';
import { findPerson } from './view.ts';

const newMerge = named(
  'NewMerge',
  z.strictObject({
    other: z.string().max(100).describe('The account that goes: it is disabled and its sessions end'),
    take: z
      .array(z.enum(textFields))
      .describe("Fields of which the other's value is taken; what is missing is taken anyway")
      .optional(),
    roles: z
      .array(z.string().max(100))
      .max(200)
      .describe('Roles given singly to the other (ids) that come along')
      .optional(),
    reason: z.string().describe('Why, for the record'),
  }),
);

const join = route({
  method: 'POST',
  path: '/people/{id}/merge',
  summary: 'Make two accounts of one person one',
  description: 'Links move with their `sub`, save in systems where this account has one of its own. Can be undone.',
  permission: 'hub:people-write',
  find: findPerson,
  body: { type: 'application/json', schema: newMerge },
  answers: { 200: { description: 'The merge', schema: merge } },
  async handle({ services, caller, origin, item, ifVersion, body }) {
    if (await areHubRoles(services, body.other, body.roles ?? [])) await requireFresh(services, caller);
    return { status: 200, body: shownMerge(await mergePeople(services, origin, item.id, { ...body, ifVersion })) };
  },
});

const list = route({
  method: 'GET',
  path: '/people/{id}/merges',
  summary: 'List the merges of an account',
  permission: 'hub:people-read',
  find: findPerson,
  query: z.strictObject(listQuery(['at'])),
  answers: { 200: { description: 'A page of merges', schema: pageOf('MergePage', merge) } },
  async handle({ services: { store }, item, query }) {
    const all = [
      ...(await Array.fromAsync(everyRecord(store, merges, { where: { survivor: item.id } }))),
      ...(await Array.fromAsync(everyRecord(store, merges, { where: { gone: item.id } }))),
    ];
    return { status: 200, body: listOf(all.map(shownMerge), query) };
  },
});

async function findMerge(look: Look) {
  const person = await findPerson(look);
  const record = await look.services.store.get(merges, look.params.merge ?? '');
  if (record === undefined || ![record.survivor, record.gone].includes(person.id)) throw new HubError('not-found');
  return record;
}

const undo = route({
  method: 'POST',
  path: '/people/{id}/merges/{merge}/undo',
  summary: 'Take a merge back',
  description: 'Links and roles that moved go back, and fields that have not changed since.',
  permission: 'hub:people-write',
  find: findMerge,
  body: {
    type: 'application/json',
    schema: undoing,
    optional: true,
  },
  answers: { 200: { description: 'The merge as undone', schema: merge } },
  async handle({ services, caller, origin, item, ifVersion, body }) {
    if (await areHubRoles(services, item.survivor, item.assignments)) await requireFresh(services, caller);
    return {
      status: 200,
      body: shownMerge(await unmergePeople(services, origin, item.id, { reason: body.reason, ifVersion })),
    };
  },
});

export const mergeRoutes: readonly Route[] = [join, list, undo];
