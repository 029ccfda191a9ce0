/** Senders that mean harm, or are just broken: refused quickly, nothing breaks, and everybody else is served meanwhile. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Readiness } from '#http/ops/readiness.ts';
import { startServer } from '#http/ops/server.ts';
import { makers } from '#test/support/booted.ts';
import { type Company, company } from './company.ts';

let hub: Company;
let token: string;
const ends: (() => Promise<void> | void)[] = [];
before(async () => {
  hub = await company({ after: (end) => ends.unshift(end) });
  token = await makers(hub.services, hub.issuer).token('hub:admin');
});
after(async () => {
  for (const end of ends) await end();
});

const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const basic = `Basic ${Buffer.from('crm:crm-secret-of-the-test').toString('base64')}`;

/** Where bodies are read, by whom, and as what. */
const readers: { path: string; type: string; method?: string; authorization?: string }[] = [
  { path: '/token', type: form, authorization: basic },
  { path: '/introspect', type: form, authorization: basic },
  { path: '/revoke', type: form, authorization: basic },
  { path: '/par', type: form, authorization: basic },
  { path: '/userinfo', type: form },
  { path: '/end-session', type: form },
  { path: '/authorize', type: form },
  { path: '/sign-in/x', type: form },
  { path: '/sign-out', type: form },
  { path: '/account/password', type: form },
  { path: '/set-up/x', type: form },
  { path: '/admin/people', type: form },
  { path: '/api/v1/people', type: json, authorization: 'Bearer' },
  { path: '/api/v1/policy', type: json, method: 'PUT', authorization: 'Bearer' },
  { path: '/api/v1/people', type: json },
];

type Body = NonNullable<RequestInit['body']>;

interface Sent {
  readonly status: number | 'cut off';
  readonly text: string;
}

async function send(reader: (typeof readers)[number], body: Body, headers: Record<string, string> = {}): Promise<Sent> {
  const { path, type, method = 'POST', authorization } = reader;
  const credential =
    authorization === undefined
      ? {}
      : { authorization: authorization === 'Bearer' ? `Bearer ${token}` : authorization };
  try {
    const answer = await fetch(hub.issuer + path, {
      method,
      redirect: 'manual',
      headers: { 'content-type': type, origin: hub.issuer, ...credential, ...headers },
      body,
    });
    return { status: answer.status, text: await answer.text() };
  } catch {
    // A server may close on who goes on sending (RFC 9110, 15.5.14); undici tells no answer then.
    return { status: 'cut off', text: '' };
  }
}

function assertRefused({ status, text }: Sent, what: string): void {
  assert.ok(status === 'cut off' || (status >= 300 && status < 500), `${what}: ${status} ${text.slice(0, 200)}`);
  assert.doesNotMatch(text, /access_token|node_modules|\.ts:|SyntaxError/, what);
}

/** Asks for the keys over and over while the work goes on. @returns the slowest answer, in ms */
async function meanwhile(work: Promise<unknown>): Promise<number> {
  let over = false;
  const done = work.finally(() => {
    over = true;
  });
  let slowest = 0;
  while (!over) {
    const since = performance.now();
    assert.equal((await fetch(`${hub.issuer}/jwks`)).status, 200);
    slowest = Math.max(slowest, performance.now() - since);
  }
  await done;
  return Math.round(slowest);
}

test('bodies of 20 MB', async (t) => {
  const huge = Buffer.alloc(20_000_000, 'a');
  const slowest = await meanwhile(
    Promise.all(readers.map(async (reader) => assertRefused(await send(reader, huge), `20 MB to ${reader.path}`))),
  );
  t.diagnostic(`meanwhile others waited ${slowest} ms at most`);
});

test('a body of which nobody said how long it is', async () => {
  for (const reader of readers) {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        if (sent > 300) controller.close();
        else controller.enqueue(Buffer.alloc(65_536, 'a'));
      },
    });
    const { path, type } = reader;
    const answer = await fetch(hub.issuer + path, {
      method: reader.method ?? 'POST',
      redirect: 'manual',
      headers: {
        'content-type': type,
        authorization: reader.authorization === 'Bearer' ? `Bearer ${token}` : basic,
        origin: hub.issuer,
      },
      body: endless,
      duplex: 'half',
    } as RequestInit).then(
      async (got) => ({ status: got.status, text: await got.text() }),
      () => ({ status: 'cut off' as const, text: '' }),
    );
    assertRefused(answer, `endless to ${path}`);
  }
});

const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
const deepJwt = (claims: string) =>
  [JSON.stringify({ alg: 'ES256', kid: 'x' }), claims, 'x']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

