import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Express } from 'express';
import type { Services } from '#actions/services.ts';
import { requestId } from '#platform/request-id.ts';
import type { TurnAway } from './flood.ts';
import { isOurHost } from './middleware/host.ts';

/** What the handler needs of the provider room. */
export interface ProtocolEndpoints {
  isOidcPath(path: string): boolean;
  handle(req: IncomingMessage, res: ServerResponse): void;
}

/**
 * What the HTTP server is given. Protocol endpoints are hot (discovery, token, introspection, userinfo), so they go straight
 * to the provider; everything else goes through the app. A foreign host reaches neither.
 */
export function createHandler(
  services: Services,
  oidc: ProtocolEndpoints,
  app: Express,
  turnAway: TurnAway,
): RequestListener {
  const { issuer } = services.settings;
  return (req, res) => {
    const path = (req.url ?? '/').split('?', 1)[0] ?? '/';
    const ours = isOurHost(issuer, req.headers.host, path);
    if (ours && turnAway(req, res, path)) return;
    if (!ours || !oidc.isOidcPath(path)) {
      app(req, res);
      return;
    }
    res.setHeader('X-Request-Id', requestId(req));
    res.setHeader('X-Content-Type-Options', 'nosniff');
    oidc.handle(req, res);
  };
}
