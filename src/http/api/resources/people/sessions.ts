import { z } from 'zod';
import { endSession, endSessions } from '#actions/sessions/end.ts';
import { listSessions, type SessionView } from '#actions/sessions/list.ts';
import { HubError } from '#domain/errors.ts';
import { named } from '../../openapi/names.ts';
import { type Look, type Route, route } from '../../route.ts';
import { listOf, listQuery, pageOf } from '../list.ts';
import { iso } from '../shared.ts';
import { findPerson, findReachable } from './view.ts';

const session = named(
  'Session',
  z.object({
    id: z.string().describe('The public id, never the cookie'),
    person: z.string(),
    startedAt: z.string(),
    seenAt: z.string(),
    endsAt: z.string(),
    ip: z.string().optional(),
    agent: z.string().optional(),
    systems: z.array(z.string()).describe('Systems entered'),
  }),
);

function shown(view: SessionView) {
  return { ...view, startedAt: iso(view.startedAt), seenAt: iso(view.seenAt), endsAt: iso(view.endsAt) };
}

const list = route({
  method: 'GET',
  path: '/people/{id}/sessions',
  summary: 'List the sessions of a person',
  permission: 'hub:people-read',
  departments: 'person',
  find: findPerson,
  query: z.strictObject(listQuery(['startedAt', 'seenAt'], '-startedAt')),
  answers: { 200: { description: 'A page of live sessions, newest first', schema: pageOf('SessionPage', session) } },
  async handle({ services, item, query }) {
    return { status: 200, body: listOf((await listSessions(services, item.id)).map(shown), query) };
  },
});

const endAll = route({
  method: 'DELETE',
  path: '/people/{id}/sessions',
  summary: 'End all sessions of a person',
  description: 'Grants and tokens die with them; every system entered is told.',
  permission: 'hub:sessions-end',
  departments: 'person',
  find: findReachable,
  answers: { 204: { description: 'None is left' } },
  async handle({ services, origin, item }) {
    await endSessions(services, origin, item.id, 'admin');
    return { status: 204 };
  },
});

const endOne = route({
  method: 'DELETE',
  path: '/people/{id}/sessions/{session}',
  summary: 'End one session of a person',
  permission: 'hub:sessions-end',
  departments: 'person',
  async find(look: Look) {
    const person = await findReachable(look);
    const all = await listSessions(look.services, person.id);
    const one = all.find(({ id }) => id === look.params.session);
    if (one === undefined) throw new HubError('not-found');
    return one;
  },
  answers: { 204: { description: 'Ended' } },
  async handle({ services, origin, item }) {
    await endSession(services, origin, item.person, item.id, 'admin');
    return { status: 204 };
  },
});

export const sessionRoutes: readonly Route[] = [list, endAll, endOne];
