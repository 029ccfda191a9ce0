import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ensureSetup } from '#actions/setup/setup.ts';
import { type BootedHub, bootHub, passphrase } from '#test/support/booted.ts';
import { Browser } from '#test/support/browser.ts';
import { authorizeUrl, callback, pagesHub, signedInBrowser, tokenIn, verifier } from './support.ts';

let hub: BootedHub;
before(async (t) => {
  hub = await pagesHub(t as never);
  await hub.person('anna', 'sales');
  await hub.person('ben', 'clerk');
  await hub.person('cleo');
});

const newPassword = 'seven quiet otters drift';

/** Enters a system and redeems the code, as the system would. @returns the access token */
async function enter(browser: Browser, system: string): Promise<string> {
  const back = await browser.follow(authorizeUrl(hub.issuer, system));
  const code = new URL(back.location ?? '').searchParams.get('code') ?? '';
  const answer = await fetch(`${hub.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${system}:${system}-secret-of-the-test`)}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: callback,
      code_verifier: verifier,
    }),
  });
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { access_token: string }).access_token;
}

test('the launchpad shows what opens, what one may do there, and what was done in one’s name', async () => {
  const browser = await signedInBrowser(hub.issuer, 'anna@example.com');
  const token = await enter(browser, 'crm');
  const exchanged = await fetch(`${hub.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('crm:crm-secret-of-the-test')}` },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'urn:erp',
    }),
  });
  assert.equal(exchanged.status, 200);
  const { text } = await browser.get(`${hub.issuer}/`);
  assert.match(text, /href="\/open\/crm"/);
  assert.match(text, /read and write customers/);
  assert.match(text, /href="\/open\/erp"/);
  assert.match(text, /Customer desk looked into Back office for you: read shipments/);
  assert.match(text, /You opened Customer desk/);

  const crossings = await browser.get(`${hub.issuer}/account/activity?show=crossings`);
  assert.match(crossings.text, /looked into Back office/);
  assert.doesNotMatch(crossings.text, /You opened Customer desk/);
});

test('a person without rights sees an empty launchpad that says whom to ask', async () => {
  const browser = await signedInBrowser(hub.issuer, 'cleo@example.com');
  const { text } = await browser.get(`${hub.issuer}/`);
  assert.doesNotMatch(text, /href="\/open\/(crm|erp)"/);
  assert.match(text, /href="\/open\/wiki"/, 'open to everybody');
});

test('my access gives the reason beside each right, and what is missing', async () => {
  const browser = await signedInBrowser(hub.issuer, 'ben@example.com');
  const { text } = await browser.get(`${hub.issuer}/account/access`);
  assert.match(text, /Clerk/);
  assert.match(text, /given to you by the people who run the hub/);
  assert.match(text, /<span>read customers<\/span>/);
  assert.match(text, /none of your roles opens Back office/);
  assert.match(text, /<li class="chip off">read shipments/);
});

test('what happened to others is not mine to see', async () => {
  const browser = await signedInBrowser(hub.issuer, 'cleo@example.com');
  const { text } = await browser.get(`${hub.issuer}/account/activity`);
  assert.doesNotMatch(text, /anna|ben@/);
  assert.match(text, /You signed in \(password\)/);
});

test('self-service asks for a sign-in first, and a post without one is refused', async () => {
  for (const path of ['access', 'activity', 'password', 'sessions']) {
    const answer = await new Browser().get(`${hub.issuer}/account/${path}`);
    assert.equal(answer.status, 303, path);
    assert.match(answer.location ?? '', /^\/authorize\?client_id=hub/);
  }
  const posted = await new Browser().post(`${hub.issuer}/account/password`, { current: passphrase });
  assert.equal(posted.status, 401);
});

test('every form of self-service takes the token and nothing from elsewhere', async () => {
  const browser = await signedInBrowser(hub.issuer, 'ben@example.com');
  const token = tokenIn(await browser.get(`${hub.issuer}/account/password`));
  const other = tokenIn(
    await (await signedInBrowser(hub.issuer, 'cleo@example.com')).get(`${hub.issuer}/account/password`),
  );
  for (const path of ['password', 'sessions/end', 'sessions/end-others']) {
    const url = `${hub.issuer}/account/${path}`;
    assert.equal((await browser.post(url, {})).status, 403, `${path} without`);
    assert.equal((await browser.post(url, { csrf: other })).status, 403, `${path} with another browser’s`);
    const foreign = await browser.post(url, { csrf: token }, { Origin: 'https://evil.example' });
    assert.equal(foreign.status, 403, `${path} from elsewhere`);
  }
});

