import { z } from 'zod';
import { leavingProof } from '#actions/people/leaving.ts';
import { named } from '../../openapi/names.ts';
import { type Route, route } from '../../route.ts';
import { given, iso } from '../shared.ts';
import { findPerson } from './view.ts';

const proof = named(
  'LeavingProof',
  z.object({
    disabledAt: z.string().optional(),
    by: z.string().optional(),
    sessions: z.int().describe('Alive now; refresh tokens and grants end with them'),
    rememberedDevices: z.int(),
    offlineUntil: z.string().describe('Until then a system that checks offline may still take a token').optional(),
    systems: z.array(
      z.object({
        system: z.string(),
        login: z.string().optional(),
        told: z.enum(['delivered', 'waiting', 'failed', 'cannot-be-told', 'not-entered']),
        at: z.string().optional(),
        error: z.string().optional(),
        closeAt: z.string().describe('Where an account is left to be closed by hand').optional(),
      }),
    ),
  }),
);

const maybe = (at: number | undefined) => (at === undefined ? undefined : iso(at));

const get = route({
  method: 'GET',
  path: '/people/{id}/leaving',
  summary: 'Prove, system by system, that a person is out',
  permission: 'hub:people-read',
  departments: 'person',
  find: findPerson,
  answers: { 200: { description: 'What is ended, what was told to whom, what is left to do by hand', schema: proof } },
  async handle({ services, item }) {
    const { disabledAt, offlineUntil, systems, ...rest } = await leavingProof(services, item);
    const shown = systems.map(({ at, ...one }) => given({ ...one, at: maybe(at) }));
    const body = given({ ...rest, disabledAt: maybe(disabledAt), offlineUntil: maybe(offlineUntil), systems: shown });
    return { status: 200, body };
  },
});

export const leavingRoutes: readonly Route[] = [get];
