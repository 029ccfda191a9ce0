import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { disablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { type BootedHub, passphrase } from '#test/support/booted.ts';
import { Browser } from '#test/support/browser.ts';
import { authorizeUrl, callback, operator, pagesHub, signedInBrowser, tokenIn } from './support.ts';

let hub: BootedHub;
before(async (t) => {
  hub = await pagesHub(t as never);
  await hub.person('sale', 'sales');
  await hub.person('clerk', 'clerk');
  const hostile = { email: 'hostile@example.com', name: '<script>alert(1)</script>', givenName: '<img src=x>' };
  await createPerson(hub.services, operator, { ...hostile, password: passphrase });
  const gone = await hub.person('gone', 'sales');
  await disablePerson(hub.services, operator, gone.id);
});

const mail = (name: string) => `${name}@example.com`;

test('one sign-in opens the CRM, and the ERP then opens by itself', async () => {
  const browser = new Browser();
  const form = await browser.follow(authorizeUrl(hub.issuer, 'crm'));
  assert.equal(form.status, 200);
  assert.match(form.text, /chip crm[^<]*"><span class="mark crm"><\/span>Customer desk/, 'it says what will open');
  assert.match(form.text, /name="identifier"/);
  assert.match(form.text, /name="password"/);
  const answer = await browser.post(form.url, { identifier: ` ${mail('SALE')} `, password: passphrase });
  assert.equal(answer.status, 303);
  const back = await browser.follow(new URL(answer.location ?? '', form.url).href);
  assert.ok(back.location?.startsWith(`${callback}?code=`), back.location);
  const silent = await browser.follow(authorizeUrl(hub.issuer, 'erp'));
  assert.ok(silent.location?.startsWith(`${callback}?code=`), 'no second form');
});

test('unknown, disabled and wrong answer alike, and keep what was typed but never the password', async () => {
  const answers = [];
  for (const identifier of [mail('sale'), mail('gone'), mail('nope'), 'x'.repeat(14)]) {
    const browser = new Browser();
    const form = await browser.follow(authorizeUrl(hub.issuer, 'crm'));
    const answer = await browser.post(form.url, { identifier, password: 'not the right one' });
    assert.equal(answer.status, 303);
    assert.equal(answer.location, new URL(form.url).pathname);
    const again = await browser.get(form.url);
    assert.ok(again.text.includes(`value="${identifier}"`));
    assert.ok(!again.text.includes('not the right one'));
    answers.push(again.text.replaceAll(identifier, '…').replaceAll(new URL(form.url).pathname, '…'));
    const reloaded = await browser.get(form.url);
    assert.doesNotMatch(reloaded.text, /class="notice bad"/, 'said once');
  }
  assert.equal(new Set(answers).size, 1);
});

test('empty, doubled and huge fields are refused like any wrong ones', async () => {
  for (const body of [
    '',
    'identifier=&password=',
    `identifier=${mail('sale')}&password=${'x'.repeat(2_000)}`,
    `identifier=${mail('sale')}&identifier=b&password=a&password=b`,
    'identifier[$ne]=1&password[$ne]=1',
  ]) {
    const browser = new Browser();
    const form = await browser.follow(authorizeUrl(hub.issuer, 'crm'));
    const fields = Object.fromEntries(new URLSearchParams(body));
    const answer = await browser.post(form.url, fields);
    assert.equal(answer.status, 303, body.slice(0, 40));
    assert.equal(answer.location, new URL(form.url).pathname);
  }
});

test('an interaction belongs to the browser that started it and ends once', async () => {
  const browser = new Browser();
  const form = await browser.follow(authorizeUrl(hub.issuer, 'crm'));
  const stranger = await new Browser().get(form.url);
  assert.equal(stranger.status, 400);
  assert.match(stranger.text, /This sign-in is over/);
  const posted = await new Browser().post(form.url, { identifier: mail('sale'), password: passphrase });
  assert.equal(posted.status, 400);
  const answer = await browser.post(form.url, { identifier: mail('sale'), password: passphrase });
  await browser.follow(new URL(answer.location ?? '', form.url).href);
  const late = await browser.post(form.url, { identifier: mail('sale'), password: passphrase });
  // Nothing is finished a second time: who is signed in is led on.
  assert.deepEqual([late.status, late.location], [303, '/open/crm']);
});

test('a post from another site changes nothing', async () => {
  const browser = new Browser();
  const form = await browser.follow(authorizeUrl(hub.issuer, 'crm'));
  const fields = { identifier: mail('sale'), password: passphrase };
  const before = (await hub.services.store.audit.query({ type: 'signin.' })).items.length;
  for (const headers of [
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
  ]) {
    const answer = await browser.post(form.url, fields, headers);
    assert.equal(answer.status, 403, JSON.stringify(headers));
    assert.equal(answer.location, undefined);
  }
  assert.equal((await hub.services.store.audit.query({ type: 'signin.' })).items.length, before);
});

test('guessing is slowed with a time to come back, and says the account is safe', async (t) => {
  const strict = await pagesHub(t, { HUB_LIMITS_SIGNIN_PERACCOUNT: '3/15m' });
  await strict.person('sale', 'sales');
  const browser = new Browser();
  const form = await browser.follow(authorizeUrl(strict.issuer, 'crm'));
  let answer = await browser.post(form.url, { identifier: mail('sale'), password: 'wrong' });
  for (let tries = 1; tries < 12 && answer.status === 303; tries += 1) {
    answer = await browser.post(form.url, { identifier: mail('sale'), password: 'wrong' });
  }
  assert.equal(answer.status, 429);
  assert.ok(Number(answer.headers.get('retry-after')) > 0);
  assert.match(answer.text, /Your account is safe/);
  assert.match(answer.text, /name="password"/, 'the form is still there');
});

test('no access: says so and whom to ask, records it, and leads back with access_denied', async () => {
  const browser = await signedInBrowser(hub.issuer, mail('clerk'));
  const page = await browser.follow(authorizeUrl(hub.issuer, 'erp'));
  assert.equal(page.status, 403);
  assert.match(page.text, /You have no access to Back office/);
  assert.match(page.text, /help desk/);
  const denied = await hub.services.store.audit.query({ type: 'entry.denied', system: 'erp' });
  assert.equal(denied.items.length, 1);
  const answer = await browser.post(page.url, { answer: 'back' });
  assert.equal(answer.status, 303);
  const back = await browser.follow(new URL(answer.location ?? '', page.url).href);
  const params = new URL(back.location ?? '').searchParams;
  assert.equal(params.get('error'), 'access_denied');
  assert.equal(params.get('state'), 'xyz');
  assert.equal(params.get('iss'), hub.issuer);
});

test('a third party is agreed to once; not agreeing is answered access_denied', async () => {
  const browser = await signedInBrowser(hub.issuer, mail('sale'));
  const ask = await browser.follow(authorizeUrl(hub.issuer, 'wiki'));
  assert.match(ask.text, /May Wiki &lt;b&gt;bold&lt;\/b&gt; know this/, 'its name is text');
  assert.match(ask.text, /your name and user name/);
  const no = await browser.post(ask.url, { answer: 'deny' });
  const refused = await browser.follow(new URL(no.location ?? '', ask.url).href);
  assert.equal(new URL(refused.location ?? '').searchParams.get('error'), 'access_denied');
  const again = await browser.follow(authorizeUrl(hub.issuer, 'wiki'));
  const yes = await browser.post(again.url, { answer: 'allow' });
  const given = await browser.follow(new URL(yes.location ?? '', again.url).href);
  assert.ok(given.location?.startsWith(`${callback}?code=`), given.location);
  const silent = await browser.follow(authorizeUrl(hub.issuer, 'wiki'));
  assert.ok(silent.location?.startsWith(`${callback}?code=`), 'asked once');
});

test('hostile names are text on every page', async () => {
  const browser = await signedInBrowser(hub.issuer, mail('hostile'));
  for (const path of ['/', '/account/access', '/account/activity', '/account/sessions', '/account/password']) {
    const page = await browser.get(hub.issuer + path, { 'user-agent': '"><img src=x onerror=alert(1)>' });
    assert.equal(page.status, 200, path);
    assert.doesNotMatch(page.text, /<script(?! src="\/static\/[\w.]+" defer>)|<img/, path);
    assert.match(page.text, /&lt;script&gt;alert\(1\)/, path);
  }
});

test('sign-out asks, takes the token, ends the session and leads to the last page', async () => {
  const browser = await signedInBrowser(hub.issuer, mail('sale'));
  const ask = await browser.get(`${hub.issuer}/sign-out`);
  assert.equal(ask.status, 200);
  const forged = await browser.post(`${hub.issuer}/sign-out`, { csrf: 'x'.repeat(43) });
  assert.equal(forged.status, 403);
  assert.equal((await browser.get(`${hub.issuer}/`)).status, 200, 'still signed in');
  const kept = browser.copy();
  const answer = await browser.post(`${hub.issuer}/sign-out`, { csrf: tokenIn(ask) });
  assert.equal(answer.status, 303);
  assert.equal(answer.location, '/sign-out/done');
  assert.equal((await kept.get(`${hub.issuer}/`)).status, 303, 'the old cookie opens nothing');
});

test('after signing in the browser is back on the page it wanted, and never elsewhere', async () => {
  const browser = new Browser();
  const form = await browser.follow(`${hub.issuer}/account/activity?show=refused`);
  const answer = await browser.post(form.url, { identifier: mail('sale'), password: passphrase });
  const page = await browser.follow(new URL(answer.location ?? '', form.url).href);
  assert.equal(page.url, `${hub.issuer}/account/activity?show=refused`);
  const away = await browser.get(`${hub.issuer}/sign-in/return?state=//evil.example`);
  assert.equal(away.location, '/');
});

test('Cancel answers the system access_denied, and at the hub’s own pages leads to the front page', async () => {
  const browser = new Browser();
  const form = (await browser.follow(authorizeUrl(hub.issuer, 'crm'))).url;
  const cancelled = await browser.post(`${form}/turn-back`, { turn: 'back' });
  const back = await browser.follow(new URL(cancelled.location ?? '', form).href);
  const answer = new URL(back.location ?? '');
  assert.equal(answer.searchParams.get('error'), 'access_denied');
  assert.equal(answer.searchParams.get('iss'), hub.issuer);
  const own = new Browser();
  const page = await own.follow(`${hub.issuer}/account/methods`);
  const left = await own.post(`${page.url}/turn-back`, { turn: 'back' });
  const away = await own.get(new URL(left.location ?? '', page.url).href);
  const home = await own.get(new URL(away.location ?? '', page.url).href);
  assert.equal(home.location, '/');
});

test('a sign-in page that is over leads a signed-in person on, and nobody else', async () => {
  const browser = new Browser();
  const form = (await browser.follow(authorizeUrl(hub.issuer, 'crm'))).url;
  const posted = await browser.post(form, { identifier: mail('sale'), password: passphrase });
  const resume = new URL(posted.location ?? '', form).href;
  assert.match((await browser.get(resume)).location ?? '', /code=/);
  for (const [name, again] of [
    ['reloaded', await browser.get(form)],
    ['sent twice', await browser.post(form, { identifier: mail('sale'), password: passphrase })],
    ['back', await browser.get(resume)],
  ] as const) {
    assert.equal(again.status, 303, name);
    assert.equal(new URL(again.location ?? '', form).pathname, '/open/crm', name);
  }
  const unknown = await browser.get(`${hub.issuer}/sign-in/${'x'.repeat(43)}`);
  assert.deepEqual([unknown.status, unknown.location], [303, '/']);
  assert.equal((await new Browser().get(form)).status, 400);
  assert.equal((await new Browser().get(resume)).status, 400);
});
