import express, { type Express } from 'express';
import type { Feature, HttpDeps } from './deps.ts';
import { compressed } from './middleware/compression.ts';
import { sameOrigin } from './middleware/csrf.ts';
import { errorPage, notFound } from './middleware/errors.ts';
import { readFlash } from './middleware/flash.ts';
import { ownHost } from './middleware/host.ts';
import { locale } from './middleware/locale.ts';
import { requestContext } from './middleware/request-id.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { createViews, type Views } from './render/views.ts';

export interface AppParts extends Omit<HttpDeps, 'views'> {
  readonly views?: Views;
  /** For programs (REST): mounted before whatever is meant for browsers, since they answer and read bodies by rules of their own. */
  readonly programs?: readonly Feature[];
  /** Mounted in this order, before "not found". */
  readonly features: readonly Feature[];
}

/** Forms of the hub are small; bigger bodies belong to routes that say so themselves. */
const formLimit = '64kb';

/**
 * The Express app for everything that is not a protocol endpoint. Order matters: an id first, then headers that every
 * answer carries, then what may refuse, then the features, then the end of the road.
 */
export function createApp({ services, oidc, views = createViews(), programs = [], features }: AppParts): Express {
  const { settings } = services;
  const deps: HttpDeps = { services, oidc, views };
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', settings.trustProxy);
  app.set('query parser', 'simple');

  app.use(requestContext(deps), ...securityHeaders(settings.issuer), ownHost(settings.issuer));
  app.use(compressed);
  for (const program of programs) program(app, deps);
  app.use(views.assets.middleware);
  app.use(locale, sameOrigin);
  app.use(express.urlencoded({ extended: false, limit: formLimit, parameterLimit: 200 }), readFlash);
  for (const feature of features) feature(app, deps);
  app.use(notFound, errorPage);
  return app;
}
