/** If it cannot be stored, it did not happen (security.md, "Audit and faults"). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { StoreUnavailable } from '#storage/port.ts';
import { aHub, asCrm, ask, enter, redeem } from './fixture.ts';

test('a store that cannot write gives 503 with a time to come back, and nothing is issued or spent', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const entered = await enter(crm, { email: 'ada@example.com' });
  const broken = t.mock.method(hub.services.store.engine, 'commit', async () => {
    throw new StoreUnavailable('the disk is full');
  });
  const failed = await fetch(`${hub.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('robot:robot-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  assert.equal(failed.status, 503);
  assert.ok(Number(failed.headers.get('retry-after')) > 0);
  const said = await failed.text();
  assert.ok(!said.includes('access_token') && !said.includes('disk'));
  await assert.rejects(redeem(crm, entered), /unexpected HTTP response status code/);
  const { url } = await ask(crm);
  const page = await entered.browser.get(url.href);
  assert.equal(page.status, 503);
  assert.equal(page.location, undefined);
  assert.equal((await fetch(`${hub.issuer}/jwks`)).status, 200);
  broken.mock.restore();
  assert.ok((await redeem(crm, entered)).access_token, 'the code was not spent');
});

test('a store that cannot read gives 503 too', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const tokens = await redeem(crm, await enter(crm, { email: 'ada@example.com' }));
  const broken = t.mock.method(hub.services.store.engine, 'get', async () => {
    throw new StoreUnavailable('the file is gone');
  });
  const failed = await fetch(`${hub.issuer}/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  assert.equal(failed.status, 503);
  broken.mock.restore();
  assert.ok((await client.fetchUserInfo(crm, tokens.access_token, client.skipSubjectCheck)).sub);
});
