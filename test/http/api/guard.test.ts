/** The guard by itself, over a real store and real HTTP, with routes that show what reached the handler. */
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import type { Services } from '#actions/services.ts';
import { HubError } from '#domain/errors.ts';
import type { HubPermission } from '#domain/hub-roles.ts';
import type { Doors } from '#http/api/guard/caller.ts';
import { createGuard } from '#http/api/guard/guard.ts';
import { route } from '#http/api/route.ts';
import { assignments, people } from '#storage/collections.ts';
import { aPerson } from '#test/support/records.ts';
import { testServices } from '#test/support/services.ts';

let services: Services;
let address = '';
let handled = 0;
const endings: (() => Promise<void>)[] = [];

const thing = z.object({ id: z.string(), version: z.number(), said: z.unknown() });
const permission: HubPermission = 'hub:people-write';
const find = async ({ params }: { params: Readonly<Record<string, string>> }) => {
  if (params.id !== 'here') throw new HubError('not-found');
  return { id: 'here', version: 3, secret: 'do not show' };
};
const said = (item: object, body?: unknown) => {
  handled += 1;
  return { status: 200, version: 3, body: { ...item, said: body } };
};
const common = { summary: 'x', permission, find };

const routes = [
  route({
    ...common,
    method: 'GET',
    path: '/things/{id}',
    answers: { 200: { description: '', schema: thing } },
    handle: async ({ item }) => said(item),
  }),
  route({
    ...common,
    method: 'PATCH',
    path: '/things/{id}',
    versioned: true,
    query: z.strictObject({ q: z.string().optional() }),
    body: {
      type: 'application/merge-patch+json',
      schema: z.strictObject({ name: z.string(), more: z.record(z.string(), z.unknown()).optional() }),
      limit: 1000,
    },
    answers: { 200: { description: '', schema: thing } },
    handle: async ({ item, body }) => said(item, body),
  }),
  route({
    ...common,
    method: 'DELETE',
    path: '/things/{id}',
    fresh: true,
    answers: { 204: { description: '' } },
    handle: async () => ({ status: 204 }),
  }),
  route({
    method: 'GET',
    path: '/fault',
    summary: 'x',
    permission,
    answers: { 200: { description: '' } },
    handle: async () => ({ status: 201 }),
  }),
];

let sayClosed: (closed: boolean) => void = () => {};
const endlessClosed = new Promise<boolean>((resolve) => {
  sayClosed = resolve;
});
const endless = route({
  method: 'GET',
  path: '/endless',
  summary: 'x',
  permission,
  recorded: true,
  answers: { 200: { description: '', stream: ['text/plain'] } },
  async handle() {
    const content = new Readable({ read: () => setImmediate(() => content.push('x'.repeat(10_000))) });
    content.once('close', () => sayClosed(true));
    return { status: 200, stream: { type: 'text/plain', filename: 'x.txt', content } };
  },
});

/** Tokens and sessions by name: `admin`, `read`, `nothing`; what the real doors do is tested where they are built. */
const doors: Doors = {
  async bearer(req) {
    const scope = { 'Bearer admin': 'hub:admin', 'Bearer read': 'hub:read', 'Bearer openid': 'openid' }[
      req.headers.authorization ?? ''
    ];
    return scope === undefined ? undefined : { client: 'robot', scopes: [scope] };
  },
  async signedIn(req) {
    const name = /session=(\w+)/.exec(req.headers.cookie ?? '')?.[1];
    if (name === undefined) return undefined;
    const age = req.headers['x-age'] === undefined ? 0 : Number(req.headers['x-age']);
    return { uid: 'session-1', personId: name, authTime: services.clock.now() - age, amr: ['pwd'] };
  },
  csrfHolds: (req) => req.headers['x-csrf-token'] === 'right',
  whence: () => ({ request: 'r1', ip: '127.0.0.1' }),
};