test('a password is changed by who knows it; other browsers are signed out', async () => {
  await hub.person('dora', 'clerk');
  const browser = await signedInBrowser(hub.issuer, 'dora@example.com');
  const other = await signedInBrowser(hub.issuer, 'dora@example.com');
  const url = `${hub.issuer}/account/password`;
  const csrf = tokenIn(await browser.get(url));
  const refusals: [Record<string, string>, RegExp][] = [
    [{ current: 'nope', password: newPassword, again: newPassword }, /This is not your password now/],
    [{ current: passphrase, password: newPassword, again: 'other' }, /The two do not match/],
    [{ current: passphrase, password: 'short one', again: 'short one' }, /at least 15 characters/],
    [{ current: passphrase, password: 'dora dora dora dora', again: 'dora dora dora dora' }, /Too easy to guess/],
    [{ current: passphrase, password: passphrase, again: passphrase }, /the password you have now/],
    [{}, /Please fill this in/],
  ];
  for (const [fields, words] of refusals) {
    const answer = await browser.post(url, { csrf, ...fields });
    assert.equal(answer.status, 303);
    assert.equal(answer.location, '/account/password');
    const page = await browser.get(url);
    assert.match(page.text, words);
    assert.doesNotMatch(page.text, /value="(nope|short one|correct horse)/);
  }
  assert.equal((await other.get(`${hub.issuer}/`)).status, 200, 'nothing happened so far');
  const done = await browser.post(url, { csrf, current: passphrase, password: newPassword, again: newPassword });
  assert.equal(done.status, 303);
  assert.match((await browser.get(url)).text, /Your password is changed/);
  assert.equal((await other.get(`${hub.issuer}/`)).status, 303, 'signed out elsewhere');
});

test('sessions are listed and ended, one’s own only', async () => {
  await hub.person('emil', 'clerk');
  const browser = await signedInBrowser(hub.issuer, 'emil@example.com');
  const other = await signedInBrowser(hub.issuer, 'emil@example.com');
  const stranger = await signedInBrowser(hub.issuer, 'ben@example.com');
  const url = `${hub.issuer}/account/sessions`;
  const page = await browser.get(url);
  const ids = [...page.text.matchAll(/name="session" value="([^"]+)"/g)].map(([, id]) => id ?? '');
  assert.equal(ids.length, 1, 'the one at hand is left by signing out');
  const foreign = { csrf: tokenIn(await stranger.get(url)), session: ids[0] ?? '' };
  assert.equal((await stranger.post(`${url}/end`, foreign)).status, 404);
  assert.equal((await other.get(`${hub.issuer}/`)).status, 200);
  const ended = await browser.post(`${url}/end`, { csrf: tokenIn(page), session: ids[0] ?? '' });
  assert.equal(ended.status, 303);
  assert.match((await browser.get(url)).text, /1 session ended/);
  assert.equal((await other.get(`${hub.issuer}/`)).status, 303);
  const none = await browser.post(`${url}/end-others`, { csrf: tokenIn(page) });
  assert.equal(none.status, 303);
  assert.match((await browser.get(url)).text, /no other session/);
});

test('the first owner is made at an address that works once', async (t) => {
  const fresh = await bootHub(t);
  const path = await ensureSetup(fresh.services);
  assert.ok(path);
  const browser = new Browser();
  const url = fresh.issuer + path;
  assert.equal((await browser.get(url)).status, 200);
  assert.equal((await browser.get(url)).status, 200, 'looking uses nothing up');
  const given = { name: 'Olga <b>', email: 'olga@example.com', password: newPassword, again: newPassword };
  const weak = await browser.post(url, { ...given, password: 'short', again: 'short', email: 'nonsense' });
  assert.equal(weak.location, path);
  const again = await browser.get(url);
  assert.match(again.text, /not an e-mail address/);
  assert.match(again.text, /value="Olga &lt;b&gt;"/);
  assert.equal((await browser.post(url, given, { Origin: 'https://evil.example' })).status, 403);
  assert.equal((await browser.post(url, given)).location, '/');
  assert.match((await browser.follow(`${fresh.issuer}/`)).text, /Your account is made/);
  assert.equal((await browser.get(url)).status, 404);
  assert.equal((await browser.post(url, given)).status, 404);
});
