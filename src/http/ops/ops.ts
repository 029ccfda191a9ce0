import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopback } from '#domain/systems/addresses.ts';
import { discoveryPaths, paths } from '#oidc/paths.ts';
import type { Logger } from '#platform/log.ts';
import { requestId } from '#platform/request-id.ts';
import type { Metrics } from './metrics.ts';
import type { Readiness } from './readiness.ts';
import { loggedPath, pathOf, routeLabel } from './route.ts';

interface OpsParts {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  /** Bearer token for /metrics from beyond loopback. */
  readonly metricsToken: string | undefined;
  readonly isProtocol: (path: string) => boolean;
}

export interface Ops {
  /** Counts and logs the request once it is answered. */
  observe(request: IncomingMessage, response: ServerResponse): void;
  /** Answers /healthz, /readyz and /metrics. @returns whether it was one of them. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
}

export function createOps(parts: OpsParts): Ops {
  const answers: Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>> = {
    '/healthz': async (_, response) => json(response, 200, { alive: true }),
    '/readyz': async (_, response) => {
      const reasons = await parts.readiness.reasons();
      if (reasons.length > 0) response.setHeader('retry-after', '1');
      json(response, reasons.length === 0 ? 200 : 503, { ready: reasons.length === 0, reasons });
    },
    '/metrics': async (request, response) => {
      const refusal = metricsRefusal(request, parts.metricsToken);
      if (refusal !== undefined) {
        if (refusal === 401) response.setHeader('www-authenticate', 'Bearer realm="metrics"');
        return json(response, refusal, { reason: 'from this machine, or with the bearer token of metrics.token' });
      }
      const { type, body } = await parts.metrics.text();
      response.writeHead(200, { ...common, 'content-type': type }).end(body);
    },
  };
  return {
    observe(request, response) {
      const start = performance.now();
      const id = requestId(request);
      const path = loggedPath(request);
      response.setHeader('x-request-id', id);
      response.once('close', () => {
        const ms = Math.round((performance.now() - start) * 10) / 10;
        const status = response.headersSent ? response.statusCode : 499;
        const route = Object.hasOwn(answers, path) ? path : routeLabel(request, parts.isProtocol);
        parts.metrics.request(route, knownMethod(request.method), status, ms / 1000);
        const quiet = Object.hasOwn(answers, path) || (isPublic(path) && status < 400);
        const level = quiet ? 'debug' : status >= 500 ? 'error' : 'info';
        parts.log[level]({ request: id, method: request.method, path, status, ms }, 'request');
      });
    },
    handle(request, response) {
      const path = pathOf(request);
      const answer = Object.hasOwn(answers, path) ? answers[path] : undefined;
      if (answer === undefined) return false;
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('allow', 'GET, HEAD');
        json(response, 405, { reason: 'GET or HEAD' });
        return true;
      }
      answer(request, response).catch((error: unknown) => {
        parts.log.error({ request: requestId(request), err: error }, 'health answer failed');
        if (!response.headersSent) json(response, 500, { reason: 'internal' });
      });
      return true;
    },
  };
}

const common = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { ...common, 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

/** Discovery and keys: the same for everybody, asked for all the time; a line for each tells nothing. */
function isPublic(path: string): boolean {
  return path === paths.jwks || discoveryPaths.includes(path);
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
function knownMethod(method: string | undefined): string {
  return method !== undefined && methods.has(method) ? method : 'OTHER';
}

/** A proxy on the same machine makes everybody loopback; the header that it adds gives that away. */
function metricsRefusal(request: IncomingMessage, token: string | undefined): 401 | 403 | undefined {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const forwarded = request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined;
  if (isLoopback(peer) && !forwarded) return undefined;
  if (token === undefined) return 403;
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined) return 401;
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(given), digest(token)) ? undefined : 401;
}