before(async () => {
  services = await testServices({ after: (end) => endings.push(end) });
  await services.store.write({
    changes: [
      { kind: 'insert', collection: people, id: 'owner', data: aPerson({ email: 'owner@example.com' }) },
      { kind: 'insert', collection: people, id: 'employee', data: aPerson({ email: 'employee@example.com' }) },
      {
        kind: 'insert',
        collection: assignments,
        id: 'a1',
        data: { person: 'owner', role: 'hub-owner', reason: 'test', by: 'operator', at: services.clock.now() },
      },
    ],
  });
  const guard = createGuard(services, doors, [...routes, endless]);
  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://hub.invalid');
    void guard(req, res, url.pathname, url.search);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  endings.unshift(async () => {
    server.close();
    server.closeAllConnections();
  });
});

after(async () => {
  for (const end of endings) await end();
});

const token = { authorization: 'Bearer admin' };
const patching = { ...token, 'content-type': 'application/merge-patch+json', 'if-match': '"3"' };
const owner = { cookie: 'session=owner' };
const good = '{"name":"x"}';

type Case = [
  what: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string | Uint8Array | undefined,
  status: number,
  code?: string,
];
const cases: Case[] = [
  // Who asks comes before everything else that is wrong.
  ['nobody', 'GET', '/things/here', {}, undefined, 401, 'not-signed-in'],
  ['nobody, nothing there', 'GET', '/nothing?x=1', {}, undefined, 401, 'not-signed-in'],
  ['nobody, bad body', 'PATCH', '/things/gone?x=1', {}, '{{{', 401, 'not-signed-in'],
  ['bad token', 'GET', '/things/here', { authorization: 'Bearer other' }, undefined, 401, 'bad-token'],
  [
    'bad token beside a good session',
    'GET',
    '/things/here',
    { authorization: 'Bearer other', ...owner },
    undefined,
    401,
    'bad-token',
  ],
  ['basic', 'GET', '/things/here', { authorization: 'Basic eDp5' }, undefined, 401, 'bad-token'],
  // Then whether they may.
  ['read token', 'PATCH', '/things/gone?x=1', { authorization: 'Bearer read' }, '{{{', 403, 'forbidden'],
  ['token without a hub scope', 'GET', '/nothing', { authorization: 'Bearer openid' }, undefined, 403, 'forbidden'],
  ['employee', 'GET', '/things/gone', { cookie: 'session=employee' }, undefined, 403, 'forbidden'],
  [
    'employee, an address that is no text',
    'GET',
    '/things/%ff',
    { cookie: 'session=employee' },
    undefined,
    403,
    'forbidden',
  ],
  ['an address that is no text', 'GET', '/things/%ff', token, undefined, 400, 'bad-request'],
  ['employee, nothing there', 'GET', '/nothing', { cookie: 'session=employee' }, undefined, 403, 'forbidden'],
  ['session without the form token', 'PATCH', '/things/gone', owner, '{{{', 403, 'cross-site'],
  [
    'session with a wrong form token',
    'PATCH',
    '/things/gone',
    { ...owner, 'x-csrf-token': 'wrong' },
    '{{{',
    403,
    'cross-site',
  ],
  [
    'old sign-in for a dangerous act',
    'DELETE',
    '/things/gone',
    { ...owner, 'x-csrf-token': 'right', 'x-age': '600001' },
    undefined,
    403,
    'fresh-sign-in-required',
  ],
  [
    'fresh sign-in for a dangerous act',
    'DELETE',
    '/things/here',
    { ...owner, 'x-csrf-token': 'right', 'x-age': '500000' },
    undefined,
    204,
  ],
  // Then whether it is there.
  ['no such path', 'GET', '/nothing?x=1', token, undefined, 404, 'not-found'],
  ['no such object', 'PATCH', '/things/gone?x=1', token, '{{{', 404, 'not-found'],
  ['no such method', 'PUT', '/things/here', token, undefined, 405, 'method-not-allowed'],
  // Then query and body.
  ['unknown query key', 'PATCH', '/things/here?x=1', patching, good, 400, 'unknown-query'],
  ['query on a route without', 'GET', '/things/here?x=1', token, undefined, 400, 'unknown-query'],
  ['operator in a query', 'PATCH', '/things/here?q[$ne]=1', patching, good, 400, 'unknown-query'],
  [
    'other content type',
    'PATCH',
    '/things/here',
    { ...patching, 'content-type': 'application/json' },
    good,
    415,
    'unsupported-type',
  ],
  ['no content type', 'PATCH', '/things/here', { ...token, 'if-match': '"3"' }, good, 415, 'unsupported-type'],
  [
    'other charset',
    'PATCH',
    '/things/here',
    { ...patching, 'content-type': 'application/merge-patch+json; charset=utf-16' },
    good,
    415,
    'unsupported-type',
  ],
  ['compressed', 'PATCH', '/things/here', { ...patching, 'content-encoding': 'gzip' }, good, 415, 'unsupported-type'],
  [
    'utf-8 named',
    'PATCH',
    '/things/here',
    { ...patching, 'content-type': 'application/merge-patch+json; charset=UTF-8' },
    good,
    200,
  ],
  ['not JSON', 'PATCH', '/things/here', patching, '{{{', 400, 'bad-request'],
  ['empty', 'PATCH', '/things/here', patching, '', 400, 'bad-request'],
  ['not UTF-8', 'PATCH', '/things/here', patching, Buffer.from([0x7b, 0xff, 0x7d]), 400, 'bad-request'],
  ['deep', 'PATCH', '/things/here', patching, `{"name":${'['.repeat(400)}${']'.repeat(400)}}`, 400, 'bad-request'],
  ['too large', 'PATCH', '/things/here', patching, `{"name":"${'x'.repeat(1000)}"}`, 413, 'too-large'],
  [
    'body on a route without',
    'DELETE',
    '/things/here',
    { ...token, 'content-type': 'application/json' },
    '{}',
    400,
    'bad-request',
  ],
  ['unknown key', 'PATCH', '/things/here', patching, '{"name":"x","admin":true}', 422, 'invalid'],
  ['__proto__', 'PATCH', '/things/here', patching, '{"name":"x","__proto__":{"admin":true}}', 422, 'invalid'],
  [
    '__proto__ in a record',
    'PATCH',
    '/things/here',
    patching,
    '{"name":"x","more":{"__proto__":{"admin":true}}}',
    422,
    'invalid',
  ],
  ['wrong kind', 'PATCH', '/things/here', patching, '{"name":{"$ne":"x"}}', 422, 'invalid'],
  // Then the version.
  [
    'no If-Match',
    'PATCH',
    '/things/here',
    { ...token, 'content-type': 'application/merge-patch+json' },
    good,
    428,
    'version-required',
  ],
  ['stale If-Match', 'PATCH', '/things/here', { ...patching, 'if-match': '"2"' }, good, 412, 'stale'],
  ['everything right', 'PATCH', '/things/here?q=a', patching, good, 200],
  [
    'everything right with a session',
    'PATCH',
    '/things/here',
    { ...patching, authorization: '', ...owner, 'x-csrf-token': 'right' },
    good,
    200,
  ],
  ['reading with a session', 'GET', '/things/here', owner, undefined, 200],
  ['a fault of ours', 'GET', '/fault', token, undefined, 500, 'internal'],
];

