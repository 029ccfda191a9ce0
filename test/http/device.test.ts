/** The pages under `/device` as programs and attackers meet them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSystem } from '#actions/systems/create.ts';
import { manualClock } from '#platform/clock.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import type { BootedHub } from '#test/support/booted.ts';
import { Browser } from '#test/support/browser.ts';
import { operator, pagesHub, signedInBrowser, tokenIn } from './support.ts';

async function withHandheld(hub: BootedHub): Promise<BootedHub> {
  const handheld = {
    id: 'handheld',
    title: 'Scanner <i>x</i>',
    side: 'erp',
    auth: 'none',
    deviceFlow: true,
    open: true,
  };
  await createSystem(hub.services, operator, withDefaults(handheld as unknown as SystemInput));
  return hub;
}

async function askedBy(
  hub: BootedHub,
  agent = 'Scanner/1.0 Android',
): Promise<{ user_code: string; device_code: string }> {
  const answer = await fetch(`${hub.issuer}/device/auth`, {
    method: 'POST',
    headers: { 'user-agent': agent },
    body: new URLSearchParams({ client_id: 'handheld', scope: 'openid' }),
  });
  return (await answer.json()) as { user_code: string; device_code: string };
}

async function typed(hub: BootedHub, code: string, browser = new Browser()) {
  const form = await browser.get(`${hub.issuer}/device`);
  return browser.post(`${hub.issuer}/device`, { csrf: tokenIn(form), code });
}

test('codes are guessed ten times from one browser and a hundred from one network; others wait their turn', async (t) => {
  const clock = manualClock(Date.now());
  const hub = await withHandheld(await pagesHub(t, {}, clock));
  const { user_code } = await askedBy(hub);
  const browser = new Browser();
  for (let guess = 0; guess < 10; guess += 1) assert.equal((await typed(hub, `BBBB-BBB${guess}`, browser)).status, 303);
  const throttled = await typed(hub, user_code, browser);
  assert.equal(throttled.status, 429);
  assert.ok(Number(throttled.headers.get('retry-after')) > 0);
  assert.match((await typed(hub, user_code)).location ?? '', /^\/device\/confirm\//, 'another browser may');
  for (let guess = 0; guess < 90; guess += 1) await typed(hub, 'CCCC-CCCC');
  assert.equal((await typed(hub, user_code)).status, 429, 'the network is full');
  assert.ok(await signedInHelp(hub), 'signing in is counted apart');
  const locked = await Array.fromAsync(hub.services.store.audit.export({ type: 'signin.locked' }));
  assert.deepEqual(locked.map(({ detail }) => [detail?.cause, detail?.door]).toSorted(), [
    ['browser', 'device'],
    ['network', 'device'],
  ]);
  clock.advance(15 * 60_000);
  assert.equal((await typed(hub, user_code)).location, '/device/end/expired');
});

async function signedInHelp(hub: BootedHub): Promise<Browser> {
  await hub.person('helga');
  return signedInBrowser(hub.issuer, 'helga@example.com');
}

test('the page says what asks, as text, and whatever is no plain yes is a no', async (t) => {
  const hub = await withHandheld(await pagesHub(t));
  const asked = await askedBy(hub, 'Evil <script>alert(1)</script> Chrome/1 Android');
  const browser = new Browser();
  const { location = '' } = await typed(hub, asked.user_code.toLowerCase(), browser);
  const page = await browser.get(hub.issuer + location);
  assert.match(page.text, /Scanner &lt;i&gt;x&lt;\/i&gt;/);
  assert.doesNotMatch(page.text, /<script|<i>x/);
  assert.match(page.text, new RegExp(asked.user_code));
  const empty = await browser.post(hub.issuer + location, {});
  assert.equal(empty.status, 403, 'a form of another site');
  const no = await browser.post(hub.issuer + location, { csrf: tokenIn(page) });
  assert.equal(no.location, '/device/end/denied');
  const late = await browser.post(hub.issuer + location, { csrf: tokenIn(page), answer: 'allow' });
  assert.equal(late.location, '/device/end/used');
  assert.equal((await browser.get(hub.issuer + location)).location, '/device/end/used');
});

test('the page that asks is answered in the browser that typed the code, by whom it named', async (t) => {
  const hub = await withHandheld(await pagesHub(t));
  const { user_code } = await askedBy(hub);
  const victim = await signedInHelp(hub);
  const lure = await typed(hub, user_code);
  assert.equal(
    (await victim.get(hub.issuer + lure.location)).location,
    '/device/end/expired',
    'a link sent to somebody',
  );
  const form = await victim.get(`${hub.issuer}/device`);
  const sent = { csrf: tokenIn(form), answer: 'allow' };
  assert.equal((await victim.post(hub.issuer + lure.location, sent)).location, '/device/end/expired');
  const own = hub.issuer + ((await typed(hub, user_code, victim)).location ?? '');
  const page = await victim.get(own);
  const as = /name="as" value="([^"]+)"/.exec(page.text)?.[1] ?? assert.fail(page.text);
  const someone = await hub.person('sven');
  const swapped = await victim.post(own, { csrf: tokenIn(page), answer: 'allow', as: someone.id });
  assert.equal(swapped.location, new URL(own).pathname, 'it named somebody else: it asks again');
  const allowed = await victim.post(own, { csrf: tokenIn(page), answer: 'allow', as });
  assert.match(allowed.location ?? '', /\/device\/(?!end|confirm)/);
});

test('nothing is looked up by an address alone, and a made-up ticket leads nowhere', async (t) => {
  const hub = await withHandheld(await pagesHub(t));
  const { user_code } = await askedBy(hub);
  const browser = new Browser();
  const page = await browser.get(`${hub.issuer}/device?user_code=${user_code}`);
  assert.equal(page.status, 200);
  assert.match(page.text, new RegExp(`value="${user_code}"`));
  assert.doesNotMatch(page.text, /Scanner/);
  assert.equal((await browser.get(`${hub.issuer}/device/confirm/made-up`)).location, '/device/end/expired');
  assert.equal((await browser.get(`${hub.issuer}/device/end/nonsense`)).status, 200);
  assert.equal((await browser.get(`${hub.issuer}/device/nobodys-approval`)).location, `/device/end/refused`);
  for (const code of ['', '   ', 'Ａ'.repeat(5000)]) assert.equal((await typed(hub, code)).location, '/device');
  const wide = [...user_code]
    .map((c) => (c === '-' ? '－' : String.fromCodePoint((c.codePointAt(0) ?? 0) + 0xfee0)))
    .join('');
  assert.match((await typed(hub, wide)).location ?? '', /confirm/, 'letters of a Chinese keyboard');
});
