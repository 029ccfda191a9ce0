import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { Browser } from '#test/support/browser.ts';
import { aHub, asCrm, asErp, enter, redeem } from './fixture.ts';

test('one sign-in opens both systems, each with its own rights alone', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const entered = await enter(crm, { email: 'ada@example.com' });
  const tokens = await redeem(crm, entered);
  const claims = tokens.claims();
  assert.ok(claims);
  assert.equal(claims.name, 'Ada Sales');
  assert.deepEqual(claims.permissions, ['customer:read', 'customer:write']);
  assert.deepEqual(claims.roles, ['sales']);
  assert.equal(claims.acr, 'urn:gatehouse:acr:password');
  assert.deepEqual(claims.amr, ['pwd']);
  assert.ok(claims.sid && claims.auth_time);
  const info = await client.fetchUserInfo(crm, tokens.access_token, claims.sub);
  assert.equal(info.email, 'ada@example.com');

  const erp = await asErp(hub);
  const silent = await enter(erp, { browser: entered.browser });
  const other = (await redeem(erp, silent)).claims();
  assert.ok(other);
  assert.deepEqual(other.permissions, ['invoice:read', 'shipment:read', 'shipment:write']);
  assert.notEqual(other.sub, claims.sub);

  const types = (await hub.events()).map((event) => event.type);
  assert.deepEqual(types.slice(types.indexOf('signin.succeeded')), [
    'signin.succeeded',
    'session.started',
    'person.linked',
    'entry.granted',
    'token.issued',
    'person.linked',
    'entry.granted',
    'token.issued',
  ]);
});

test('the hub’s own pages share the session', async (t) => {
  const hub = await aHub(t);
  const browser = new Browser();
  const page = await browser.follow(`${hub.issuer}/hub-sign-in`);
  assert.equal(page.text, 'sign-in hub');
  const posted = await browser.post(page.url, { identifier: 'ADA@example.com ', password: 'wrong password indeed' });
  assert.equal(posted.status, 422);
  const right = await browser.post(page.url, {
    identifier: 'ADA@example.com ',
    password: 'correct horse battery staple',
  });
  const landed = await browser.follow(new URL(right.location ?? '', page.url).href);
  assert.equal(JSON.parse(landed.text).personId, hub.person('ada@example.com').id);
  const crm = await asCrm(hub);
  assert.ok((await redeem(crm, await enter(crm, { browser }))).id_token);
});