for (const [what, method, path, { authorization, ...headers }, body, status, code] of cases) {
  test(`${what}: ${status}`, async () => {
    const before = handled;
    const credential = authorization === undefined || authorization === '' ? {} : { authorization };
    const answer = await fetch(address + path, {
      method,
      headers: { ...headers, ...credential },
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    assert.equal(answer.status, status, text);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    if (code === undefined) return;
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    const problem = JSON.parse(text);
    assert.equal(problem.code, code);
    assert.equal(problem.status, status);
    assert.equal(problem.request, 'r1');
    assert.equal(handled, before, 'a refused request never reaches the handler');
  });
}

test('the challenge says what a token lacks (RFC 6750, 3)', async () => {
  const challenge = async (headers: Record<string, string>) =>
    (await fetch(`${address}/things/here`, { headers })).headers.get('www-authenticate');
  assert.equal(await challenge({}), 'Bearer realm="gatehouse"');
  assert.match((await challenge({ authorization: 'Bearer other' })) ?? '', /error="invalid_token"/);
  assert.match(
    (await challenge({ authorization: 'Bearer read' })) ?? '',
    /error="insufficient_scope", scope="hub:admin"/,
  );
});

test('a body fault is listed by path', async () => {
  const answer = await fetch(`${address}/things/here`, {
    method: 'PATCH',
    headers: patching,
    body: '{"name":1,"more":{},"x":1}',
  });
  const { errors } = (await answer.json()) as { errors: { path: string }[] };
  assert.deepEqual(errors.map(({ path }) => path).sort(), ['name', 'x']);
});

test('what is not declared does not leave', async () => {
  const answer = await fetch(`${address}/things/here`, { headers: token });
  assert.equal(answer.headers.get('etag'), '"3"');
  assert.deepEqual(await answer.json(), { id: 'here', version: 3 });
});

test('HEAD is GET without the body; Allow names the methods', async () => {
  const head = await fetch(`${address}/things/here`, { method: 'HEAD', headers: token });
  assert.equal(head.status, 200);
  assert.equal(head.headers.get('etag'), '"3"');
  const put = await fetch(`${address}/things/here`, { method: 'PUT', headers: token });
  assert.equal(put.headers.get('allow'), 'DELETE, GET, HEAD, PATCH');
});

test('20 MB are refused without being read, with and without a length', async () => {
  const megabyte = Buffer.alloc(1024 * 1024, 'x');
  for (const length of [{ 'content-length': String(20 * megabyte.length) }, { 'transfer-encoding': 'chunked' }]) {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request(
        `${address}/things/here`,
        { method: 'PATCH', headers: { ...patching, ...length } },
        (res) => {
          res.resume();
          resolve(res.statusCode);
        },
      );
      sending.on('error', reject);
      for (let sent = 0; sent < 20; sent += 1) sending.write(megabyte);
      sending.end();
    });
    assert.equal(status, 413);
  }
});

