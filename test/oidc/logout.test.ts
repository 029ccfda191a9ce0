/** One sign-out ends everything: session, tokens and, by logout tokens, the systems (OIDC RP-Initiated and Back-Channel Logout). */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { changePerson } from '#actions/people/change.ts';
import { outbox, sessions } from '#storage/collections.ts';
import { operator, type TestHub } from '#test/support/hub.ts';
import { aHub, asCrm, type Context, callback, enter, redeem, relyingParty } from './fixture.ts';

interface Receiver {
  readonly url: string;
  readonly tokens: string[];
  /** The next answers' status; 200 afterwards. */
  readonly statuses: number[];
}

/** A system's back-channel address: a real receiver. */
async function receiver(t: Context): Promise<Receiver> {
  const tokens: string[] = [];
  const statuses: number[] = [];
  const server = createServer(async (req, res) => {
    const parts = await Array.fromAsync(req as AsyncIterable<Buffer>);
    const status = statuses.shift() ?? 200;
    if (status === 200) tokens.push(new URLSearchParams(Buffer.concat(parts).toString()).get('logout_token') ?? '');
    res.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/backchannel`, tokens, statuses };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail('it did not happen within 5 s');
}

async function listening(t: Context, env: Record<string, string> = {}) {
  const heard = await receiver(t);
  const hub = await aHub(t, {
    env,
    systems: [
      {
        id: 'ears',
        redirectUris: [callback],
        postLogoutRedirectUris: ['http://localhost:4998/bye?x=1'],
        clientSecret: 'ears-secret',
        backchannelLogoutUri: heard.url,
        open: true,
        firstParty: true,
        refresh: true,
      },
    ],
  });
  const ears = await relyingParty(hub, 'ears', client.ClientSecretBasic('ears-secret'));
  return { hub, ears, heard };
}

async function verified(hub: TestHub, token: string | undefined): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token ?? '', createRemoteJWKSet(new URL(`${hub.issuer}/jwks`)), {
    issuer: hub.issuer,
    audience: 'ears',
    typ: 'logout+jwt',
    algorithms: ['RS256'],
    requiredClaims: ['iat', 'jti', 'events', 'sid', 'sub'],
  });
  return payload;
}

test('a valid hint ends the session without asking, and the system is told', async (t) => {
  const { hub, ears, heard } = await listening(t);
  const entered = await enter(ears, { email: 'ada@example.com' });
  const tokens = await redeem(ears, entered);
  const code = (await enter(ears, { browser: entered.browser })).answer.searchParams.get('code') ?? '';
  const url = client.buildEndSessionUrl(ears, {
    id_token_hint: tokens.id_token ?? '',
    post_logout_redirect_uri: 'http://localhost:4998/bye?x=1',
    state: 'a&b',
    whatever: 'ignored',
  });
  const answer = await entered.browser.follow(url.href);
  assert.equal(answer.location, 'http://localhost:4998/bye?x=1&state=a%26b');
  await until(() => heard.tokens.length === 1);
  const told = await verified(hub, heard.tokens[0]);
  assert.equal(told.sid, tokens.claims()?.sid);
  assert.equal(told.sub, tokens.claims()?.sub);
  assert.ok(told.events && !('nonce' in told));
  await until(async () => (await hub.events('logout.delivered')).length === 1);

  assert.equal((await client.tokenIntrospection(ears, tokens.access_token)).active, false);
  await assert.rejects(client.refreshTokenGrant(ears, tokens.refresh_token ?? ''), client.ResponseBodyError);
  const inFlight = await fetch(`${hub.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('ears:ears-secret')}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: callback,
      code_verifier: 'x'.repeat(43),
    }),
  });
  assert.equal(inFlight.status, 400);
  const silent = await enter(ears, { browser: entered.browser, params: { prompt: 'none' } });
  assert.equal(silent.answer.searchParams.get('error'), 'login_required');
  const types = (await hub.events()).map(({ type }) => type).filter((type) => /^(session|logout)/.test(type));
  assert.deepEqual(types, ['session.started', 'session.ended', 'logout.sent', 'logout.delivered']);
  const nameless = (await hub.events()).filter(({ subject, personal }) => subject !== undefined && !personal?.subject);
  assert.deepEqual(
    nameless.map(({ type }) => type),
    [],
  );
});

