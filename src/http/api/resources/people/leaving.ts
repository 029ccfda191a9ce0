import { z } from 'zod';
import { changePerson } from '#actions/people/change.ts';
import { leavePerson } from '#actions/people/leave.ts';
import { leavingProof } from '#actions/people/leaving.ts';
import { named } from '../../openapi/names.ts';
import { type Route, route } from '../../route.ts';
import { given, iso } from '../shared.ts';
import { findPerson, findReachable, person as personView, shown } from './view.ts';

const proof = named(
  'LeavingProof',
  z.object({
    disabledAt: z.string().optional(),
    lastDay: z.string().describe('YYYY-MM-DD, in the time zone of the company').optional(),
    leavesAt: z.string().describe('The end of the last day of somebody active').optional(),
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
        account: z
          .object({
            state: z.enum(['disabled', 'waiting', 'active', 'none', 'by-hand']),
            at: z.string().describe('When it was read in the product').optional(),
            error: z.string().optional(),
          })
          .describe('What became of the account in the product; by-hand: no connector may close it'),
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
    const { disabledAt, leavesAt, offlineUntil, systems, ...rest } = await leavingProof(services, item);
    const told = systems.map(({ at, account, ...one }) => {
      const read = { ...account, at: maybe(account.at) };
      return given({ ...one, at: maybe(at), account: given(read) });
    });
    const times = { disabledAt: maybe(disabledAt), leavesAt: maybe(leavesAt), offlineUntil: maybe(offlineUntil) };
    const body = given({ ...rest, ...times, systems: told });
    return { status: 200, body };
  },
});

const leave = route({
  method: 'POST',
  path: '/people/{id}/leave',
  summary: 'Take a person out of everything, at once or after their last day',
  description:
    'At once: the account is disabled, sessions, tokens and remembered devices end, systems are told, roles given singly and open requests end. With `on` the same happens at the end of that day; PATCH of `lastDay` to null takes it back.',
  permission: 'hub:people-write',
  departments: 'person',
  find: findReachable,
  body: {
    type: 'application/json',
    optional: true,
    schema: named(
      'Leave',
      z.strictObject({
        on: z.string().max(10).describe('Last day, YYYY-MM-DD in the time zone of the company').optional(),
        reason: z.string().max(500).describe('Why, for the record').optional(),
      }),
    ),
  },
  answers: { 200: { description: 'The person as they are now', schema: personView, etag: true } },
  async handle({ services, origin, item, body: { on, reason }, ifVersion }) {
    const options = given({ ifVersion, reason });
    const left =
      on === undefined
        ? await leavePerson(services, origin, item.id, options)
        : await changePerson(services, origin, item.id, { lastDay: on }, options);
    return { status: 200, version: left.version, body: shown(left) };
  },
});

export const leavingRoutes: readonly Route[] = [get, leave];
