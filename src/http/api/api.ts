import type { IncomingMessage } from 'node:http';
import type { Request, Response } from 'express';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import type { Feature, HttpDeps } from '#http/deps.ts';
import { csrf, csrfToken } from '#http/middleware/csrf.ts';
import { asHubError } from '#http/middleware/errors.ts';
import { localeOf } from '#http/middleware/locale.ts';
import { clientAddress } from '#platform/client-address.ts';
import { sendDocsFile, sendDocsPage } from './docs/docs.ts';
import type { Doors } from './guard/caller.ts';
import { createGuard } from './guard/guard.ts';
import { openApiDocument } from './openapi/document.ts';
import { sendProblem } from './problem.ts';
import { apiRoutes } from './routes.ts';

/** Mounts the REST API, its description and its reference page under /api/v1. */
export function apiFeature(bearer: Doors['bearer']): Feature {
  return (app, deps) => {
    const guard = createGuard(deps.services, doorsOf(deps, bearer), apiRoutes);
    const description = JSON.stringify(openApiDocument(apiRoutes, deps.services.settings.issuer));
    const serve = async (req: Request, res: Response): Promise<void> => {
      const [path = '', search = ''] = splitUrl(req.url);
      const reads = req.method === 'GET' || req.method === 'HEAD';
      if (reads && path === '/openapi.json') {
        res.setHeader('content-type', 'application/json; charset=utf-8');
        res.end(description);
      } else if (reads && path === '/docs') sendDocsPage(res, csrfToken(req, res));
      else if (reads && path.startsWith('/docs/')) {
        if (!(await sendDocsFile(res, path.slice('/docs/'.length)))) throw new HubError('not-found');
      } else await guard(req, res, path, search);
    };
    app.use('/api/v1', (req, res) => {
      serve(req, res).catch((fault: unknown) => sendProblem(res, asHubError(fault), context(res).requestId));
    });
  };
}

/** The session, its CSRF token and the request's id and origin as the pages know them. */
function doorsOf({ oidc }: HttpDeps, bearer: Doors['bearer']): Doors {
  return {
    bearer,
    signedIn: async (req, res) => {
      const session = await oidc.signedIn(req, res);
      return session === undefined ? undefined : { ...session, authTime: session.authTime * 1000 };
    },
    csrfHolds: (req, res) => {
      let refused: unknown;
      csrf(req as Request, res as Response, (fault?: unknown) => {
        refused = fault;
      });
      return refused === undefined;
    },
    whence: (req, res) => whence(req as Request, res as Response),
  };
}

function whence(req: Request, res: Response): ReturnType<Doors['whence']> {
  const ip = clientAddress(req, context(res).deps.services.settings.trustProxy);
  const agent = req.get('user-agent')?.slice(0, 400);
  return {
    request: context(res).requestId,
    locale: localeOf(req, context(res).deps.services.settings.issuer),
    ...(ip === undefined ? {} : { ip }),
    ...(agent === undefined ? {} : { agent }),
  };
}

function splitUrl(url: IncomingMessage['url'] = ''): [string, string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at)];
}