test('without a hint the person is asked, and then led where the system said', async (t) => {
  const { hub, ears } = await listening(t);
  const { browser } = await enter(ears, { email: 'ada@example.com' });
  const after = encodeURIComponent('http://localhost:4998/bye?x=1');
  const ask = await browser.follow(`${hub.issuer}/end-session?client_id=ears&post_logout_redirect_uri=${after}`);
  assert.equal(ask.text, 'sign out? ears');
  assert.ok((await enter(ears, { browser, params: { prompt: 'none' } })).answer.searchParams.get('code'));
  const done = await browser.post(ask.url, {});
  assert.equal(done.location, 'http://localhost:4998/bye?x=1');
  const bad = await browser.get(
    `${hub.issuer}/end-session?client_id=ears&post_logout_redirect_uri=http://evil.example/`,
  );
  assert.equal(bad.status, 400);
  const open = await browser.get(`${hub.issuer}/end-session?post_logout_redirect_uri=http://evil.example/`);
  assert.equal(open.location, '/sign-out/done');
});

test('a hint of another session, or a forged one, asks', async (t) => {
  const { hub, ears } = await listening(t);
  const other = await redeem(ears, await enter(ears, { email: 'otto@example.com' }));
  const { browser } = await enter(ears, { email: 'ada@example.com' });
  for (const hint of [other.id_token ?? '', `${other.id_token}x`, 'nonsense']) {
    const answer = await browser.follow(`${hub.issuer}/end-session?id_token_hint=${hint}`);
    assert.ok(answer.text.startsWith('sign out?'));
  }
  assert.equal((await hub.events('session.ended')).length, 0);
});

test('a system that does not answer is told again; disabling a person tells it too', async (t) => {
  const { hub, ears, heard } = await listening(t);
  heard.statuses.push(500);
  const tokens = await redeem(ears, await enter(ears, { email: 'ada@example.com' }));
  await changePerson(hub.services, operator, hub.person('ada@example.com').id, { status: 'disabled' });
  await until(
    async () => (await hub.services.store.find(outbox, { where: { status: 'waiting' } })).items[0]?.attempts === 1,
  );
  await until(() => heard.tokens.length === 1);
  assert.equal((await verified(hub, heard.tokens[0])).sid, tokens.claims()?.sid);
  await until(async () => (await hub.events('logout.delivered'))[0]?.detail?.attempts === 2);
});

test('a session whose time has come ends like any other', async (t) => {
  const { hub, ears, heard } = await listening(t, {});
  await redeem(ears, await enter(ears, { email: 'ada@example.com' }));
  const [session] = (await hub.services.store.find(sessions, { where: { account: hub.person('ada@example.com').id } }))
    .items;
  assert.ok(session);
  await hub.services.store.write({
    changes: [{ kind: 'update', collection: sessions, id: session.id, set: { endsAt: 1 } }],
  });
  const { endExpiredSessions } = await import('#provisioning/expired-sessions.ts');
  assert.equal(await endExpiredSessions(hub.services), 1);
  await until(() => heard.tokens.length === 1);
  assert.deepEqual((await hub.events('session.ended'))[0]?.detail, { why: 'expired' });
});

test('signing in as somebody else ends the session of the first', async (t) => {
  const { hub, ears, heard } = await listening(t);
  const { browser } = await enter(ears, { email: 'ada@example.com' });
  const second = await enter(ears, { browser, email: 'otto@example.com', params: { prompt: 'login' } });
  assert.equal((await redeem(ears, second)).claims()?.name, 'Otto Office');
  await until(() => heard.tokens.length === 1);
  assert.deepEqual((await hub.events('session.ended'))[0]?.detail, { why: 'replaced' });
  assert.equal((await hub.events('session.started')).length, 2);
});

test('a post to the end-session endpoint asks as a get does', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const { browser } = await enter(crm, { email: 'ada@example.com' });
  const posted = await browser.post(`${hub.issuer}/end-session`, { client_id: 'crm' });
  assert.equal(posted.location, '/end-session?client_id=crm');
});
