import { isIP } from 'node:net';
import type { Request, Response } from 'express';
import type { Actor, Origin } from '#domain/audit/event.ts';
import { context } from '#http/context.ts';

/** The client's address, headers of trusted proxies only; one that is no address counts as the proxy's own. */
export function clientAddress(req: Request): string | undefined {
  return req.ip !== undefined && isIP(req.ip) !== 0 ? req.ip : req.socket.remoteAddress;
}

/** From whom and whence this request comes; the actor is who is signed in, else the hub itself. */
export function originOf(req: Request, res: Response): Origin {
  const { requestId, viewer } = context(res);
  const actor: Actor = viewer === undefined ? { kind: 'hub' } : { kind: 'person', id: viewer.person.id };
  const ip = clientAddress(req);
  const agent = req.get('user-agent')?.slice(0, 400);
  return {
    actor,
    request: requestId,
    ...(viewer === undefined ? {} : { session: viewer.session }),
    ...(ip === undefined ? {} : { ip }),
    ...(agent === undefined ? {} : { agent }),
  };
}
