/** What serves once serves once: sent twenty at a time over twenty connections, twenty rounds each (security.md). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { Agent, request } from 'undici';
import { Browser } from '#test/support/browser.ts';
import type { TestHub } from '#test/support/hub.ts';
import { storeOfThisPass } from '#test/support/store.ts';
import { aHub, asCrm, ask, asSpa, callback, enter, redeem, relyingParty, signInAt } from './fixture.ts';

const rounds = 20;
const atOnce = 20;

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly location: string | undefined;
}

/** Sends the same thing over connections of their own, as nearly at once as it goes. */
async function volley(
  url: string,
  init: { method: 'GET' | 'POST'; body?: string; headers?: Record<string, string> },
): Promise<Reply[]> {
  return Promise.all(
    Array.from({ length: atOnce }, async () => {
      const agent = new Agent({ connections: 1, pipelining: 0 });
      const type = init.body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
      const answer = await request(url, {
        method: init.method,
        dispatcher: agent,
        headers: { ...type, ...init.headers },
        ...(init.body === undefined ? {} : { body: init.body }),
      });
      const text = await answer.body.text();
      await agent.close();
      const location = answer.headers.location;
      return {
        status: answer.statusCode,
        body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
        location: typeof location === 'string' ? location : undefined,
      };
    }),
  );
}

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const crmAuth = basic('crm', 'crm-secret-of-the-test');

/** What the losers were told. Twenty commits for one record may outlast a MongoDB's deadline: a loser that is told so has not won. */
function errorsOf(replies: readonly Reply[]): unknown[] {
  const told = replies.filter(({ status }) => status !== 200).map(({ status, body }) => `${status} ${body.error}`);
  const slow = storeOfThisPass().HUB_STORE === undefined ? '' : '503 temporarily_unavailable';
  return [...new Set(told.filter((one) => one !== slow))];
}

async function isActive(hub: TestHub, auth: Record<string, string>, token: unknown): Promise<unknown> {
  const answer = await fetch(`${hub.issuer}/introspect`, {
    method: 'POST',
    headers: { ...auth, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token: String(token) }),
  });
  return ((await answer.json()) as { active: unknown }).active;
}

test('a code is redeemed once; the others end the grant', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const { browser } = await enter(crm, { email: 'ada@example.com' });
  for (let round = 0; round < rounds; round += 1) {
    const { asked, answer } = await enter(crm, { browser });
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: answer.searchParams.get('code') ?? '',
      redirect_uri: callback,
      code_verifier: asked.verifier,
    }).toString();
    const replies = await volley(`${hub.issuer}/token`, { method: 'POST', body, headers: crmAuth });
    const won = replies.filter(({ status }) => status === 200);
    assert.equal(won.length, 1, `round ${round}`);
    assert.deepEqual(errorsOf(replies), ['400 invalid_grant']);
    assert.equal(await isActive(hub, crmAuth, won[0]?.body.access_token), false);
    assert.equal(await isActive(hub, crmAuth, won[0]?.body.refresh_token), false);
  }
  assert.equal((await hub.events('entry.granted')).length, rounds);
  assert.equal((await hub.events('token.reused')).length, rounds);
});

