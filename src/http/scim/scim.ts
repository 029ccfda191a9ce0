import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import { recordRefusal } from '#actions/audit/refused.ts';
import { clientByToken, scimClient } from '#actions/scim/tokens.ts';
import type { Services } from '#actions/services.ts';
import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { ScimError } from '#domain/scim/error.ts';
import { parseJson } from '#http/api/guard/json.ts';
import { pairsOf } from '#http/api/guard/query.ts';
import { readBounded } from '#http/bounded.ts';
import { context } from '#http/context.ts';
import type { Feature } from '#http/deps.ts';
import type { Oidc } from '#oidc/oidc.ts';
import { clientAddress } from '#platform/client-address.ts';
import { errorBody, type ScimAnswer, scimErrorOf } from '#scim/answer.ts';
import { mostBodyBytes } from '#scim/discovery.ts';
import { answerScim } from '#scim/server.ts';

/** Mounts the SCIM server under /scim/v2. */
export function scimFeature(bearer: Oidc['bearer']): Feature {
  return (app, { services }) => {
    app.use('/scim/v2', (req, res) => {
      serve(services, bearer, req, res).catch((fault: unknown) => {
        const error = scimErrorOf(fault);
        if (error === undefined) services.log.error({ err: fault, request: context(res).requestId }, 'scim fault');
        const shown = error ?? new ScimError(500, 'Something went wrong in the hub');
        send(res, { status: shown.status, body: errorBody(shown) });
      });
    });
  };
}

async function serve(services: Services, bearer: Oidc['bearer'], req: Request, res: Response): Promise<void> {
  res.setHeader('cache-control', 'no-store');
  const client = await clientOf(services, bearer, req, res);
  if (client === undefined) return;
  const [path = '/', search = ''] = splitUrl(req.url);
  const { method } = req;
  const request = {
    client: scimClient(services, client),
    origin: originOf(services, client, req, res),
    // HEAD is GET without its body (RFC 9110, 9.3.2).
    method: method === 'HEAD' ? 'GET' : method,
    path,
    query: queryOf(search),
    ifMatch: req.get('if-match'),
    ifNoneMatch: req.get('if-none-match'),
  };
  send(res, await answerScim(services, request, () => bodyOf(req)), method === 'HEAD');
}

/** The client that the bearer token names; else it is answered 401, or 403 for a token without the scope. */
async function clientOf(
  services: Services,
  bearer: Oidc['bearer'],
  req: Request,
  res: Response,
): Promise<string | undefined> {
  const [scheme = '', token = ''] = (req.headers.authorization ?? '').split(' ');
  const kept = scheme.toLowerCase() === 'bearer' ? await clientByToken(services, token) : undefined;
  if (kept !== undefined) return kept;
  const found = await bearer(req);
  if (found?.scopes.includes('hub:scim')) return found.client;
  const error =
    found === undefined
      ? new ScimError(401, 'Send a bearer token of scope hub:scim that has not ended')
      : new ScimError(403, 'The token lacks the scope hub:scim');
  const why = found === undefined ? 'invalid_token' : 'insufficient_scope", scope="hub:scim';
  res.setHeader(
    'www-authenticate',
    `Bearer realm="gatehouse"${req.headers.authorization === undefined ? '' : `, error="${why}"`}`,
  );
  if (found !== undefined) {
    const refusal = { error: 'insufficient_scope', endpoint: `${req.method} /scim/v2`, system: found.client };
    await recordRefusal(services, originOf(services, found.client, req, res), refusal);
  }
  send(res, { status: error.status, body: errorBody(error) });
  return undefined;
}

function originOf({ settings }: Services, client: string, req: Request, res: Response): Origin {
  const ip = clientAddress(req, settings.trustProxy);
  const agent = req.get('user-agent')?.slice(0, 400);
  return {
    actor: { kind: 'system', id: client },
    request: context(res).requestId,
    ...(ip === undefined ? {} : { ip }),
    ...(agent === undefined ? {} : { agent }),
  };
}

function splitUrl(url: string): [string, string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at)];
}

function queryOf(search: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const [key, value] of pairsOf(search)) {
    if (query.has(key)) throw new HubError('bad-request', `${key.slice(0, 100)} may stand in the query once`);
    query.set(key, value);
  }
  return query;
}

const types = ['application/scim+json', 'application/json'];

/** @throws HubError unsupported-type, too-large, bad-request */
async function bodyOf(req: IncomingMessage): Promise<unknown> {
  if (!['POST', 'PUT', 'PATCH'].includes(req.method ?? '')) return undefined;
  const [type = ''] = (req.headers['content-type'] ?? '').split(';');
  if (!types.includes(type.trim().toLowerCase()) || (req.headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new ScimError(415, 'Send application/scim+json in UTF-8, not compressed');
  const bytes = await readBounded(req, mostBodyBytes, `At most ${mostBodyBytes} bytes`);
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    if (cause instanceof HubError)
      throw new ScimError(400, cause.faults[0]?.message ?? cause.message, 'invalidSyntax', { cause });
    throw new ScimError(400, 'The body is not UTF-8', 'invalidSyntax', { cause });
  }
}

function send(res: ServerResponse, { status, body, headers = {} }: ScimAnswer, bodiless = false): void {
  res.statusCode = status;
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  if (body === undefined) {
    res.end();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(body));
  res.setHeader('content-type', 'application/scim+json; charset=utf-8');
  res.setHeader('content-length', bytes.length);
  res.end(bodiless ? undefined : bytes);
}
