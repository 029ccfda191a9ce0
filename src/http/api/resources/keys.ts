import { z } from 'zod';
import { listKeys } from '#actions/keys/list.ts';
import { retireLeakedKey, rotateKeys } from '#actions/keys/rotate.ts';
import { named } from '../openapi/names.ts';
import { type Route, route } from '../route.ts';
import { listOf, listQuery, pageOf } from './list.ts';
import { iso } from './shared.ts';

const key = named(
  'Key',
  z.object({
    id: z.string().describe('The kid'),
    alg: z.enum(['ES256', 'RS256']),
    state: z.enum(['next', 'active', 'retired']),
    createdAt: z.string(),
    readyAt: z.string().describe('Of a next key: from when it may sign').optional(),
    activatedAt: z.string().optional(),
    leavesAt: z.string().describe('When it leaves the JWKS').optional(),
    leakedAt: z.string().describe('When it was taken out of use, because somebody else had it').optional(),
  }),
);

const list = route({
  method: 'GET',
  path: '/keys',
  summary: 'List the signing keys',
  permission: 'hub:keys-read',
  query: z.strictObject(listQuery(['createdAt'])),
  answers: { 200: { description: 'Public facts of the keys, oldest first', schema: pageOf('KeyPage', key) } },
  async handle({ services, query }) {
    const shown = (await listKeys(services)).map(
      ({ createdAt, readyAt, activatedAt, leavesAt, leakedAt, ...rest }) => ({
        ...rest,
        createdAt: iso(createdAt),
        ...(readyAt === undefined ? {} : { readyAt: iso(readyAt) }),
        ...(activatedAt === undefined ? {} : { activatedAt: iso(activatedAt) }),
        ...(leakedAt === undefined ? {} : { leakedAt: iso(leakedAt) }),
        ...(leavesAt === undefined ? {} : { leavesAt: iso(leavesAt) }),
      }),
    );
    return { status: 200, body: listOf(shown, query) };
  },
});

const rotation = named(
  'Rotation',
  z.strictObject({
    now: z
      .boolean()
      .describe(
        'The new key signs at once: for a key that leaked. Systems may refuse its tokens until they fetch the keys again',
      )
      .optional(),
    leaked: z
      .string()
      .describe(
        'The kid of a key that somebody else has: it leaves the JWKS at once, and what it signed counts no more',
      )
      .optional(),
  }),
);
const rotated = named(
  'Rotated',
  z.object({ created: z.array(z.string()), activated: z.array(z.string()), retired: z.array(z.string()) }),
);

const rotate = route({
  method: 'POST',
  path: '/keys/rotate',
  summary: 'Rotate the signing keys',
  description:
    'Moves the keys of each algorithm one step; what retires stays published until nothing it signed is alive. A next key signs once it has been published for ten minutes (`readyAt`); before, the answer is 409 `too-early`.',
  permission: 'hub:keys-write',
  fresh: true,
  body: { type: 'application/json', schema: rotation, optional: true },
  answers: { 200: { description: 'The kids that were made, activated and retired', schema: rotated } },
  async handle({ services, origin, body }) {
    if (body.leaked !== undefined) return { status: 200, body: await retireLeakedKey(services, origin, body.leaked) };
    return { status: 200, body: await rotateKeys(services, origin, body.now === true ? { now: true } : {}) };
  },
});

export const keyRoutes: readonly Route[] = [list, rotate];