test('a body that breaks off and a reader who goes away leave nothing behind', async () => {
  const before = handled;
  for (const path of ['/things/here', '/endless']) {
    await new Promise<void>((resolve) => {
      const method = path === '/endless' ? 'GET' : 'PATCH';
      const length = method === 'GET' ? {} : { 'content-length': '500' };
      const sending = request(address + path, { method, headers: { ...patching, ...length } }, (res) => {
        res.once('data', () => res.destroy());
        res.once('close', () => resolve());
      });
      sending.on('error', () => resolve());
      if (method === 'GET') sending.end();
      else sending.write('{"name":', () => setTimeout(() => sending.destroy(), 20));
    });
  }
  assert.equal((await fetch(`${address}/things/here`, { headers: token })).status, 200);
  assert.equal(handled, before + 1);
  assert.equal(await endlessClosed, true);
});

test('a refusal is on record once, and a flood of them is folded', async () => {
  const refusals = async () =>
    (await services.store.audit.query({ type: 'request.refused', person: 'employee' })).items.filter(
      ({ detail }) => detail?.endpoint === 'DELETE /api/v1/things/{id}',
    );
  for (let round = 0; round < 20; round += 1) {
    await fetch(`${address}/things/here`, {
      method: 'DELETE',
      headers: { cookie: 'session=employee', 'x-csrf-token': 'right' },
    });
  }
  const events = await refusals();
  assert.equal(events.length, 1);
  assert.equal(events[0]?.outcome, 'denied');
  assert.equal(events[0]?.detail?.error, 'forbidden');
  assert.equal(events[0]?.request, 'r1');
});
