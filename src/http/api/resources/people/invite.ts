import { z } from 'zod';
import { requireReach } from '#actions/people/rights.ts';
import { sendLink } from '#actions/recovery/send.ts';
import { named } from '../../openapi/names.ts';
import { type Look, type Route, route } from '../../route.ts';
import { findPerson } from './view.ts';

const sent = named('LinkSent', z.object({ kind: z.enum(['invite', 'reset']) }));

const invite = route({
  method: 'POST',
  path: '/people/{id}/invite',
  summary: 'Mail a person a link to choose a password',
  description:
    'An invitation, or a reset where there is a password already. Links before it die. The mail goes out after the answer.',
  permission: 'hub:password-reset',
  departments: 'person',
  async find(look: Look) {
    const person = await findPerson(look);
    await requireReach(look.services, look.caller.origin, person);
    return person;
  },
  answers: { 202: { description: 'The mail is queued', schema: sent } },
  handle: async ({ services, origin, item }) => ({
    status: 202,
    body: { kind: await sendLink(services, origin, item.id) },
  }),
});

export const inviteRoutes: readonly Route[] = [invite];
