import type { IncomingMessage } from 'node:http';
import type { Services } from '#actions/services.ts';
import type { Origin } from '#domain/audit/event.ts';
import { clientAddress } from '#platform/client-address.ts';
import { requestId } from '#platform/request-id.ts';

/** Whence a protocol request comes; the actor becomes known when the client or the person is. */
export function originOf(services: Services, req: IncomingMessage): Origin {
  const ip = clientAddress(req, services.settings.trustProxy);
  const agent = req.headers['user-agent']?.slice(0, 400);
  return {
    actor: { kind: 'hub' },
    request: requestId(req),
    ...(ip === undefined ? {} : { ip }),
    ...(agent === undefined ? {} : { agent }),
  };
}
