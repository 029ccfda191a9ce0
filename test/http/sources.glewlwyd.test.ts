/** The honest case, against a provider of another hand: Debian's Glewlwyd. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findByLogin } from '#actions/people/find.ts';
import { changeSource } from '#actions/sources/change.ts';
import { getSource } from '#actions/sources/directory.ts';
import { sourceSettingsOf } from '#actions/sources/record.ts';
import { trySource } from '#federation/try.ts';
import { bootHub } from '#test/support/booted.ts';
import { Browser } from '#test/support/browser.ts';
import { type Glewlwyd, startGlewlwyd, whyNoGlewlwyd } from '#test/support/glewlwyd.ts';
import { notRun } from '#test/support/not-run.ts';
import { addSource, eventsOf } from '#test/support/upstream.ts';
import { operator, tokenIn } from './support.ts';

test('Glewlwyd: first sign-in, the next one, another name, and out again there', async (t) => {
  const why = whyNoGlewlwyd();
  if (why !== undefined) return notRun(t, 'Glewlwyd', why);
  const hub = await bootHub(t);
  const back = `${hub.issuer}/sign-in/from/upstream`;
  const there: Glewlwyd = await startGlewlwyd(t, [back], `${hub.issuer}/sign-out/done`);
  await there.person('li', 'Li Na', 'li@hongda.example', 'a password of Li Na');
  const { issuer, clientId, clientSecret } = there;
  const registered = {
    clientId,
    clientSecret,
    create: true,
    signOut: true,
    scopes: ['openid'],
    attributes: { name: 'name' },
  };
  const source = await addSource(hub.services, { issuer }, registered);
  const checks = await trySource(hub.services, source);
  assert.ok(
    checks.every(({ ok }) => ok),
    JSON.stringify(checks),
  );

  const upstream = await there.browser('li', 'a password of Li Na');
  /** Leaves the hub, says yes at Glewlwyd (its page adds `g_continue`), and comes back. */
  const signIn = async (browser: Browser) => {
    const form = await browser.follow(`${hub.issuer}/`);
    const left = await browser.post(`${form.url}/source/upstream`, {});
    const answered = await upstream.get(`${left.location}&g_continue`);
    assert.ok(answered.location?.startsWith(back), `${answered.status} ${answered.location} ${answered.text}`);
    return browser.follow(answered.location ?? '');
  };
  const browser = new Browser();
  const page = await signIn(browser);
  const [fault] = await eventsOf(hub.services, 'signin.failed');
  assert.equal(page.status, 200, JSON.stringify(fault?.detail));
  const person = await findByLogin(hub.services, 'li@hongda.example');
  assert.equal(person?.name, 'Li Na');
  await signIn(new Browser());
  const made = (await eventsOf(hub.services, 'person.created')).filter(({ subject }) => subject?.id === person?.id);
  assert.equal(made.length, 1);

  const ask = await browser.get(`${hub.issuer}/sign-out`);
  const left = await browser.post(ask.url, { csrf: tokenIn(ask) });
  assert.ok(left.location?.startsWith(`${issuer}/end_session`), left.location);
  const asked = await upstream.get(left.location ?? '');
  assert.ok(asked.location?.includes('login.html'), 'it knows the hint and asks the person');

  const settings = sourceSettingsOf(hub.services, await getSource(hub.services, 'upstream'));
  await changeSource(hub.services, operator, settings, { enabled: false });
  const form = await new Browser().follow(`${hub.issuer}/`);
  assert.ok(!form.text.includes('Head office'));
});
