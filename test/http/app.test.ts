/** What every page carries, and what the app refuses before a page is reached. */
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { before, test } from 'node:test';
import { ensureKeys } from '#actions/keys/ensure.ts';
import { HubError } from '#domain/errors.ts';
import { createApp } from '#http/app.ts';
import { createOidc } from '#oidc/oidc.ts';
import type { BootedHub } from '#test/support/booted.ts';
import { Browser } from '#test/support/browser.ts';
import { testServices } from '#test/support/services.ts';
import { authorizeUrl, operator, pagesHub } from './support.ts';

let hub: BootedHub;
before(async (t) => {
  hub = await pagesHub(t as never);
});

const cases = ['/', '/sign-out/done', '/no-such-page', '/set-up/nobody-knows-this'];

test('every page forbids scripts but our own files, frames, sniffing and caching', async () => {
  for (const path of cases) {
    const page = await new Browser().follow(hub.issuer + path);
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/, path);
    assert.doesNotMatch(policy.replace("script-src 'self';", ''), /unsafe|script-src|\*/, path);
    const script = /<script src="\/static\/[\w.]+" defer><\/script>/g;
    assert.equal(script.test(page.text), policy.includes('script-src'), 'only where a page has use for it');
    assert.match(policy, /frame-ancestors 'none'/);
    assert.match(policy, /base-uri 'none'/);
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(page.headers.get('x-frame-options'), 'DENY');
    assert.equal(page.headers.get('referrer-policy'), 'same-origin');
    assert.equal(page.headers.get('cache-control'), 'no-store');
    assert.equal(page.headers.get('x-powered-by'), null);
    assert.match(page.headers.get('x-request-id') ?? '', /^[\da-f-]{36}$/);
    assert.doesNotMatch(page.text.replace(script, ''), /<script|\son\w+=|\sstyle=/i, path);
  }
});

test('a form of an interaction may lead to the system that asked, other forms stay here', async () => {
  const signIn = await new Browser().follow(authorizeUrl(hub.issuer, 'crm'));
  assert.match(
    signIn.headers.get('content-security-policy') ?? '',
    /form-action 'self' https: http:\/\/localhost:4998$/,
  );
  const other = await new Browser().follow(`${hub.issuer}/no-such-page`);
  assert.match(other.headers.get('content-security-policy') ?? '', /form-action 'self'$/);
});

/** `fetch` does not let a test say the Host. */
function status(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(hub.issuer);
    const sent = request({ host: '127.0.0.1', port, path, headers }, (res) => {
      res.resume();
      resolve(res.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('a foreign host is answered 421 wherever it asks, but probes come by any name', async () => {
  for (const path of ['/', '/sign-out/done', '/api/v1/people', '/.well-known/openid-configuration', '/authorize']) {
    assert.equal(await status(path, { host: 'evil.example' }), 421, path);
  }
  for (const path of ['/healthz', '/readyz']) assert.equal(await status(path, { host: '10.0.0.7' }), 200, path);
  const own = { host: new URL(hub.issuer).host };
  assert.equal(await status('/sign-out/done', { ...own, 'x-forwarded-host': 'evil.example' }), 200);
  assert.equal(await status('/sign-out/done', { host: own.host.toUpperCase() }), 200);
});

test('static files are named by their content and kept for a year', async () => {
  const page = await new Browser().follow(`${hub.issuer}/sign-out/done`);
  const path = /href="(\/static\/hub\.[\da-f]{10}\.css)"/.exec(page.text)?.[1];
  assert.ok(path);
  const sheet = await fetch(hub.issuer + path);
  assert.equal(sheet.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.match(sheet.headers.get('content-type') ?? '', /^text\/css/);
  assert.equal((await fetch(`${hub.issuer}/static/hub.0000000000.css`)).status, 404);
  assert.equal((await fetch(`${hub.issuer}/static/../package.json`)).status, 404);
});

test('the language is the chosen one, else the browser’s', async () => {
  const browser = new Browser();
  const page = `${hub.issuer}/sign-out/done`;
  assert.match((await browser.get(page, { 'accept-language': 'zh-TW,en;q=0.5' })).text, /<html lang="zh-Hant"/);
  const chosen = await browser.get(`${page}?lang=pl&a=b`);
  assert.equal(chosen.status, 303);
  assert.equal(chosen.location, '/sign-out/done?a=b');
  const polish = await browser.get(page, { 'accept-language': 'en' });
  assert.match(polish.text, /<html lang="pl"/);
  assert.equal(polish.headers.get('content-language'), 'pl');
  const away = await browser.get(`${hub.issuer}//evil.example/?lang=pl`);
  assert.equal(away.location, '/', 'never to another host');
  assert.match((await new Browser().get(`${page}?lang=xx`)).text, /<html lang="en"/);
});

test('a system may ask for a language', async () => {
  const form = await new Browser().follow(authorizeUrl(hub.issuer, 'crm', { ui_locales: 'zh-CN' }));
  assert.match(form.text, /<html lang="zh-Hans"/);
});

test('what cannot be read is refused with a page of its own', async () => {
  const big = await new Browser().post(`${hub.issuer}/sign-out`, { csrf: 'x'.repeat(200_000) });
  assert.equal(big.status, 413);
  assert.match(big.text, /too much at once/);
  const encoded = await new Browser().get(`${hub.issuer}/account/%E0%A4%A`);
  assert.ok(encoded.status >= 300 && encoded.status < 500, String(encoded.status));
  const json = await fetch(`${hub.issuer}/no-such-page`, { headers: { accept: 'application/json' } });
  assert.equal(json.status, 404);
  assert.equal(((await json.json()) as { code: string }).code, 'not-found');
});

test('an unknown fault shows an id for the help desk and nothing of the inside', async (t) => {
  const services = await testServices(t, { env: { HUB_ISSUER: 'http://localhost:4999' } });
  await ensureKeys(services, operator);
  const app = createApp({
    services,
    oidc: await createOidc(services),
    features: [
      (express) => {
        express.get('/boom', () => {
          throw new Error('SELECT secret FROM inside');
        });
        express.get('/busy', () => {
          throw new HubError('busy', 'inner words', { retryAfter: 7, cause: new Error('inside') });
        });
      },
    ],
  });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  const ask = (path: string): Promise<{ status: number; text: string; id: string; retry: string | undefined }> =>
    new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port, path, headers: { host: 'localhost:4999', connection: 'close' } },
        async (res) => {
          const text = Buffer.concat(await Array.fromAsync(res as AsyncIterable<Buffer>)).toString();
          resolve({
            status: res.statusCode ?? 0,
            text,
            id: String(res.headers['x-request-id']),
            retry: res.headers['retry-after'],
          });
        },
      );
      sent.on('error', reject);
      sent.end();
    });
  const boom = await ask('/boom');
  assert.equal(boom.status, 500);
  assert.doesNotMatch(boom.text, /SELECT|inside|Error|\.ts/);
  const tail = boom.id.slice(-8).toUpperCase();
  assert.ok(boom.text.includes(`${tail.slice(0, 4)}-${tail.slice(4)}`));
  const busy = await ask('/busy');
  assert.equal(busy.status, 503);
  assert.equal(busy.retry, '7');
  assert.doesNotMatch(busy.text, /inner words/);
});
