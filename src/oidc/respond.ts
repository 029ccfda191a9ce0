import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { sendTogether } from '#platform/send-together.ts';

/**
 * Sends what the library left in its context. Its bodies are text or JSON, never streams.
 * @param committed answers that waited for one commit leave one after the other as it is
 */
export function respond(ctx: KoaContextWithOIDC, committed: boolean): void {
  const { res } = ctx;
  const send = committed ? sendNow : sendTogether;
  const body: unknown = ctx.body;
  if (ctx.status === 204 || ctx.status === 304 || body === undefined || body === null) {
    res.removeHeader('Content-Type');
    if (ctx.status !== 204 && ctx.status !== 304) res.setHeader('Content-Length', 0);
    send(res);
    return;
  }
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  res.setHeader('Content-Length', Buffer.byteLength(bytes));
  send(res, ctx.method === 'HEAD' ? undefined : bytes);
}

/** Takes back every header that an attempt has set, so that another answer can be given. */
export function clearHeaders(res: ServerResponse, keep: OutgoingHttpHeaders): void {
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  for (const [name, value] of Object.entries(keep)) if (value !== undefined) res.setHeader(name, value);
}

export function sendJson(
  res: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const bytes = JSON.stringify(body);
  res.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(bytes),
    'Cache-Control': 'no-store',
    ...headers,
  });
  res.end(bytes);
}

export function redirect(res: ServerResponse, location: string): void {
  res.writeHead(303, { Location: location, 'Content-Length': 0, 'Cache-Control': 'no-store' });
  res.end();
}

function sendNow(res: ServerResponse, body?: string | Buffer): void {
  res.end(body);
}
