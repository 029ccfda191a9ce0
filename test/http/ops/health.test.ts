/** Health, readiness and metrics over real HTTP: what a machine room sees while the hub serves, suffers and stops. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, test } from 'node:test';
import { pino } from 'pino';
import { createMetrics } from '#http/ops/metrics.ts';
import { createOps } from '#http/ops/ops.ts';
import { Readiness } from '#http/ops/readiness.ts';
import { startServer } from '#http/ops/server.ts';

const lines: Record<string, unknown>[] = [];
const log = pino(
  { level: 'debug' },
  { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) },
);
const limits = {
  signin: { perAccount: { count: 10, windowMs: 1 }, perNetwork: { count: 10, windowMs: 1 } },
  hash: { slots: 1, queue: 1 },
  headers: 10_000,
  request: 30_000,
  logout: { firstRetry: 1 },
};

const open: { close(): Promise<void> }[] = [];
after(() => Promise.all(open.map((server) => server.close())));

/** A server whose store answers as told, with one route that waits for its end to be asked for. */
async function serve(ping: () => Promise<void>, metricsToken?: string) {
  const readiness = new Readiness({ ping });
  const metrics = createMetrics(async () => 3);
  const ops = createOps({ log, metrics, readiness, metricsToken, isProtocol: (path) => path.startsWith('/token') });
  const slow = Promise.withResolvers<void>();
  const server = await startServer(
    { listen: { host: '127.0.0.1', port: 0 }, limits },
    readiness,
    (incoming, response) => {
      ops.observe(incoming, response);
      if (ops.handle(incoming, response)) return;
      if (incoming.url === '/slow') void slow.promise.then(() => response.end('done'));
      else response.end('page');
    },
  );
  const base = `http://127.0.0.1:${server.port}`;
  open.push(server);
  return { base, server, endSlow: slow.resolve };
}

test('alive and ready while the store answers', async () => {
  const { base } = await serve(async () => {});
  const alive = await fetch(`${base}/healthz`);
  assert.equal(alive.status, 200);
  assert.deepEqual(await alive.json(), { alive: true });
  const ready = await fetch(`${base}/readyz`);
  assert.equal(ready.status, 200);
  assert.deepEqual(await ready.json(), { ready: true, reasons: [] });
  assert.equal((await fetch(`${base}/readyz`, { method: 'HEAD' })).status, 200);
  assert.equal((await fetch(`${base}/healthz`, { method: 'POST' })).status, 405);
});

test('a store that refuses or never answers turns readiness red, not health; both recover without a restart', async () => {
  let ping = (): Promise<void> => new Promise(() => {});
  const { base } = await serve(() => ping());
  const red = await fetch(`${base}/readyz`);
  assert.equal(red.status, 503);
  assert.equal(red.headers.get('retry-after'), '1');
  assert.deepEqual(await red.json(), { ready: false, reasons: ['store: no answer within 750 ms'] });
  assert.equal((await fetch(`${base}/healthz`)).status, 200);
  ping = () => Promise.reject(new Error('disk of /srv/secret-place is full'));
  await settled();
  const refused = await (await fetch(`${base}/readyz`)).text();
  assert.match(refused, /cannot be read and written/);
  assert.doesNotMatch(refused, /secret-place/);
  ping = async () => {};
  await settled();
  assert.equal((await fetch(`${base}/readyz`)).status, 200);
});

/** A ping's answer is shared for a moment. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 300));

test('metrics name routes, statuses and the outbox; made-up paths are one label', async () => {
  const { base } = await serve(async () => {});
  for (const path of ['/a', '/b', '/c?code=secret']) await (await fetch(base + path)).text();
  await (await fetch(`${base}/token`)).text();
  const answer = await fetch(`${base}/metrics`);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  assert.match(text, /gatehouse_http_requests_total\{route="other",method="GET",status="200"\} 3/);
  assert.match(text, /gatehouse_http_requests_total\{route="\/token",method="GET",status="200"\} 1/);
  assert.match(text, /gatehouse_outbox_waiting 3/);
  assert.match(text, /gatehouse_signins_total\{outcome="failed"\} 0/);
  assert.match(text, /nodejs_eventloop_lag_seconds/);
  assert.doesNotMatch(text, /secret/);
});

test('metrics answer this machine, not whoever comes through a proxy, unless the token is right', async () => {
  const { base } = await serve(async () => {}, 'a-metrics-token');
  const proxied = { 'x-forwarded-for': '203.0.113.9' };
  const status = async (headers: Record<string, string>) => (await fetch(`${base}/metrics`, { headers })).status;
  assert.equal(await status({}), 200);
  assert.equal(await status(proxied), 401);
  assert.equal(await status({ ...proxied, authorization: 'Bearer wrong' }), 401);
  assert.equal(await status({ ...proxied, authorization: 'Bearer a-metrics-token' }), 200);
  const { base: closed } = await serve(async () => {});
  assert.equal((await fetch(`${closed}/metrics`, { headers: proxied })).status, 403);
});

test('a request is one log line with its id, without query and without what could be a token', async () => {
  const { base } = await serve(async () => {});
  const token = 'x'.repeat(43);
  const answer = await fetch(`${base}/sign-in/reset/${token}?code=${token}`, { headers: { 'x-request-id': 'chosen' } });
  await answer.text();
  const id = answer.headers.get('x-request-id');
  assert.notEqual(id, 'chosen');
  await settled();
  const line = lines.find((entry) => entry.request === id);
  assert.equal(line?.path, '/sign-in/reset/…');
  assert.equal(line?.status, 200);
  assert.doesNotMatch(JSON.stringify(lines), new RegExp(token));
});

test('a stop turns readiness red first, lets the request under way end, and takes no new one', async () => {
  const { base, server, endSlow } = await serve(async () => {});
  assert.equal((await fetch(`${base}/readyz`)).status, 200);
  const slow = fetch(`${base}/slow`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const closed = server.close();
  const draining = await fetch(`${base}/readyz`);
  assert.equal(draining.status, 503);
  assert.deepEqual(await draining.json(), { ready: false, reasons: ['draining: the hub is stopping'] });
  await new Promise((resolve) => setTimeout(resolve, 1300));
  await assert.rejects(new Promise((resolve, reject) => request(`${base}/healthz`, resolve).on('error', reject).end()));
  endSlow();
  assert.equal(await (await slow).text(), 'done');
  await closed;
});
