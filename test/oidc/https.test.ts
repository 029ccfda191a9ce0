/** Behind a proxy that speaks https: what the issuer says counts, whatever the connection is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from 'undici';
import { aHub } from './fixture.ts';

test('where the issuer is https, cookies are secure and bound to the host', async (t) => {
  const hub = await aHub(t, { env: { HUB_ISSUER: 'https://id.example.com' } });
  const query = new URLSearchParams({
    client_id: 'crm',
    response_type: 'code',
    scope: 'openid',
    redirect_uri: 'http://localhost:4998/callback',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
    prompt: 'login',
  });
  const answer = await request(`${hub.address}/authorize?${query}`, { headers: { host: 'id.example.com' } });
  assert.equal(answer.statusCode, 303);
  const cookies = [answer.headers['set-cookie']].flat().map(String);
  assert.equal(cookies.length, 2);
  for (const cookie of cookies) {
    assert.match(cookie, /^__Secure-gatehouse-/);
    assert.match(cookie, /; secure/i);
    assert.match(cookie, /; httponly/i);
    assert.match(cookie, /; samesite=lax/i);
  }
  const discovery = await request(`${hub.address}/.well-known/openid-configuration`, {
    headers: { host: 'id.example.com', 'x-forwarded-host': 'evil.example' },
  });
  const said = (await discovery.body.json()) as Record<string, unknown>;
  assert.equal(said.issuer, 'https://id.example.com');
  assert.equal(said.token_endpoint, 'https://id.example.com/token');
  assert.equal(said.end_session_endpoint, 'https://id.example.com/end-session');
});

test('bodies beyond the limit are refused quickly', async (t) => {
  const hub = await aHub(t);
  const started = Date.now();
  const answer = await fetch(`${hub.issuer}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `grant_type=${'x'.repeat(20_000_000)}`,
  }).catch(() => undefined);
  assert.ok(answer === undefined || (answer.status >= 400 && answer.status < 500), `${answer?.status}`);
  assert.ok(Date.now() - started < 10_000);
  assert.equal((await fetch(`${hub.issuer}/jwks`)).status, 200);
});
