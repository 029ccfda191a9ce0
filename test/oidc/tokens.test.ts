import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { disablePerson } from '#actions/people/change.ts';
import { changeSystem } from '#actions/systems/change.ts';
import { Browser } from '#test/support/browser.ts';
import { operator, type TestHub } from '#test/support/hub.ts';
import { aHub, asCrm, asErp, ask, asSpa, enter, redeem, relyingParty, signInAt } from './fixture.ts';

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

function exchange(
  config: client.Configuration,
  token: string,
  params: Record<string, string> = {},
  DPoP?: client.DPoPHandle,
) {
  const asked = { subject_token: token, subject_token_type: accessTokenType, audience: 'urn:erp', ...params };
  return client.genericGrantRequest(config, exchangeGrant, asked, DPoP === undefined ? {} : { DPoP });
}

async function verified(hub: TestHub, token: string, audience: string) {
  const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(`${hub.issuer}/jwks`)), {
    issuer: hub.issuer,
    audience,
    typ: 'at+jwt',
  });
  return payload;
}

const refusedAs = (error: string) => (thrown: unknown) =>
  thrown instanceof client.ResponseBodyError && thrown.error === error;

test('refresh follows what the person may do now, and ends with the account', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const tokens = await redeem(crm, await enter(crm, { email: 'ada@example.com' }));
  const refreshed = await client.refreshTokenGrant(crm, tokens.refresh_token ?? '');
  assert.equal(refreshed.refresh_token, tokens.refresh_token, 'a confidential client keeps its token');
  assert.deepEqual((await hub.events('token.refreshed')).length, 1);
  await disablePerson(hub.services, operator, hub.person('ada@example.com').id);
  await assert.rejects(client.refreshTokenGrant(crm, tokens.refresh_token ?? ''), refusedAs('invalid_grant'));
  assert.equal((await client.tokenIntrospection(crm, refreshed.access_token)).active, false);
  await assert.rejects(client.fetchUserInfo(crm, refreshed.access_token, client.skipSubjectCheck));
});

test('the session of an ended account is not found', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const { browser } = await enter(crm, { email: 'ada@example.com' });
  await disablePerson(hub.services, operator, hub.person('ada@example.com').id);
  const { answer } = await enter(crm, { browser, params: { prompt: 'none' } });
  assert.equal(answer.searchParams.get('error'), 'login_required');
});

test('a resource named twice gives the API’s own token', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const entered = await enter(crm, { email: 'ada@example.com', params: { resource: 'urn:crm' } });
  const first = await redeem(crm, entered);
  assert.ok((await client.fetchUserInfo(crm, first.access_token, client.skipSubjectCheck)).sub);
  const second = await client.refreshTokenGrant(crm, first.refresh_token ?? '', { resource: 'urn:crm' });
  const claims = await verified(hub, second.access_token, 'urn:crm');
  assert.deepEqual(claims.permissions, ['customer:read', 'customer:write']);
  assert.equal(claims.client_id, 'crm');
  assert.ok(claims.sid && claims.jti);
  assert.ok((claims.exp ?? 0) - (claims.iat ?? 0) <= 300);
  const seen = await client.tokenIntrospection(crm, second.access_token);
  assert.equal(seen.active, true);
  assert.equal((await client.tokenIntrospection(await asErp(hub), second.access_token)).active, false);
  await assert.rejects(client.fetchUserInfo(crm, second.access_token, client.skipSubjectCheck));
  await client.tokenRevocation(crm, second.access_token);
  assert.equal((await client.tokenIntrospection(crm, second.access_token)).active, false);

  const foreign = await enter(crm, { browser: entered.browser, params: { resource: 'urn:erp' } });
  assert.equal(foreign.answer.searchParams.get('error'), 'invalid_target');
  await assert.rejects(
    client.refreshTokenGrant(crm, first.refresh_token ?? '', { resource: 'urn:erp' }),
    refusedAs('invalid_target'),
  );
});

