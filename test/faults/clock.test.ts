/** The machine's clock jumps an hour, and the broom is late: what is over stays over, what was spent stays spent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { createSystem } from '#actions/systems/create.ts';
import { verifyExport } from '#domain/audit/verify.ts';
import { accessTokens, authorizationCodes, sessions } from '#storage/collections.ts';
import { asCrm, ask, asSpa, callback, enter, redeem } from '#test/oidc/fixture.ts';
import { Browser } from '#test/support/browser.ts';
import { operator, systemSettings } from '#test/support/hub.ts';
import { company, signIn } from './company.ts';

const minute = 60_000;
const hour = 60 * minute;

/** The clock of this whole process: hub, provider library and client read the same. */
function movableClock(t: Parameters<typeof company>[0] & { mock: typeof test.mock }): { move(ms: number): void } {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  return { move: (ms) => t.mock.timers.setTime(Date.now() + ms) };
}

test('an hour ahead, with every row still there: nothing that is over is taken', async (t) => {
  const clock = movableClock(t);
  const hub = await company(t);
  const crm = await asCrm(hub);
  const { browser, tokens } = await signIn(hub);
  const waiting = await enter(crm, { browser });
  const api = await client.refreshTokenGrant(crm, tokens.refresh_token ?? '');
  const visitor = new Browser();
  const form = await visitor.follow((await ask(crm)).url.href);
  const pushed = await client.buildAuthorizationUrlWithPAR(crm, Object.fromEntries((await ask(crm)).url.searchParams));
  const rows = await hub.services.store.count(accessTokens);

  clock.move(hour);
  assert.equal(await hub.services.store.count(accessTokens), rows, 'the broom has not been');
  assert.ok((await hub.services.store.count(authorizationCodes)) > 0);
  await assert.rejects(redeem(crm, waiting), { error: 'invalid_grant' });
  for (const { access_token } of [tokens, api]) {
    assert.equal((await client.tokenIntrospection(crm, access_token)).active, false);
    await assert.rejects(client.fetchUserInfo(crm, access_token, client.skipSubjectCheck), { status: 401 });
  }
  assert.equal((await visitor.get(form.url)).status, 400, 'the sign-in form is over');
  assert.equal((await browser.get(pushed.href)).status, 400, 'so is the pushed request');
  assert.ok((await client.refreshTokenGrant(crm, tokens.refresh_token ?? '')).access_token, 'the session is not');

  clock.move(9 * hour);
  assert.ok((await hub.services.store.count(sessions)) > 0, 'the row of the session is there');
  await assert.rejects(client.refreshTokenGrant(crm, tokens.refresh_token ?? ''), { error: 'invalid_grant' });
  assert.match((await browser.get(`${hub.issuer}/account`)).location ?? '', /\/authorize/);
});

test('an hour back: what was spent is not good again, and the record goes on whole', async (t) => {
  const clock = movableClock(t);
  const hub = await company(t);
  const app = systemSettings({ id: 'spa', side: 'crm', redirectUris: [callback], auth: 'none', open: true });
  await createSystem(hub.services, operator, app);
  const spa = await asSpa(hub);
  const crm = await asCrm(hub);
  const { browser } = await signIn(hub);
  const spent = await enter(crm, { browser });
  await redeem(crm, spent);
  const first = await redeem(spa, await enter(spa, { browser }));
  await client.refreshTokenGrant(spa, first.refresh_token ?? '');
  const before = (await hub.events('token.')).length;

  clock.move(-hour);
  await assert.rejects(redeem(crm, spent), { error: 'invalid_grant' });
  await assert.rejects(client.refreshTokenGrant(spa, first.refresh_token ?? ''), { error: 'invalid_grant' });
  const issued = (await hub.events('token.')).slice(before).map(({ type }) => type);
  assert.deepEqual(issued.sort(), ['token.reused', 'token.reused']);
  assert.ok((await signIn({ issuer: hub.issuer })).tokens.access_token, 'the hub serves on');
  const verified = await verifyExport(hub.services.store.audit.export({}));
  assert.ok(verified.ok, JSON.stringify(verified));
  const times = (await Array.fromAsync(hub.services.store.audit.export({}))).map(({ at }) => at);
  assert.deepEqual(times, times.toSorted(), 'times of the record never fall');
});
