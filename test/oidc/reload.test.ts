/** Pushed requests that are reloaded, sign-ins that are cancelled, pages that are over. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as client from 'openid-client';
import { Browser } from '#test/support/browser.ts';
import { passphrase, type TestHub } from '#test/support/hub.ts';
import { aHub, asCrm, callback, redeem } from './fixture.ts';

let hub: TestHub;
let crm: client.Configuration;
const ends: (() => Promise<void>)[] = [];
before(async () => {
  hub = await aHub({ after: (end) => void ends.unshift(end) });
  crm = await asCrm(hub);
});
test.after(async () => {
  for (const end of ends) await end();
});

async function push() {
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const url = await client.buildAuthorizationUrlWithPAR(crm, {
    redirect_uri: callback,
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  return { url, verifier, state, nonce };
}

async function signIn(browser: Browser, page: string) {
  const posted = await browser.post(page, { identifier: 'ada@example.com', password: passphrase });
  return browser.follow(new URL(posted.location ?? '', page).href);
}

test('a pushed request survives a reload in its browser, opens in no other, and one code comes of it', async () => {
  const asked = await push();
  const browser = new Browser();
  const first = await browser.follow(asked.url.href);
  const second = await browser.follow(asked.url.href);
  assert.deepEqual([first.status, second.status], [200, 200]);
  assert.notEqual(first.url, second.url);
  assert.equal((await new Browser().follow(asked.url.href)).status, 400);
  const { location } = await signIn(browser, second.url);
  const tokens = await redeem(crm, { browser, asked, answer: new URL(location ?? '') });
  assert.ok(tokens.access_token);
  // The first page is still open in another tab: no second code.
  const again = await signIn(browser.copy(), first.url);
  assert.doesNotMatch(again.location ?? '', /code=/);
  const later = await browser.follow(asked.url.href);
  assert.equal(later.status, 400);
});

test('two tabs that finish one pushed request at once get one code', async () => {
  const asked = await push();
  const browser = new Browser();
  const pages = [await browser.follow(asked.url.href), await browser.follow(asked.url.href)];
  const done = await Promise.all(pages.map((page) => signIn(browser.copy(), page.url)));
  assert.equal(done.filter(({ location }) => location?.includes('code=')).length, 1);
});

test('a pushed request that nobody opened in its minute is over', async (t) => {
  const old = await aHub(t);
  const config = await asCrm(old);
  const url = await client.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: callback,
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  });
  const browser = new Browser();
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 75_000 });
  const answer = await browser.follow(url.href);
  t.mock.timers.reset();
  assert.equal(answer.status, 400);
});
