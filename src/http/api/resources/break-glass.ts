import { z } from 'zod';
import { type GlassUse, glassStatus } from '#actions/break-glass/codes.ts';
import { acknowledgeGlassUse } from '#actions/break-glass/use.ts';
import { HubError } from '#domain/errors.ts';
import { breakGlassUses } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import { type Look, type Route, route } from '../route.ts';
import { given, iso } from './shared.ts';

const use = z.object({
  id: z.string(),
  at: z.string(),
  state: z.enum(['open', 'acknowledged']),
  by: z.string().optional(),
  acknowledgedAt: z.string().optional(),
  reason: z.string().optional(),
});
const status = named(
  'BreakGlass',
  z.object({
    enabled: z.boolean(),
    codesLeft: z.int(),
    printedAt: z.string().optional(),
    uses: z.array(use).describe('Newest first; `open` until an owner said why'),
  }),
);

function shown({ at, acknowledgedAt, ...rest }: GlassUse) {
  return given({ ...rest, at: iso(at), acknowledgedAt: acknowledgedAt && iso(acknowledgedAt) });
}

const show = route({
  method: 'GET',
  path: '/break-glass',
  summary: 'Show the state of the sealed account',
  description:
    'How many codes are left and when one was used. The codes themselves are printed by the command line, once.',
  permission: 'hub:keys-read',
  answers: { 200: { description: 'The state', schema: status } },
  async handle({ services }) {
    const { enabled, codesLeft, printedAt, uses } = await glassStatus(services);
    return {
      status: 200,
      body: given({ enabled, codesLeft, printedAt: printedAt && iso(printedAt), uses: uses.map(shown) }),
    };
  },
});

const acknowledge = route({
  method: 'POST',
  path: '/break-glass/uses/{use}/acknowledge',
  summary: 'Say why the sealed account was used',
  permission: 'hub:hub-roles-assign',
  async find({ services, params }: Look) {
    const found = await services.store.get(breakGlassUses, params.use ?? '');
    if (found === undefined) throw new HubError('not-found');
    return { use: found.id };
  },
  body: {
    type: 'application/json',
    schema: named('Acknowledgement', z.strictObject({ reason: z.string().min(1).max(500) })),
  },
  answers: { 204: { description: 'On record; the banner is gone when no other use is open' } },
  async handle({ services, origin, item, body }) {
    await acknowledgeGlassUse(services, origin, item.use, body.reason);
    return { status: 204 };
  },
});

export const breakGlassRoutes: readonly Route[] = [show, acknowledge];