test('10,000 levels of JSON, wherever JSON is read', async (t) => {
  const ask = {
    client_id: 'crm',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: 'http://localhost:4998/callback',
  };
  const formOf = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
  const assertion = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  const token = { path: '/token', type: form };
  const slowest = await meanwhile(
    (async () => {
      for (const reader of readers.filter(({ type }) => type === json)) {
        assertRefused(await send(reader, deep), reader.path);
        assertRefused(await send(reader, '['.repeat(900_000)), reader.path);
      }
      const par = { path: '/par', type: form, authorization: basic };
      assertRefused(await send(par, formOf({ ...ask, claims: deep })), 'claims, pushed');
      assertRefused(await send(par, formOf({ ...ask, request: deepJwt(deep) })), 'request object');
      assertRefused(
        await send(
          token,
          formOf({
            grant_type: 'client_credentials',
            client_assertion_type: assertion,
            client_assertion: deepJwt(deep),
          }),
        ),
        'client assertion',
      );
      assertRefused(
        await send({ ...token, authorization: basic }, 'grant_type=client_credentials', {
          dpop: deepJwt('['.repeat(8000)),
        }),
        'DPoP',
      );
      const introspected = await send(
        { path: '/introspect', type: form, authorization: basic },
        formOf({ token: deepJwt(deep.slice(0, 20_000)) }),
      );
      assert.ok(
        introspected.status === 200 ? introspected.text === '{"active":false}' : introspected.status !== 500,
        String(introspected.status),
      );
      const hint = await fetch(`${hub.issuer}/end-session?id_token_hint=${deepJwt('['.repeat(8000))}`, {
        redirect: 'manual',
      });
      assert.ok(hint.status < 500, String(hint.status));
    })(),
  );
  t.diagnostic(`meanwhile others waited ${slowest} ms at most`);
});

test('bodies that are not what they say', async () => {
  const cases: [what: string, body: Body, headers: Record<string, string>][] = [
    ['no UTF-8', Buffer.from([0x61, 0x3d, 0xff, 0xfe, 0xc0, 0x80]), {}],
    ['NUL', 'grant_type=%00&identifier=%00&email=\0', {}],
    ['broken escapes', 'grant_type=%zz&%=%&a[__proto__]=1&=', {}],
    ['half a surrogate', '{"email":"\\ud800","name":"x"}', {}],
    ['UTF-16', Buffer.from('a=b', 'utf16le'), { 'content-type': `${form}; charset=utf-16` }],
    ['a charset nobody knows', 'a=b', { 'content-type': `${form}; charset=nonsense` }],
    ['compressed', gzipSync(Buffer.alloc(5_000_000, 'a')), { 'content-encoding': 'gzip' }],
    ['compressed, but not', 'a=b', { 'content-encoding': 'br' }],
    ['another type', '<a/>', { 'content-type': 'text/xml' }],
    ['no type worth the name', 'a=b', { 'content-type': ';;;' }],
    ['a boundary without parts', 'a=b', { 'content-type': 'multipart/form-data; boundary=' }],
    [
      'ten thousand fields',
      Array.from({ length: 10_000 }, (_, n) => `f${n}=1`)
        .join('&')
        .slice(0, 60_000),
      {},
    ],
  ];
  for (const reader of readers) {
    for (const [what, body, headers] of cases)
      assertRefused(await send(reader, body, headers), `${what} to ${reader.path}`);
  }
});

test('addresses and headers that are not well-formed', async () => {
  const { port, host } = new URL(hub.issuer);
  const raw = (text: string) => ask(Number(port), text);
  const line = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`;
  const cases = [
    line('/%E0%A4%A'),
    line('/authorize/%00'),
    line('/account/..%2f..%2fetc'),
    line('//evil.example/%2e%2e'),
    line(`/${'a'.repeat(15_000)}`),
    line(`/authorize?${'a=1&'.repeat(3500)}`),
    line('/api/v1/people?limit[$gt]=1'),
    line('/', `Cookie: ${'gatehouse-session=x; '.repeat(600)}\r\n`),
    line('/', 'Cookie: =;;;=\x80\xff\r\n'),
    line('/', 'X-Forwarded-For: \x01\r\n'),
    line('/', 'Accept-Language: *;q=nonsense, zh-\r\nAccept: ;;\r\n'),
    'GET / HTTP/9.9\r\n\r\n',
    'nonsense\r\n\r\n',
    `POST /token HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ];
  for (const request of cases) {
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(await raw(request))?.[1] ?? 400);
    assert.ok(status < 500, `${status} for ${JSON.stringify(request.slice(0, 80))}`);
  }
});

/** Sends bytes as they are. @returns what came back until the other side closed */
function ask(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    socket.on('data', (bytes) => {
      heard += bytes.toString('latin1');
    });
    socket.on('error', () => resolve(heard));
    socket.on('close', () => resolve(heard));
  });
}

test('who sends too slowly is cut off, and holds nobody up', async (t) => {
  const limits = { ...hub.services.settings.limits, headers: 400, request: 800 };
  const readiness = new Readiness({ ping: async () => {} });
  const server = await startServer({ listen: { host: '127.0.0.1', port: 0 }, limits }, readiness, (req, res) => {
    req.resume().on('end', () => res.end('read'));
  });
  t.after(() => server.close());
  const cases = {
    headers: ['GET / HTTP/1.1\r\nHost: a\r\n', 'X-A: '],
    body: ['POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n', 'a'],
    nothing: ['', ''],
  };
  await Promise.all(
    Object.entries(cases).map(async ([what, [first = '', drop = '']]) => {
      const heard = await drip(server.port, first, drop);
      assert.ok(heard === '' || heard.startsWith('HTTP/1.1 408'), `${what}: ${heard}`);
    }),
  );
  assert.equal(hub.services.settings.limits.headers, 10_000, 'as it is set');
});

/** Sends byte after byte until it is cut off. */
function drip(port: number, first: string, drop: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(first + drop));
    const timer = setInterval(() => socket.write(drop === '' ? '' : 'a'), 50);
    socket.on('data', (bytes) => {
      heard += bytes.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearInterval(timer);
      resolve(heard);
    });
  });
}
