/** A machine that people share: one ends their session so that another can sign in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRemembered, rememberBrowser } from '#actions/factors/remembered.ts';
import { changeSystem } from '#actions/systems/change.ts';
import { passphrase } from '#test/support/booted.ts';
import { authorizeUrl, operator, pagesHub, signedInBrowser, tokenIn } from './support.ts';

test('whoever is asked may go on, or let somebody else; the first one is signed out of everything', async (t) => {
  const hub = await pagesHub(t);
  await changeSystem(hub.services, operator, 'crm', { backchannelLogoutUri: 'http://localhost:4998/logout' });
  const anna = await hub.person('anna', 'sales');
  const ben = await hub.person('ben', 'sales');
  const browser = await signedInBrowser(hub.issuer, 'anna@example.com');
  assert.match((await browser.follow(authorizeUrl(hub.issuer, 'crm'))).location ?? '', /code=/);
  const choice = await browser.follow(authorizeUrl(hub.issuer, 'crm', { prompt: 'select_account' }));
  assert.match(choice.text, /Go on as anna/);
  const same = await browser.post(`${choice.url}/same`, {});
  assert.match((await browser.follow(new URL(same.location ?? '', hub.issuer).href)).location ?? '', /code=/);

  const again = await browser.follow(authorizeUrl(hub.issuer, 'crm', { prompt: 'select_account' }));
  const stranger = await (await signedInBrowser(hub.issuer, 'ben@example.com')).post(`${again.url}/someone-else`, {});
  assert.deepEqual(
    [stranger.status, stranger.location],
    [303, '/'],
    'of another browser: led on, and nothing of it is done',
  );
  const other = await browser.post(`${again.url}/someone-else`, {});
  assert.equal(other.status, 303);
  const form = await browser.follow(new URL(other.location ?? '', hub.issuer).href);
  assert.match(form.text, /name="password"/);
  assert.match((await browser.get(`${hub.issuer}/`)).location ?? '', /authorize/, 'nobody is signed in');
  const ended = await Array.fromAsync(hub.services.store.audit.export({ type: 'session.ended' }));
  assert.deepEqual(
    ended.map(({ subject, detail }) => [subject?.id, detail?.why]),
    [[anna.id, 'replaced']],
  );
  const sent = await Array.fromAsync(hub.services.store.audit.export({ type: 'logout.sent' }));
  assert.deepEqual(
    sent.map(({ system }) => system),
    ['crm'],
  );
  const posted = await browser.post(form.url, { identifier: 'ben@example.com', password: passphrase });
  const back = await browser.follow(new URL(posted.location ?? '', hub.issuer).href);
  assert.match(
    back.location ?? '',
    /^http:\/\/localhost:4998\/callback\?.*code=.*state=xyz/,
    'the same request goes on',
  );
  assert.match((await browser.get(`${hub.issuer}/account/sessions`)).text, new RegExp(ben.name));
});

test('from the consent page, too, and prompt=none says that it would have to ask', async (t) => {
  const hub = await pagesHub(t);
  await hub.person('anna');
  await hub.person('ben');
  const browser = await signedInBrowser(hub.issuer, 'anna@example.com');
  const consent = await browser.follow(authorizeUrl(hub.issuer, 'wiki'));
  assert.match(consent.text, /Not anna\?/);
  const other = await browser.post(`${consent.url}/someone-else`, {});
  const form = await browser.follow(new URL(other.location ?? '', hub.issuer).href);
  const posted = await browser.post(form.url, { identifier: 'ben@example.com', password: passphrase });
  const asked = await browser.follow(new URL(posted.location ?? '', hub.issuer).href);
  assert.match(asked.text, /You are signed in as ben/);
});

test('on the launchpad a button ends the session and shows the form; marks of the browser stay with their owner', async (t) => {
  const hub = await pagesHub(t);
  const anna = await hub.person('anna');
  const ben = await hub.person('ben');
  const browser = await signedInBrowser(hub.issuer, 'anna@example.com');
  const kept = await rememberBrowser(hub.services, operator, undefined, anna.id);
  await hub.services.store.write({ changes: kept.changes });
  const before = browser.cookie(hub.issuer, 'gh_device');
  const pad = await browser.get(`${hub.issuer}/`);
  assert.match(pad.text, /Not anna\? Sign in as someone else/);
  const token = tokenIn(pad);
  assert.equal((await browser.post(`${hub.issuer}/sign-out`, { next: '/' })).status, 403, 'only from our own page');
  const away = await browser.post(`${hub.issuer}/sign-out`, { csrf: token, next: '//evil.example/' });
  assert.equal(away.location, '/');
  assert.match((await browser.follow(`${hub.issuer}/`)).text, /name="password"/);
  assert.equal(browser.cookie(hub.issuer, 'gh_device'), before, 'the browser is still known to its owner');
  assert.equal(await isRemembered(hub.services, kept.cookie, anna.id), true);
  assert.equal(await isRemembered(hub.services, kept.cookie, ben.id), false, 'and to nobody else');
});
