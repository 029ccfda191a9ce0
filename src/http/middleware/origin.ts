import type { Request, Response } from 'express';
import type { Actor, Origin } from '#domain/audit/event.ts';
import { context } from '#http/context.ts';
import { clientAddress } from '#platform/client-address.ts';

/** From whom and whence this request comes; the actor is who is signed in, else the hub itself. */
export function originOf(req: Request, res: Response): Origin {
  const { deps, requestId, viewer, texts, within } = context(res);
  const actor: Actor = viewer === undefined ? { kind: 'hub' } : { kind: 'person', id: viewer.person.id };
  const ip = clientAddress(req, deps.services.settings.trustProxy);
  const agent = req.get('user-agent')?.slice(0, 400);
  return {
    actor,
    request: requestId,
    locale: texts.locale,
    ...(viewer === undefined ? {} : { session: viewer.session }),
    ...(ip === undefined ? {} : { ip }),
    ...(agent === undefined ? {} : { agent }),
    ...(within === undefined ? {} : { within }),
  };
}
