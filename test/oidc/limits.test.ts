/** How old and how idle a session may be: the hub's own limits and those of single systems, by the hub's clock. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as client from 'openid-client';
import { manualClock } from '#platform/clock.ts';
import type { SystemInput } from '#settings/system.ts';
import type { Browser } from '#test/support/browser.ts';
import type { TestHub } from '#test/support/hub.ts';
import { aHub, asCrm, ask, callback, enter, redeem, relyingParty } from './fixture.ts';

const hour = 3_600_000;
const minute = 60_000;
const strict = {
  id: 'vault',
  title: 'Vault',
  side: 'erp',
  redirectUris: [callback],
  clientSecret: 'vault-secret-of-the-test',
  open: true,
  session: { idle: '15m', absolute: '2h' },
} satisfies Partial<SystemInput>;

async function strictHub(
  t: Parameters<typeof aHub>[0],
): Promise<{ hub: TestHub; clock: ReturnType<typeof manualClock>; vault: client.Configuration }> {
  const clock = manualClock(Date.now());
  const hub = await aHub(t, { clock, systems: [strict] });
  return { hub, clock, vault: await relyingParty(hub, 'vault', client.ClientSecretBasic(strict.clientSecret)) };
}

const page = async (browser: Browser, config: client.Configuration) => {
  const { url } = await ask(config);
  const answer = await browser.follow(url.href);
  return answer.location === undefined ? answer.text : 'in';
};

test('a session that nobody uses ends, one that is used goes on, and none outlives its ceiling', async (t) => {
  const { hub, clock } = await strictHub(t);
  const crm = await asCrm(hub);
  const { browser } = await enter(crm, { email: 'ada@example.com' });
  clock.advance(7 * hour);
  assert.equal(await page(browser, crm), 'in');
  clock.advance(7 * hour);
  assert.notEqual((await browser.get(`${hub.issuer}/whoami`)).text, 'null', 'an entry was activity');
  const tokens = await redeem(crm, await enter(crm, { browser }));
  clock.advance(7 * hour);
  const refreshed = await client.refreshTokenGrant(crm, tokens.refresh_token ?? '');
  assert.ok(refreshed.access_token);
  clock.advance(3 * hour + 5 * minute);
  assert.equal(await page(browser, crm), 'sign-in crm', 'the ceiling of 24 hours');
  assert.equal((await browser.get(`${hub.issuer}/whoami`)).text, 'null');
  await assert.rejects(client.refreshTokenGrant(crm, tokens.refresh_token ?? ''), { error: 'invalid_grant' });
  const { browser: other } = await enter(crm, { email: 'otto@example.com' });
  clock.advance(8 * hour + minute);
  assert.equal(await page(other, crm), 'sign-in crm', 'idle for eight hours');
});

test('a system may want a younger and livelier session than the hub', async (t) => {
  const { hub, clock, vault } = await strictHub(t);
  const crm = await asCrm(hub);
  const { browser } = await enter(crm, { email: 'ada@example.com' });
  const tokens = await redeem(vault, await enter(vault, { browser }));
  clock.advance(14 * minute);
  assert.ok((await client.refreshTokenGrant(vault, tokens.refresh_token ?? '')).access_token);
  clock.advance(16 * minute);
  await assert.rejects(client.refreshTokenGrant(vault, tokens.refresh_token ?? ''), { error: 'invalid_grant' });
  assert.equal(await page(browser, vault), 'sign-in vault', 'idle');
  const { url } = await ask(vault, { prompt: 'none' });
  const none = await browser.follow(url.href);
  assert.equal(URL.parse(none.location ?? '')?.searchParams.get('error'), 'login_required');
  assert.equal(await page(browser, crm), 'in', 'the others are not stricter for it');
  assert.equal(await page(browser, vault), 'sign-in vault', 'nor does using them open this one');
  for (let visit = 0; visit < 10; visit += 1) {
    clock.advance(10 * minute);
    await page(browser, crm);
  }
  assert.equal(await page(browser, vault), 'sign-in vault', 'older than two hours');
  const again = await redeem(vault, await enter(vault, { browser, email: 'ada@example.com' }));
  assert.ok(again.access_token, 'a fresh sign-in opens it');
  assert.equal(await page(browser, vault), 'in');
  clock.advance(14 * minute);
  await redeem(vault, await enter(vault, { browser }));
  clock.advance(14 * minute);
  const asked = await ask(await relyingParty(hub, 'partner', client.ClientSecretBasic('partner-secret')));
  const consent = await browser.follow(asked.url.href);
  await browser.follow(new URL((await browser.post(consent.url, {})).location ?? '', consent.url).href);
  assert.equal(await page(browser, vault), 'in', 'its use is remembered when the session gets a new id');
});

for (const [idle, session, every] of [
  ['1m', '3m', 20_000],
  ['2m', '10m', 50_000],
  ['5m', '20m', 4 * minute],
  ['1h', '3h', 50 * minute],
] as const)
  test(`idle ${idle}, ceiling ${session}: entering every ${every / 1000} s keeps the session until its ceiling, and so does refreshing`, async (t) => {
    const clock = manualClock(Date.now());
    const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-limits-')), 'hub.yaml');
    writeFileSync(file, `lifetimes: { sessionIdle: ${idle}, session: ${session}, accessToken: 1m }\n`);
    const hub = await aHub(t, { clock, env: { HUB_CONFIG: file } });
    const crm = await asCrm(hub);
    const { session: ceiling, sessionIdle } = hub.services.settings.lifetimes;
    for (const how of ['entry', 'refresh'] as const) {
      const entered = await enter(crm, { email: 'ada@example.com' });
      const { browser } = entered;
      const { refresh_token: token = '' } = await redeem(crm, entered);
      let passed = 0;
      while (passed + every < ceiling) {
        clock.advance(every);
        passed += every;
        if (how === 'entry') assert.equal(await page(browser, crm), 'in', `after ${passed / 1000} s`);
        else assert.ok((await client.refreshTokenGrant(crm, token)).access_token, `after ${passed / 1000} s`);
      }
      clock.advance(ceiling - passed + 1000);
      assert.equal(await page(browser, crm), 'sign-in crm', 'none outlives its ceiling');
    }
    const { browser } = await enter(crm, { email: 'ada@example.com' });
    clock.advance(sessionIdle + 1000);
    assert.equal(await page(browser, crm), 'sign-in crm', 'and one that nobody uses ends');
  });
