/** Rules of security.md, "Authorize and token", that no other file here shows; `test/README.md` lists them all. */
import assert from 'node:assert/strict';
import { createHmac, type JsonWebKey } from 'node:crypto';
import { before, test } from 'node:test';
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from 'jose';
import * as client from 'openid-client';
import { keyRing } from '#actions/keys/ring.ts';
import { changePerson } from '#actions/people/change.ts';
import { changeSystem } from '#actions/systems/change.ts';
import { createSigner, signJwt } from '#platform/jws.ts';
import { Browser } from '#test/support/browser.ts';
import { operator, type TestHub } from '#test/support/hub.ts';
import { aHub, asCrm, asErp, ask, asSpa, callback, enter, redeem, relyingParty } from './fixture.ts';

let hub: TestHub;
let crm: client.Configuration;
const keys = await generateKeyPair('ES256', { extractable: true });
const publicJwk: JWK = await exportJWK(keys.publicKey);
const ends: (() => Promise<void>)[] = [];

before(async () => {
  const jwks = { keys: [{ ...publicJwk, kid: 'k1', alg: 'ES256' }] };
  hub = await aHub(
    { after: (end) => void ends.unshift(end) },
    { systems: [{ id: 'signer', auth: 'private_key_jwt', jwks, machine: { scopes: ['hub:read'] } }] },
  );
  crm = await asCrm(hub);
});

test.after(async () => {
  for (const end of ends) await end();
});

const crmAuth = { authorization: `Basic ${btoa('crm:crm-secret-of-the-test')}` };

async function post(path: string, body: Record<string, string>, headers: Record<string, string> = {}) {
  const answer = await fetch(`${hub.issuer}${path}`, { method: 'POST', headers, body: new URLSearchParams(body) });
  const text = await answer.text();
  const said = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, unknown>;
  return { status: answer.status, headers: answer.headers, said };
}

test('a system without redirect addresses never learns one', async () => {
  const { url } = await ask(crm);
  url.searchParams.set('client_id', 'robot');
  const answer = await new Browser().get(url.href);
  assert.deepEqual([answer.status, answer.location], [400, undefined]);
  const pushed = await post('/par', Object.fromEntries(url.searchParams), {
    authorization: `Basic ${btoa('robot:robot-secret')}`,
  });
  assert.equal(pushed.status, 400);
  assert.equal((await new Browser().get(url.href)).status, 400);
});

test('prompt=none shows no page where consent is missing', async () => {
  const { browser } = await enter(crm, { email: 'ada@example.com' });
  const partner = await relyingParty(hub, 'partner', client.ClientSecretBasic('partner-secret'));
  const { answer } = await enter(partner, { browser, params: { prompt: 'none' } });
  assert.equal(answer.searchParams.get('error'), 'consent_required');
  assert.equal(answer.searchParams.get('iss'), hub.issuer);
});

test('max_age asks again, and cannot be talked away by dropping it on the way back', async (t) => {
  const { browser } = await enter(crm, { email: 'ada@example.com' });
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  t.mock.timers.tick(10 * 60_000);
  const young = await enter(crm, { browser, params: { max_age: '3600' } });
  assert.ok(young.answer.searchParams.get('code'));
  const silent = await enter(crm, { browser, params: { max_age: '60', prompt: 'none' } });
  assert.equal(silent.answer.searchParams.get('error'), 'login_required');
  for (const params of [{ max_age: '60' }, { max_age: '0' }]) {
    const { url } = await ask(crm, params as Record<string, string>);
    const page = await browser.follow(url.href);
    assert.equal(page.text, 'sign-in crm');
    for (const tail of ['', '?max_age=99999', '?prompt=none']) {
      const resumed = await browser.get(`${page.url.replace('/sign-in/', '/authorize/')}${tail}`);
      assert.ok(!resumed.location?.includes('code='), tail);
    }
  }
});

test('a refresh gives what the person may do now, and nothing to a system that was switched off', async () => {
  const entered = await enter(crm, { email: 'ada@example.com', params: { resource: 'urn:crm' } });
  const { refresh_token = '' } = await redeem(crm, entered);
  const ada = hub.person('ada@example.com').id;
  await changePerson(hub.services, operator, ada, { department: 'Office' });
  try {
    const fresh = await client.refreshTokenGrant(crm, refresh_token);
    assert.deepEqual(fresh.claims()?.permissions, ['customer:read']);
    const info = await client.fetchUserInfo(crm, fresh.access_token, client.skipSubjectCheck);
    assert.deepEqual(info.permissions, ['customer:read']);
    const api = await client.refreshTokenGrant(crm, refresh_token, { resource: 'urn:crm' });
    assert.deepEqual((await client.tokenIntrospection(crm, api.access_token)).permissions, ['customer:read']);
    await changeSystem(hub.services, operator, 'crm', { enabled: false });
    const off = await post('/token', { grant_type: 'refresh_token', refresh_token }, crmAuth);
    assert.deepEqual([off.status, off.said.error], [401, 'invalid_client']);
  } finally {
    await changeSystem(hub.services, operator, 'crm', { enabled: true });
    await changePerson(hub.services, operator, ada, { department: 'Sales' });
  }
});