test('token exchange gives the delegation cut by the person’s own rights', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const tokens = await redeem(crm, await enter(crm, { email: 'ada@example.com' }));
  const exchanged = await exchange(crm, tokens.access_token);
  const claims = await verified(hub, exchanged.access_token, 'urn:erp');
  assert.deepEqual(claims.permissions, ['invoice:read', 'shipment:read'], 'not shipment:write, which is not delegated');
  assert.deepEqual(claims.act, { sub: 'crm' });
  assert.equal(exchanged.issued_token_type, accessTokenType);
  const narrowed = await exchange(crm, tokens.access_token, { scope: 'invoice:read' });
  assert.deepEqual((await verified(hub, narrowed.access_token, 'urn:erp')).permissions, ['invoice:read']);
  const erp = await asErp(hub);
  assert.equal((await client.tokenIntrospection(erp, exchanged.access_token)).active, true);
  const granted = await hub.events('delegated.granted');
  assert.equal(granted.length, 2);
  assert.equal(granted[0]?.via, 'crm');
  assert.equal(granted[0]?.system, 'erp');
  assert.equal(granted[0]?.subject?.id, hub.person('ada@example.com').id);

  await assert.rejects(exchange(crm, exchanged.access_token), refusedAs('invalid_grant'), 'not exchanged again');
  await assert.rejects(exchange(erp, tokens.access_token), refusedAs('invalid_grant'), 'another system holds it');
  await assert.rejects(
    exchange(crm, tokens.id_token ?? ''),
    refusedAs('invalid_grant'),
    'an ID token is no access token',
  );
  await assert.rejects(exchange(crm, tokens.access_token, { audience: 'urn:none' }), refusedAs('invalid_target'));
  await assert.rejects(exchange(crm, tokens.access_token, { scope: 'shipment:write' }), refusedAs('invalid_scope'));
  await assert.rejects(exchange(crm, tokens.access_token, { actor_token: 'x' }), refusedAs('invalid_request'));
  const back = await redeem(erp, await enter(erp, { email: 'ada@example.com' }));
  await assert.rejects(exchange(erp, back.access_token, { audience: 'urn:crm' }), refusedAs('invalid_target'));
  await disablePerson(hub.services, operator, hub.person('ada@example.com').id);
  await assert.rejects(exchange(crm, tokens.access_token), refusedAs('invalid_grant'));
  assert.equal((await client.tokenIntrospection(erp, exchanged.access_token)).active, false);
});

test('a DPoP-bound token is exchanged with a proof of its key, for one that is bound to it too', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const erp = await asErp(hub);
  const DPoP = client.getDPoPHandle(crm, await client.randomDPoPKeyPair('ES256'));
  const stolen = client.getDPoPHandle(crm, await client.randomDPoPKeyPair('ES256'));
  const entered = await enter(crm, { email: 'ada@example.com', params: { resource: 'urn:crm' } });
  const opaque = await redeem(crm, entered, {}, { DPoP });
  const jwt = await client.refreshTokenGrant(crm, opaque.refresh_token ?? '', { resource: 'urn:crm' }, { DPoP });
  for (const { access_token } of [opaque, jwt]) {
    await assert.rejects(exchange(crm, access_token), refusedAs('invalid_grant'), 'no proof');
    await assert.rejects(
      exchange(crm, access_token, {}, stolen),
      refusedAs('invalid_grant'),
      'the proof of another key',
    );
    const exchanged = await exchange(crm, access_token, {}, DPoP);
    assert.equal(exchanged.token_type, 'dpop');
    const claims = await verified(hub, exchanged.access_token, 'urn:erp');
    const cnf = (await client.tokenIntrospection(erp, exchanged.access_token)).cnf;
    assert.ok((claims.cnf as { jkt?: string }).jkt);
    assert.deepEqual(claims.cnf, cnf);
    assert.equal((await verified(hub, jwt.access_token, 'urn:crm')).sub !== claims.sub, true);
    assert.deepEqual(claims.cnf, (await verified(hub, jwt.access_token, 'urn:crm')).cnf);
  }
  const granted = await hub.events('delegated.granted');
  assert.deepEqual(
    granted.map(({ detail }) => detail?.bound),
    ['dpop', 'dpop'],
  );
  const plain = await redeem(crm, await enter(crm, { browser: entered.browser }));
  const free = await exchange(crm, plain.access_token);
  assert.equal(free.token_type, 'bearer');
  const bound = await exchange(crm, plain.access_token, {}, DPoP);
  assert.ok((await verified(hub, bound.access_token, 'urn:erp')).cnf, 'whoever proves a key gets a token bound to it');
});

test('who has nothing of what is delegated gets nothing', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const tokens = await redeem(crm, await enter(crm, { email: 'pia@example.com' }));
  await assert.rejects(exchange(crm, tokens.access_token), refusedAs('invalid_scope'));
  const [denied] = await hub.events('delegated.denied');
  assert.equal(denied?.outcome, 'denied');
  assert.equal(denied?.system, 'erp');
});

