/** What must never be let through (security.md, "Authorize and token"), seen from outside. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { manualClock } from '#platform/clock.ts';
import { factorGraces } from '#storage/collections.ts';
import { type Answer, Browser } from '#test/support/browser.ts';
import { passphrase, type TestHub } from '#test/support/hub.ts';
import { aHub, asCrm, asErp, ask, asSpa, callback, enter, redeem } from './fixture.ts';

let hub: TestHub;
let crm: client.Configuration;
const keys = await generateKeyPair('ES256');
const ends: (() => Promise<void>)[] = [];

before(async () => {
  hub = await aHub(
    { after: (end) => void ends.unshift(end) },
    {
      systems: [
        {
          id: 'signer',
          auth: 'private_key_jwt',
          jwks: { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1' }] },
          machine: { scopes: ['hub:read'] },
        },
        { id: 'pushy', redirectUris: [callback], clientSecret: 'pushy-secret', par: true, open: true },
        { id: 'strict', redirectUris: [callback], clientSecret: 'strict-secret', open: true, requires: 'mfa' },
      ],
    },
  );
  crm = await asCrm(hub);
});

test.after(async () => {
  for (const end of ends) await end();
});

async function authorize(change: (params: URLSearchParams) => void): Promise<{ status: number; location: URL | null }> {
  const { url } = await ask(crm);
  change(url.searchParams);
  const answer = await new Browser().get(url.href);
  return { status: answer.status, location: answer.location === undefined ? null : URL.parse(answer.location) };
}

const onOurPage: Record<string, (params: URLSearchParams) => void> = {
  'an unknown client': (params) => params.set('client_id', 'nobody'),
  'no client': (params) => params.delete('client_id'),
  'another redirect address': (params) => params.set('redirect_uri', 'http://localhost:4998/elsewhere'),
  'a longer redirect address': (params) => params.set('redirect_uri', `${callback}/more`),
  'a redirect address with another query': (params) => params.set('redirect_uri', `${callback}?fixed=2`),
  'a redirect address in another case': (params) => params.set('redirect_uri', callback.replace('/c', '/C')),
  'a redirect address on another port': (params) => params.set('redirect_uri', callback.replace('4998', '4999')),
  'no redirect address': (params) => params.delete('redirect_uri'),
  'two redirect addresses': (params) => params.append('redirect_uri', 'http://localhost:4998/elsewhere'),
  'a request_uri of nobody': (params) => params.set('request_uri', 'urn:ietf:params:oauth:request_uri:nothing'),
};

for (const [name, change] of Object.entries(onOurPage)) {
  test(`${name} ends on the hub’s page`, async () => {
    const answer = await authorize(change);
    assert.equal(answer.status, 400);
    assert.equal(answer.location, null);
  });
}

const toTheSystem: Record<string, [string, (params: URLSearchParams) => void]> = {
  'no PKCE': ['invalid_request', (params) => params.delete('code_challenge')],
  'plain PKCE': ['invalid_request', (params) => params.set('code_challenge_method', 'plain')],
  'response_type token': ['unsupported_response_type', (params) => params.set('response_type', 'token')],
  'response_type id_token': ['unsupported_response_type', (params) => params.set('response_type', 'id_token')],
  'prompt none and login': ['invalid_request', (params) => params.set('prompt', 'none login')],
  'prompt none without a session': ['login_required', (params) => params.set('prompt', 'none')],
  'a request object': ['request_not_supported', (params) => params.set('request', 'e30.e30.')],
  'an unknown response_mode': ['unsupported_response_mode', (params) => params.set('response_mode', 'web_message')],
  'another’s API': ['invalid_target', (params) => params.set('resource', 'urn:erp')],
};

for (const [name, [error, change]] of Object.entries(toTheSystem)) {
  test(`${name} goes back to the system as ${error}`, async () => {
    const { location } = await authorize((params) => {
      params.set('state', 'a b&c=%20/+ü');
      change(params);
    });
    const params = location?.search === '' ? new URLSearchParams(location.hash.slice(1)) : location?.searchParams;
    assert.equal(params?.get('error'), error);
    assert.equal(params?.get('state'), 'a b&c=%20/+ü');
    assert.equal(params?.get('iss'), hub.issuer);
    // The characters that RFC 6749, 4.1.2.1, lets it have.
    assert.match(params?.get('error_description') ?? '', /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/);
  });
}

test('a fixed query in the redirect address is kept', async () => {
  const { location } = await authorize((params) => {
    params.set('redirect_uri', `${callback}?fixed=1`);
    params.set('prompt', 'none');
  });
  assert.equal(location?.searchParams.get('fixed'), '1');
});

test('a system that wants pushed requests takes no others', async () => {
  const { location } = await authorize((params) => params.set('client_id', 'pushy'));
  assert.equal(location?.searchParams.get('error'), 'invalid_request');
});

async function token(body: Record<string, string>, headers: Record<string, string> = {}) {
  const answer = await fetch(`${hub.issuer}/token`, { method: 'POST', headers, body: new URLSearchParams(body) });
  const said = (await answer.json()) as { error?: string; access_token?: string };
  return { status: answer.status, ...said, headers: answer.headers };
}

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

test('the other style of secret, a wrong one and none are refused', async () => {
  const grant = { grant_type: 'client_credentials' };
  assert.equal((await token({ ...grant, client_id: 'robot', client_secret: 'robot-secret' })).error, 'invalid_client');
  assert.equal((await token(grant, basic('robot', 'wrong'))).error, 'invalid_client');
  assert.equal((await token({ ...grant, client_id: 'robot' })).error, 'invalid_client');
  assert.equal((await token(grant, basic('erp', 'erp-secret-of-the-test'))).error, 'invalid_client');
  const good = await token(grant, basic('robot', 'robot-secret'));
  assert.equal(good.status, 200);
  assert.equal(good.headers.get('cache-control'), 'no-store');
});

const plain = (jwt: SignJWT) => jwt.setProtectedHeader({ alg: 'ES256', kid: 'k1' });
const assertions: Record<string, (jwt: SignJWT, issuer: string) => SignJWT> = {
  'an assertion for the token endpoint': (jwt, issuer) => plain(jwt.setAudience(`${issuer}/token`)),
  'an assertion with a list as audience': (jwt, issuer) => plain(jwt.setAudience([issuer])),
  'an assertion that lives for an hour': (jwt) => plain(jwt.setExpirationTime('1h')),
  'an assertion that brings its own key': (jwt) =>
    jwt.setProtectedHeader({ alg: 'ES256', kid: 'k1', jwk: { kty: 'EC' } }),
  'an expired assertion': (jwt) => plain(jwt.setExpirationTime('-1m')),
};

for (const [name, change] of Object.entries(assertions)) {
  test(`${name} is refused`, async () => {
    const jwt = new SignJWT({ jti: name })
      .setIssuer('signer')
      .setSubject('signer')
      .setAudience(hub.issuer)
      .setIssuedAt()
      .setExpirationTime('1m');
    const answer = await token({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await change(jwt, hub.issuer).sign(keys.privateKey),
    });
    assert.equal(answer.error, 'invalid_client');
  });
}

test('a stranger with a leaked code ends nothing; its own client does, later too', async () => {
  const entered = await enter(crm, { email: 'ada@example.com' });
  const tokens = await redeem(crm, entered);
  const leaked = {
    grant_type: 'authorization_code',
    code: entered.answer.searchParams.get('code') ?? '',
    redirect_uri: callback,
    code_verifier: entered.asked.verifier,
  };
  const stranger = await token({ ...leaked, client_id: 'erp', client_secret: 'erp-secret-of-the-test' });
  assert.equal(stranger.error, 'invalid_grant');
  assert.equal((await client.tokenIntrospection(crm, tokens.access_token)).active, true);
  const own = await token(leaked, basic('crm', 'crm-secret-of-the-test'));
  assert.equal(own.error, 'invalid_grant');
  assert.equal((await client.tokenIntrospection(crm, tokens.access_token)).active, false);
});

test('a stranger with a public client’s leaked code does not know the verifier and ends nothing', async () => {
  const spa = await asSpa(hub);
  const entered = await enter(spa, { email: 'ada@example.com' });
  const tokens = await redeem(spa, entered);
  const code = entered.answer.searchParams.get('code') ?? '';
  const leaked = { grant_type: 'authorization_code', client_id: 'spa', code, redirect_uri: callback };
  assert.equal((await token({ ...leaked, code_verifier: client.randomPKCECodeVerifier() })).error, 'invalid_grant');
  assert.ok((await client.refreshTokenGrant(spa, tokens.refresh_token ?? '')).access_token);
});

test('a wrong verifier, redirect address or client gets nothing and spends nothing', async () => {
  const entered = await enter(crm, { email: 'ada@example.com' });
  const code = entered.answer.searchParams.get('code') ?? '';
  const good = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    code_verifier: entered.asked.verifier,
  };
  const auth = basic('crm', 'crm-secret-of-the-test');
  assert.equal((await token({ ...good, code_verifier: 'x'.repeat(43) }, auth)).error, 'invalid_grant');
  assert.equal((await token({ ...good, redirect_uri: `${callback}?fixed=1` }, auth)).error, 'invalid_grant');
  assert.equal(
    (await token({ ...good, refresh_token: code, grant_type: 'refresh_token' }, auth)).error,
    'invalid_grant',
  );
  assert.equal((await token(good, auth)).status, 200);
});

test('a refused resource or scope spends neither the code nor a rotating refresh token', async () => {
  const auth = basic('crm', 'crm-secret-of-the-test');
  const entered = await enter(crm, { email: 'ada@example.com' });
  const { browser } = entered;
  const code = {
    grant_type: 'authorization_code',
    code: entered.answer.searchParams.get('code') ?? '',
    redirect_uri: callback,
    code_verifier: entered.asked.verifier,
  };
  assert.equal((await token({ ...code, resource: 'urn:erp' }, auth)).error, 'invalid_target');
  assert.equal((await token(code, auth)).status, 200);

  const spa = await asSpa(hub);
  const { refresh_token = '' } = await redeem(spa, await enter(spa, { browser }));
  const refresh = { grant_type: 'refresh_token', client_id: 'spa', refresh_token };
  assert.equal((await token({ ...refresh, resource: 'urn:erp' })).error, 'invalid_target');
  assert.equal((await token({ ...refresh, scope: 'openid more' })).error, 'invalid_scope');
  assert.equal((await token(refresh)).status, 200);
  assert.equal((await token(refresh)).error, 'invalid_grant', 'used now');
});

test('introspection says nothing about the tokens of others', async () => {
  const tokens = await redeem(crm, await enter(crm, { email: 'ada@example.com' }));
  const erp = await asErp(hub);
  for (const one of [tokens.access_token, tokens.refresh_token ?? '', tokens.id_token ?? '', 'nonsense', 'a.b.c']) {
    assert.deepEqual(await client.tokenIntrospection(erp, one), { active: false });
  }
  assert.deepEqual(await client.tokenIntrospection(crm, tokens.id_token ?? ''), { active: false });
});

test('an ID token is no bearer token', async () => {
  const tokens = await redeem(crm, await enter(crm, { email: 'ada@example.com' }));
  const headers = { authorization: `Bearer ${tokens.id_token}` };
  assert.equal((await fetch(`${hub.issuer}/userinfo`, { headers })).status, 401);
});

test('who holds nothing in a system is kept out, and it is on record', async () => {
  const silent = await enter(await asSpa(hub), { email: 'nora@example.com' });
  const atOnce = await enter(crm, { browser: silent.browser, params: { prompt: 'none' } });
  assert.equal(atOnce.answer.searchParams.get('error'), 'access_denied');
  const { url } = await ask(crm);
  const page = await silent.browser.follow(url.href);
  assert.equal(page.text, 'no-access crm');
  const back = await silent.browser.post(page.url, { abort: 'yes' });
  const answer = await silent.browser.follow(new URL(back.location ?? '', page.url).href);
  assert.equal(URL.parse(answer.location ?? '')?.searchParams.get('error'), 'access_denied');
  const denied = await hub.events('entry.denied');
  assert.equal(denied.length, 2);
  assert.deepEqual(denied[0]?.detail, { reason: 'no-permissions' });
  assert.equal(denied[0]?.subject?.id, hub.person('nora@example.com').id);
  const refused = (await hub.events('request.refused')).filter(({ detail }) => detail?.error === 'access_denied');
  assert.deepEqual(refused, [], 'one refusal, one event');
});

test('a system that asks for more than a password keeps a password out', async () => {
  const { browser } = await enter(crm, { email: 'ada@example.com' });
  const { url } = await ask(crm);
  url.searchParams.set('client_id', 'strict');
  url.searchParams.set('prompt', 'none');
  const answer = await browser.get(url.href);
  const { id } = hub.person('ada@example.com');
  const error = (given: Answer) => URL.parse(given.location ?? '')?.searchParams.get('error');
  assert.equal(error(answer), 'login_required', 'a second factor may still be set up');
  const old = { since: hub.services.clock.now() - 15 * 86_400_000 };
  await hub.services.store.write({ changes: [{ kind: 'put', collection: factorGraces, id, data: old }] });
  assert.equal(error(await browser.get(url.href)), 'unmet_authentication_requirements', 'the time for it has passed');
  const denied = (await hub.events('entry.denied')).at(-1);
  assert.deepEqual([denied?.system, denied?.detail], ['strict', { reason: 'stronger-sign-in-required' }]);
});

test('prompt=login asks again, and dropping it on the way back does not help', async () => {
  const { browser } = await enter(crm, { email: 'ada@example.com' });
  const { url } = await ask(crm, { prompt: 'login' });
  const page = await browser.follow(url.href);
  assert.equal(page.text, 'sign-in crm');
  const resumed = await browser.get(page.url.replace('/sign-in/', '/authorize/'));
  assert.ok(!resumed.location?.includes('code='));
});

test('an interaction belongs to the browser that started it', async () => {
  const { url } = await ask(crm);
  const page = await new Browser().follow(url.href);
  assert.equal((await new Browser().get(page.url)).status, 400);
  assert.equal((await new Browser().get(page.url.replace('/sign-in/', '/authorize/'))).status, 400);
});

test('an interaction that is over in time is over, to the second', async (t) => {
  const clock = manualClock(Date.now());
  const late = await aHub(t, { clock });
  const browser = new Browser();
  const { url } = await ask(await asCrm(late));
  const page = await browser.follow(url.href);
  clock.advance(30 * 60_000 - 1);
  assert.equal((await browser.get(page.url)).status, 200);
  clock.advance(1);
  const form = { identifier: 'ada@example.com', password: passphrase };
  assert.equal((await browser.get(page.url)).status, 400);
  assert.equal((await browser.post(page.url, form)).status, 400);
  assert.equal((await browser.get(page.url.replace('/sign-in/', '/authorize/'))).status, 400);
  assert.deepEqual(await late.events('session.started'), []);
});

test('Host and X-Forwarded-* change no address', async () => {
  const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' };
  const { url } = await ask(crm);
  const answer = await new Browser().get(url.href, headers);
  assert.ok(answer.location?.startsWith('/sign-in/'));
  const discovery = await fetch(`${hub.issuer}/.well-known/openid-configuration`, { headers });
  assert.ok(!(await discovery.text()).includes('evil'));
});

test('codes and tokens are made of letters, digits, - and _', async () => {
  const entered = await enter(crm, { email: 'ada@example.com' });
  const tokens = await redeem(crm, entered);
  for (const one of [entered.answer.searchParams.get('code'), tokens.access_token, tokens.refresh_token]) {
    assert.match(one ?? '', /^[A-Za-z0-9_-]{43}$/);
  }
});

test('refusals that concern a known system are on record, with error and endpoint', async () => {
  const refused = await hub.events('request.refused');
  const causes = new Set(refused.map(({ system, detail }) => `${system} ${detail?.endpoint} ${detail?.error}`));
  assert.ok(causes.has('robot POST /token invalid_client'), [...causes].join('\n'));
  assert.ok(causes.has('crm POST /token invalid_grant'));
  assert.ok(causes.has('crm GET /authorize invalid_redirect_uri'));
});