test('a rotating refresh token is used once; the others end the grant', async (t) => {
  const hub = await aHub(t);
  const spa = await asSpa(hub);
  const { browser } = await enter(spa, { email: 'ada@example.com' });
  for (let round = 0; round < rounds; round += 1) {
    const tokens = await redeem(spa, await enter(spa, { browser }));
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'spa',
      refresh_token: tokens.refresh_token ?? '',
    }).toString();
    const replies = await volley(`${hub.issuer}/token`, { method: 'POST', body });
    const won = replies.filter(({ status }) => status === 200);
    assert.equal(won.length, 1, `round ${round}`);
    assert.deepEqual(errorsOf(replies), ['400 invalid_grant']);
    const again = await fetch(`${hub.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: 'spa',
        refresh_token: String(won[0]?.body.refresh_token),
      }),
    });
    assert.equal(again.status, 400);
  }
  assert.equal((await hub.events('token.refreshed')).length, rounds);
});

test('a pushed request leads to one code', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const { browser } = await enter(crm, { email: 'ada@example.com' });
  const session = browser.cookie(hub.issuer, 'gatehouse-session');
  for (let round = 0; round < rounds; round += 1) {
    const { url } = await ask(crm);
    const pushed = await client.buildAuthorizationUrlWithPAR(crm, url.searchParams);
    const replies = await volley(pushed.href, { method: 'GET', headers: { cookie: `gatehouse-session=${session}` } });
    const won = replies.filter(({ location }) => location?.includes('code='));
    assert.equal(won.length, 1, `round ${round}`);
    assert.ok(replies.every((reply) => reply === won[0] || (reply.status === 400 && reply.location === undefined)));
  }
});

test('a pushed request leads to one sign-in', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const { url } = await ask(crm);
  const pushed = await client.buildAuthorizationUrlWithPAR(crm, url.searchParams);
  const replies = await volley(pushed.href, { method: 'GET' });
  assert.equal(replies.filter(({ location }) => location?.startsWith('/sign-in/')).length, 1);
  const answer = await signInAt(
    new Browser(),
    (await client.buildAuthorizationUrlWithPAR(crm, url.searchParams)).href,
    'ada@example.com',
  );
  assert.ok(answer?.includes('code='));
});

test('a client assertion is taken once', async (t) => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] };
  const hub = await aHub(t, {
    systems: [{ id: 'signer', auth: 'private_key_jwt', jwks, machine: { scopes: ['hub:read'] } }],
  });
  const signer = await relyingParty(hub, 'signer', client.PrivateKeyJwt({ key: privateKey, kid: 'k1' }));
  assert.ok((await client.clientCredentialsGrant(signer)).access_token);
  for (let round = 0; round < rounds; round += 1) {
    const assertion = await new SignJWT({ jti: `jti-${round}` })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
      .setIssuer('signer')
      .setSubject('signer')
      .setAudience(hub.issuer)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey);
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }).toString();
    const replies = await volley(`${hub.issuer}/token`, { method: 'POST', body });
    assert.equal(replies.filter(({ status }) => status === 200).length, 1, `round ${round}`);
    assert.deepEqual(errorsOf(replies), ['401 invalid_client']);
  }
});

test('a DPoP proof is taken once', async (t) => {
  const hub = await aHub(t);
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  for (let round = 0; round < rounds; round += 1) {
    const proof = await new SignJWT({ htm: 'POST', htu: `${hub.issuer}/token`, jti: `proof-${round}` })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .setIssuedAt()
      .sign(privateKey);
    const replies = await volley(`${hub.issuer}/token`, {
      method: 'POST',
      body: 'grant_type=client_credentials',
      headers: { ...basic('robot', 'robot-secret'), dpop: proof },
    });
    const won = replies.filter(({ status }) => status === 200);
    assert.equal(won.length, 1, `round ${round}`);
    assert.equal(won[0]?.body.token_type, 'DPoP');
    assert.deepEqual(errorsOf(replies), ['400 invalid_dpop_proof']);
  }
});

test('an interaction ends once', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const browser = new Browser();
  const { url } = await ask(crm);
  const page = await browser.follow(url.href);
  const posted = await browser.post(page.url, {
    identifier: 'ada@example.com',
    password: 'correct horse battery staple',
  });
  const resume = new URL(posted.location ?? '', hub.issuer).href;
  const cookie = `gatehouse-resume=${browser.cookie(resume, 'gatehouse-resume')}`;
  const replies = await volley(resume, { method: 'GET', headers: { cookie } });
  assert.equal(replies.filter(({ location }) => location?.includes('code=')).length, 1);
  assert.ok(replies.every(({ status, location }) => location?.includes('code=') || status === 400));
  assert.equal((await hub.events('session.started')).length, 1);
});

test('twenty tabs entering one system for the first time all get in, under one grant', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const { browser } = await enter(await asSpa(hub), { email: 'ada@example.com' });
  const answers = await Promise.all(Array.from({ length: 20 }, () => enter(crm, { browser: browser.copy() })));
  const tokens = await Promise.all(answers.map((entered) => redeem(crm, entered)));
  assert.equal(tokens.length, 20);
  const session = (
    await hub.services.store.find((await import('#storage/collections.ts')).grants, {
      where: { account: hub.person('ada@example.com').id },
    })
  ).items;
  assert.equal(session.length, 2);
});
