/** The door for the code from the envelope: short, loud, and no way into a system. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printGlassCodes } from '#actions/break-glass/codes.ts';
import { manualClock } from '#platform/clock.ts';
import { Browser } from '#test/support/browser.ts';
import { startMailServer } from '#test/support/mail-server.ts';
import { visit } from '#test/support/visitor.ts';
import { authorizeUrl, operator, pagesHub, signedInBrowser, tokenIn } from './support.ts';

async function typed(issuer: string, code: string, browser = new Browser()) {
  const form = await browser.get(`${issuer}/break-glass`);
  return browser.post(`${issuer}/break-glass`, { csrf: tokenIn(form), code });
}

test('a code opens the console for half an hour, and no system', async (t) => {
  const clock = manualClock(Date.now());
  const mails = await startMailServer(t);
  const hub = await pagesHub(t, { HUB_MAIL: mails.url }, clock);
  await hub.person('olga', 'hub-owner');
  await hub.person('anna', 'sales');
  const [first = '', second = ''] = await printGlassCodes(hub.services, operator, { count: 2, replace: false });
  const browser = await signedInBrowser(hub.issuer, 'anna@example.com');
  const { location } = await typed(hub.issuer, first, browser);
  assert.equal(location, '/admin');
  const told = await mails.mail(({ to }) => to.includes('olga@example.com'));
  assert.match(told.headers.get('subject') ?? '', /sealed admin account was used/);
  const page = await browser.get(`${hub.issuer}/admin`);
  assert.equal(page.status, 200);
  assert.match(page.text, /envelope was used, and nobody has said why/);
  const [event] = await Array.fromAsync(hub.services.store.audit.export({ type: 'session.ended' }));
  assert.equal(event?.detail?.why, 'replaced', 'who was signed in here is signed out');
  for (const path of ['/account/methods', '/account/password', '/account/requests'])
    assert.equal((await browser.get(hub.issuer + path)).status, 403, path);
  for (const client of ['crm', 'wiki'])
    assert.match((await browser.follow(authorizeUrl(hub.issuer, client))).url, /no-access/, `${client} stays closed`);
  const denied = await Array.fromAsync(hub.services.store.audit.export({ type: 'entry.denied' }));
  assert.deepEqual(
    denied.map(({ detail }) => detail?.reason),
    ['break-glass', 'break-glass'],
  );
  const use = /action="(\/admin\/break-glass\/[^"]+)"/;
  assert.doesNotMatch((await browser.get(`${hub.issuer}/admin/break-glass`)).text, use, 'it cannot acknowledge itself');
  clock.advance(20 * 60_000);
  await browser.follow(authorizeUrl(hub.issuer, 'crm'));
  clock.advance(11 * 60_000);
  assert.match((await browser.get(`${hub.issuer}/admin`)).location ?? '', /authorize/, 'nothing makes it longer');

  const olga = await visit(hub.issuer).signIn('olga@example.com');
  const shown = await olga.page('GET', '/admin/break-glass');
  const action = use.exec(shown.text)?.[1] ?? assert.fail(shown.text);
  assert.equal((await olga.page('POST', action, { reason: 'We lost the phones' })).status, 303);
  assert.doesNotMatch((await olga.page('GET', '/admin')).text, /nobody has said why/);
  const state = await olga.call('GET', '/api/v1/break-glass');
  assert.deepEqual([state.body.codesLeft, state.body.uses[0].reason], [1, 'We lost the phones']);
  assert.equal((await typed(hub.issuer, second)).location, '/admin');
  const [open] = (await olga.call('GET', '/api/v1/break-glass')).body.uses;
  const said = await olga.call('POST', `/api/v1/break-glass/uses/${open.id}/acknowledge`, { reason: 'A drill' });
  assert.equal(said.status, 204);
});

test('guesses are few, one of twenty at once is in, and the setting closes the door', async (t) => {
  const hub = await pagesHub(t);
  const [code = '', next = ''] = await printGlassCodes(hub.services, operator, { count: 2, replace: false });
  const answers = await Promise.all(Array.from({ length: 20 }, () => typed(hub.issuer, code)));
  assert.deepEqual(answers.map(({ location }) => location).toSorted(), ['/admin', ...Array(19).fill('/break-glass')]);
  const losers = answers.filter(({ location }) => location !== '/admin');
  for (const { headers } of losers) assert.doesNotMatch(headers.getSetCookie().join(), /gatehouse-session=[^;]/);
  const browser = new Browser();
  for (let guess = 0; guess < 10; guess += 1) await typed(hub.issuer, `WRONG-${guess}`, browser);
  assert.equal((await typed(hub.issuer, next, browser)).status, 429);
  const bare = await new Browser().post(`${hub.issuer}/break-glass`, { code: next });
  assert.equal(bare.status, 403, 'a form of another site');
  const failed = await Array.fromAsync(hub.services.store.audit.export({ type: 'signin.failed' }));
  assert.ok(failed.every(({ detail }) => detail?.door === 'break-glass') && failed.length >= 29);
});