test('a thing of one kind is never found as another', async () => {
  const browser = new Browser();
  const entered = await enter(crm, { browser, email: 'ada@example.com' });
  const { asked } = entered;
  const tokens = await redeem(crm, entered);
  const code = (await enter(crm, { browser })).answer.searchParams.get('code') ?? '';
  const pushed = await client.buildAuthorizationUrlWithPAR(crm, (await ask(crm)).url.searchParams);
  const request = (pushed.searchParams.get('request_uri') ?? '').split(':').at(-1) ?? '';
  const machine = await post(
    '/token',
    { grant_type: 'client_credentials' },
    { authorization: `Basic ${btoa('robot:robot-secret')}` },
  );
  const things: Record<string, string> = {
    code,
    request,
    session: browser.cookie(hub.issuer, 'gatehouse-session') ?? '',
    access: tokens.access_token,
    refresh: tokens.refresh_token ?? '',
    id: tokens.id_token ?? '',
    machine: String(machine.said.access_token),
  };
  assert.deepEqual(
    Object.values(things).filter((value) => value === ''),
    [],
  );
  const verifier = asked.verifier;
  const doors: Record<string, [own: string, knock: (value: string) => Promise<boolean>]> = {
    code: [
      'code',
      async (value) => {
        const form = { grant_type: 'authorization_code', code: value, redirect_uri: callback, code_verifier: verifier };
        return (await post('/token', form, crmAuth)).status === 200;
      },
    ],
    refresh: [
      'refresh',
      async (value) =>
        (await post('/token', { grant_type: 'refresh_token', refresh_token: value }, crmAuth)).status === 200,
    ],
    userinfo: [
      'access',
      async (value) =>
        (await fetch(`${hub.issuer}/userinfo`, { headers: { authorization: `Bearer ${value}` } })).status === 200,
    ],
    exchange: [
      'access',
      async (value) => {
        const form = {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: value,
          subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          audience: 'urn:erp',
        };
        return (await post('/token', form, crmAuth)).status === 200;
      },
    ],
    'the hub’s API': [
      'machine',
      async (value) => {
        const req = { headers: { authorization: `Bearer ${value}` } } as Parameters<typeof hub.oidc.bearer>[0];
        return (await hub.oidc.bearer(req)) !== undefined;
      },
    ],
    session: [
      'session',
      async (value) => {
        const answer = await fetch(`${hub.issuer}/whoami`, { headers: { cookie: `gatehouse-session=${value}` } });
        return (await answer.text()) !== 'null';
      },
    ],
    'pushed request': [
      'request',
      async (value) => {
        const uri = encodeURIComponent(`urn:ietf:params:oauth:request_uri:${value}`);
        return (await new Browser().get(`${hub.issuer}/authorize?client_id=crm&request_uri=${uri}`)).status === 303;
      },
    ],
  };
  for (const [door, [own, knock]] of Object.entries(doors)) {
    for (const [kind, value] of Object.entries(things)) {
      if (kind !== own) assert.equal(await knock(value), false, `${kind} at the door of ${door}`);
    }
  }
  for (const [door, [own, knock]] of Object.entries(doors)) {
    // The code in hand belongs to another verifier, and what is spent was spent by none of the knocks.
    if (door !== 'code') assert.equal(await knock(things[own] ?? ''), true, `${own} at its own door`);
  }
});

test('every answer of the token endpoint is kept by nobody', async () => {
  const good = await post(
    '/token',
    { grant_type: 'client_credentials' },
    { authorization: `Basic ${btoa('robot:robot-secret')}` },
  );
  const bad = await post('/token', { grant_type: 'authorization_code', code: 'x' }, crmAuth);
  const unknown = await post('/token', { grant_type: 'password' });
  assert.deepEqual([good.status, bad.status, unknown.status], [200, 400, 400]);
  for (const { headers } of [good, bad, unknown]) assert.equal(headers.get('cache-control'), 'no-store');
});

