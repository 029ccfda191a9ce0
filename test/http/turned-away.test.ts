/** While no hashing slot is free: the first few of a second get their form again, the rest one prepared page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { throttles } from '#storage/collections.ts';
import { passphrase } from '#test/support/booted.ts';
import { Browser } from '#test/support/browser.ts';
import { authorizeUrl, pagesHub } from './support.ts';

test('who comes amid a flood is told when to come back, and can go on with the same form', async (t) => {
  const hub = await pagesHub(t);
  const ada = await hub.person('Ada', 'sales');
  const browser = new Browser();
  const asked = await browser.get(authorizeUrl(hub.issuer, 'crm'));
  const form = new URL(asked.headers.get('location') ?? '', hub.issuer).href;
  assert.equal((await browser.get(form)).status, 200);

  const full = t.mock.method(hub.services.hasher, 'full', () => true);
  const typed = { identifier: 'whoever@example.com', password: 'what nobody may see' };
  const pages: { text: string; headers: Headers }[] = [];
  for (let n = 0; n < 100; n += 1) {
    const { status, text, headers } = await browser.post(form, typed, { 'accept-language': 'pl' });
    assert.equal(status, 503);
    assert.match(headers.get('retry-after') ?? '', /^[2-5]$/);
    assert.ok(!text.includes(typed.password));
    pages.push({ text, headers });
  }
  const forms = pages.filter(({ text }) => text.includes(typed.identifier));
  const prepared = pages.filter(({ text }) => !text.includes('<form'));
  assert.ok(forms.length > 0, 'the first few keep what they typed');
  assert.ok(prepared.length > 0, 'the rest get the prepared page');
  const one = prepared[0];
  assert.equal(one?.headers.get('content-language'), 'pl');
  assert.match(one?.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.match(one?.text ?? '', /<a class="button main" href="">/);
  assert.equal(await hub.services.store.count(throttles), 0, 'nothing was counted');

  // Other forms below the same path are answered as ever.
  assert.equal((await browser.post(`${hub.issuer}/sign-in/forgot`, { identifier: 'ada@example.com' })).status, 303);
  full.mock.restore();
  const done = await browser.post(form, { identifier: ada.email ?? '', password: passphrase });
  assert.equal(done.status, 303);
  assert.match(done.headers.get('location') ?? '', /\/authorize\//);
});

test('a foreign host is not answered by the prepared page either', async (t) => {
  const hub = await pagesHub(t);
  t.mock.method(hub.services.hasher, 'full', () => true);
  const browser = new Browser();
  for (let n = 0; n < 30; n += 1) {
    const answer = await browser.post(`${hub.issuer.replace('localhost', '127.0.0.1')}/sign-in/${'x'.repeat(43)}`, {
      identifier: 'a',
      password: 'b',
    });
    assert.equal(answer.status, 421);
  }
});