test('client credentials stay within the machine scopes', async (t) => {
  const hub = await aHub(t);
  const robot = await relyingParty(hub, 'robot', client.ClientSecretBasic('robot-secret'));
  assert.equal((await client.clientCredentialsGrant(robot)).scope, 'hub:read hub:admin');
  const narrowed = await client.clientCredentialsGrant(robot, { scope: 'hub:read' });
  assert.equal(narrowed.scope, 'hub:read');
  await assert.rejects(client.clientCredentialsGrant(robot, { scope: 'hub:scim' }), refusedAs('invalid_scope'));
  await assert.rejects(client.clientCredentialsGrant(await asCrm(hub)), client.ResponseBodyError);
  const bearer = (token: string) =>
    hub.oidc.bearer({ headers: { authorization: `Bearer ${token}` } } as Parameters<typeof hub.oidc.bearer>[0]);
  assert.deepEqual(await bearer(narrowed.access_token), { client: 'robot', scopes: ['hub:read'], kind: 'client' });
  assert.equal(await bearer('nonsense'), undefined);
  const issued = await hub.events('token.issued');
  assert.equal(issued.length, 2);
  assert.deepEqual(issued[0]?.actor, { kind: 'system', id: 'robot' });
  await changeSystem(hub.services, operator, 'robot', { enabled: false });
  assert.equal(await bearer(narrowed.access_token), undefined);
  await assert.rejects(client.clientCredentialsGrant(robot), client.WWWAuthenticateChallengeError);
});

test('a DPoP-bound token works with its key alone', async (t) => {
  const hub = await aHub(t);
  const spa = await asSpa(hub);
  const DPoP = client.getDPoPHandle(spa, await client.randomDPoPKeyPair('ES256'));
  const tokens = await redeem(spa, await enter(spa, { email: 'ada@example.com' }), {}, { DPoP });
  assert.equal(tokens.token_type.toLowerCase(), 'dpop');
  const info = await client.fetchUserInfo(spa, tokens.access_token, client.skipSubjectCheck, { DPoP });
  assert.equal(info.name, 'Ada Sales');
  const bare = await fetch(`${hub.issuer}/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  assert.equal(bare.status, 401);
  await assert.rejects(client.refreshTokenGrant(spa, tokens.refresh_token ?? ''), refusedAs('invalid_grant'));
});

test('revocation ends what it names', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const tokens = await redeem(crm, await enter(crm, { email: 'ada@example.com' }));
  await client.tokenRevocation(crm, tokens.access_token);
  assert.equal((await client.tokenIntrospection(crm, tokens.access_token)).active, false);
  const refreshed = await client.refreshTokenGrant(crm, tokens.refresh_token ?? '');
  await client.tokenRevocation(crm, refreshed.refresh_token ?? '');
  assert.equal((await client.tokenIntrospection(crm, refreshed.access_token)).active, false);
  assert.equal((await hub.events('token.revoked')).length, 2);
});

test('every event that speaks of a person names them as they were called', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const spa = await asSpa(hub);
  const entered = await enter(crm, { email: 'ada@example.com', params: { resource: 'urn:crm' } });
  const { browser } = entered;
  const tokens = await redeem(crm, entered);
  const jwt = await client.refreshTokenGrant(crm, tokens.refresh_token ?? '', { resource: 'urn:crm' });
  await client.tokenRevocation(crm, jwt.access_token);
  await client.tokenRevocation(crm, tokens.access_token);
  await exchange(crm, (await client.refreshTokenGrant(crm, tokens.refresh_token ?? '')).access_token);
  const rotating = await redeem(spa, await enter(spa, { browser }));
  await client.refreshTokenGrant(spa, rotating.refresh_token ?? '');
  await assert.rejects(client.refreshTokenGrant(spa, rotating.refresh_token ?? ''), refusedAs('invalid_grant'));
  const events = await hub.events();
  const types = new Set(events.map(({ type }) => type));
  for (const type of ['token.revoked', 'token.reused', 'token.refreshed', 'delegated.granted', 'entry.granted']) {
    assert.ok(types.has(type as never), type);
  }
  const nameless = events.filter(({ subject, personal }) => subject !== undefined && personal?.subject === undefined);
  assert.deepEqual(
    nameless.map(({ type }) => type),
    [],
  );
});

test('a first entry that is refused is recorded after the session it was tried in', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const { url } = await ask(crm);
  const landed = await signInAt(new Browser(), url.href, 'nora@example.com');
  assert.match(landed ?? '', /\/no-access\//);
  const types = (await hub.events()).map(({ type }) => type);
  assert.deepEqual(types.slice(types.indexOf('signin.succeeded')), [
    'signin.succeeded',
    'session.started',
    'entry.denied',
  ]);
  const [denied] = await hub.events('entry.denied');
  assert.equal(denied?.session, (await hub.events('session.started'))[0]?.session);
});