test('an access token that another hand made is neither introspected nor exchanged', async () => {
  const entered = await enter(crm, { email: 'ada@example.com', params: { resource: 'urn:crm' } });
  const { refresh_token = '' } = await redeem(crm, entered);
  const good = (await client.refreshTokenGrant(crm, refresh_token, { resource: 'urn:crm' })).access_token;
  const [head = '', body = '', signature = ''] = good.split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Record<string, unknown>;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const ring = await keyRing(hub.services);
  const pem = ring.verifier(String(header.kid))?.publicKey.export({ format: 'pem', type: 'spki' }) ?? '';
  const hmac = `${part({ ...header, alg: 'HS256' })}.${body}`;
  const own = (await exportJWK(keys.privateKey)) as JsonWebKey;
  const forged: Record<string, string> = {
    'no algorithm': `${part({ ...header, alg: 'none' })}.${body}.`,
    'the signature left out': `${head}.${body}.`,
    'more permissions': `${head}.${part({ ...claims, permissions: ['credit:approve'] })}.${signature}`,
    'HMAC with the public key': `${hmac}.${createHmac('sha256', pem).update(hmac).digest('base64url')}`,
    'a key of its own under our kid': signJwt(
      createSigner(String(header.kid), 'ES256', own),
      { typ: 'at+jwt' },
      claims,
    ),
    'a foreign kid': signJwt(createSigner('foreign', 'ES256', own), { typ: 'at+jwt' }, claims),
    'its key in the header': signJwt(
      createSigner('k', 'ES256', own),
      { typ: 'at+jwt', jwk: publicJwk } as { typ: string },
      claims,
    ),
    'another type': signJwt(ring.signer('ES256'), { typ: 'JWT' }, claims),
    'another issuer': signJwt(ring.signer('ES256'), { typ: 'at+jwt' }, { ...claims, iss: 'https://evil.example' }),
    'an end that is past': signJwt(ring.signer('ES256'), { typ: 'at+jwt' }, { ...claims, exp: 1 }),
    'an id we never issued': signJwt(ring.signer('ES256'), { typ: 'at+jwt' }, { ...claims, jti: 'made-up' }),
  };
  assert.equal((await client.tokenIntrospection(crm, good)).active, true);
  for (const [name, token] of Object.entries(forged)) {
    assert.deepEqual(await client.tokenIntrospection(crm, token), { active: false }, name);
    const exchanged = await post(
      '/token',
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: token,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        audience: 'urn:erp',
      },
      crmAuth,
    );
    assert.deepEqual([exchanged.status, exchanged.said.error], [400, 'invalid_grant'], name);
  }
});

test('a client assertion or a DPoP proof with another algorithm, key or header is refused', async () => {
  const claims = { iss: 'signer', sub: 'signer', aud: hub.issuer };
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = (jti: string) => part({ ...claims, jti, iat: now, exp: now + 60 });
  const hmac = `${part({ alg: 'HS256', kid: 'k1' })}.${body('h')}`;
  const stranger = await generateKeyPair('ES256');
  const signed = (header: object, key = keys.privateKey) =>
    new SignJWT({ ...claims, jti: JSON.stringify(header), iat: now, exp: now + 60 })
      .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
      .sign(key);
  const assertions: Record<string, string> = {
    'no algorithm': `${part({ alg: 'none', kid: 'k1' })}.${body('n')}.`,
    'HMAC with the public key': `${hmac}.${createHmac('sha256', await exportSPKI(keys.publicKey))
      .update(hmac)
      .digest('base64url')}`,
    'a foreign key': await signed({ x: 1 }, stranger.privateKey),
    'a foreign kid': await signed({ kid: 'k2' }),
    'the address of a key': await signed({ jku: 'https://evil.example/jwks' }),
    'the address of a certificate': await signed({ x5u: 'https://evil.example/x5u' }),
  };
  const ask = (assertion: string) =>
    post('/token', {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });
  assert.equal((await ask(await signed({ y: 1 }))).status, 200);
  for (const [name, assertion] of Object.entries(assertions)) {
    assert.equal((await ask(assertion)).said.error, 'invalid_client', name);
  }
  const proof = (header: object) =>
    `${part({ typ: 'dpop+jwt', ...header })}.${part({ htm: 'POST', htu: `${hub.issuer}/token`, jti: 'p', iat: now })}`;
  const robot = { authorization: `Basic ${btoa('robot:robot-secret')}` };
  for (const dpop of [
    `${proof({ alg: 'none', jwk: publicJwk })}.`,
    `${proof({ alg: 'HS256', jwk: publicJwk })}.AAAA`,
  ]) {
    const answer = await post('/token', { grant_type: 'client_credentials' }, { ...robot, dpop });
    assert.equal(answer.said.error, 'invalid_dpop_proof');
  }
});

test('an answer names its issuer, and only a code is given', async () => {
  const spa = await asSpa(hub);
  const { answer } = await enter(spa, { email: 'ada@example.com' });
  assert.deepEqual([...answer.searchParams.keys()].toSorted(), ['code', 'iss', 'state']);
  assert.equal(answer.searchParams.get('iss'), hub.issuer);
  const said = (await (await fetch(`${hub.issuer}/.well-known/openid-configuration`)).json()) as Record<
    string,
    unknown
  >;
  assert.deepEqual(said.response_types_supported, ['code']);
  assert.deepEqual(said.code_challenge_methods_supported, ['S256']);
  assert.equal(said.authorization_response_iss_parameter_supported, true);
  assert.ok(await asErp(hub));
});
