/** The second step of a sign-in over real HTTP: nobody is in before it, and every proof counts once. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { passkeyCreation, passkeyEnrolment } from '#actions/factors/passkeys/enrol.ts';
import { changePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { endSessions } from '#actions/sessions/end.ts';
import { setPassword } from '#actions/signin/set-password.ts';
import { manualClock } from '#platform/clock.ts';
import { credentials, rememberedDevices } from '#storage/collections.ts';
import { softKey } from '#test/support/authenticator.ts';
import { type BootedHub, passphrase } from '#test/support/booted.ts';
import { type Answer, Browser } from '#test/support/browser.ts';
import { type Phone, withFactors } from '#test/support/factors.ts';
import { authorizeUrl, callback, operator, pagesHub } from './support.ts';

let hub: BootedHub;
const clock = manualClock(Date.now());
before(async (t) => {
  hub = await pagesHub(t as never, {}, clock);
});

let count = 0;
async function somebody(): Promise<{ id: string; email: string; phone: Phone; codes: readonly string[] }> {
  count += 1;
  const person = await hub.person(`somebody-${count}`, 'sales');
  const factors = await withFactors(hub.services, person);
  clock.advance(30_000);
  return { id: person.id, email: person.email ?? '', ...factors };
}

async function atSecond(email: string, browser = new Browser(), more: Record<string, string> = {}) {
  const form = await browser.follow(authorizeUrl(hub.issuer, 'crm', more));
  const answer = await browser.post(form.url, { identifier: email, password: passphrase });
  assert.equal(answer.location, `${new URL(form.url).pathname}/second`);
  return { browser, form: form.url, url: `${form.url}/second`, recovery: `${form.url}/recovery` };
}

async function entered(browser: Browser, answer: Answer): Promise<boolean> {
  if (answer.location === undefined) return false;
  const back = await browser.follow(new URL(answer.location, answer.url).href);
  return back.location?.startsWith(`${callback}?code=`) === true;
}

async function isIn(browser: Browser): Promise<boolean> {
  return (await browser.get(`${hub.issuer}/`)).status === 200;
}

test('with the password alone nobody is in; with a code of the app they are', async () => {
  const { email, phone, id } = await somebody();
  const { browser, url } = await atSecond(email);
  assert.equal(await isIn(browser), false);
  const page = await browser.get(url);
  assert.match(page.text, /autocomplete="one-time-code"/);
  assert.match(page.text, /Customer desk/);
  assert.ok(await entered(browser, await browser.post(url, { code: phone.code() })));
  assert.ok(await isIn(browser));
  const { items } = await hub.services.store.audit.query({ person: id, type: 'signin.succeeded' });
  assert.deepEqual(
    items.map(({ detail }) => detail),
    [{ method: 'password', second: 'totp' }],
  );
});

test('resuming, empty posts and the wrong kind of code give nothing', async () => {
  const { email, phone, codes } = await somebody();
  const { browser, form } = await atSecond(email);
  const resumed = await browser.get(form.replace('/sign-in/', '/authorize/'));
  assert.ok(!resumed.location?.includes('code='), resumed.location);
  const other = await atSecond(email);
  for (const [where, body] of [
    [other.form, {}],
    [other.url, {}],
    [other.url, { code: '' }],
    [other.url, { code: codes[0] ?? '' }],
    [other.recovery, {}],
    [other.recovery, { code: phone.code() }],
    [`${other.form}/turn-back`, {}],
  ] as const) {
    const answer = await other.browser.post(where, body);
    assert.ok(!(await entered(other.browser, answer)), where);
    assert.equal(await isIn(other.browser), false);
  }
  assert.equal(await isIn(browser), false);
});

test('a second step without a first leads back to the first', async () => {
  const { phone, codes } = await somebody();
  const browser = new Browser();
  const form = await browser.follow(authorizeUrl(hub.issuer, 'crm'));
  for (const [path, code] of [
    ['second', phone.code()],
    ['recovery', codes[0] ?? ''],
  ]) {
    const answer = await browser.post(`${form.url}/${path}`, { code: code ?? '' });
    assert.equal(answer.location, new URL(form.url).pathname);
  }
  assert.equal(await isIn(browser), false);
});

test('a step belongs to the browser and the interaction in which it was begun', async () => {
  const { email, phone } = await somebody();
  const { url } = await atSecond(email);
  assert.equal((await new Browser().post(url, { code: phone.code() })).status, 400);
  const elsewhere = new Browser();
  const form = await elsewhere.follow(authorizeUrl(hub.issuer, 'crm'));
  const answer = await elsewhere.post(`${form.url}/second`, { code: phone.code() });
  assert.equal(answer.location, new URL(form.url).pathname);
});

test('the same code 20 at once lets one in, and the steps before it are dead', async () => {
  const { email, phone, id } = await somebody();
  clock.advance(30_000);
  const doors: Awaited<ReturnType<typeof atSecond>>[] = [];
  while (doors.length < 20) doors.push(await atSecond(email));
  const code = phone.code();
  const answers = await Promise.all(doors.map(({ browser, url }) => browser.post(url, { code })));
  const results = await Promise.all(answers.map((answer, index) => entered(doors[index]?.browser as Browser, answer)));
  assert.equal(results.filter(Boolean).length, 1);
  clock.advance(16 * 60_000);
  const fresh = phone.code();
  const used = await atSecond(email);
  assert.ok(await entered(used.browser, await used.browser.post(used.url, { code: fresh })));
  for (const late of [fresh, phone.code(-30)]) {
    const again = await atSecond(email);
    const answer = await again.browser.post(again.url, { code: late });
    assert.equal(answer.location, new URL(again.url).pathname);
    assert.match((await again.browser.get(again.url)).text, /not right, or it was used already/);
  }
  const { items } = await hub.services.store.audit.query({ person: id, type: 'signin.failed', limit: 200 });
  assert.ok(items.some(({ detail }) => detail?.cause === 'wrong-code'));
  assert.ok(!JSON.stringify(items).includes(fresh));
});

test('a recovery code 20 at once lets one in; renewing kills the rest', async () => {
  const { email, codes, id } = await somebody();
  const doors: Awaited<ReturnType<typeof atSecond>>[] = [];
  while (doors.length < 20) doors.push(await atSecond(email));
  const code = (codes[0] ?? '').toUpperCase().replaceAll('-', ' ');
  const answers = await Promise.all(doors.map(({ browser, recovery }) => browser.post(recovery, { code })));
  const results = await Promise.all(answers.map((answer, index) => entered(doors[index]?.browser as Browser, answer)));
  assert.equal(results.filter(Boolean).length, 1);
  clock.advance(16 * 60_000);
  const person = await changePerson(hub.services, operator, id, { department: 'Sales' });
  await withFactors(hub.services, person);
  const late = await atSecond(email);
  assert.ok(!(await entered(late.browser, await late.browser.post(late.recovery, { code: codes[1] ?? '' }))));
});

test('code guesses count with password guesses, and the limit holds', async () => {
  const { email, phone } = await somebody();
  const { browser, url } = await atSecond(email);
  let answer = await browser.post(url, { code: '000000' });
  for (let tries = 1; tries < 14 && answer.status === 303; tries += 1)
    answer = await browser.post(url, { code: '000000' });
  assert.equal(answer.status, 429);
  assert.ok(Number(answer.headers.get('retry-after')) > 0);
  assert.equal((await browser.post(url, { code: phone.code() })).status, 429, 'the right one too, for now');
  clock.advance(16 * 60_000);
});

test('a new password ends a step that was begun with the old one', async () => {
  const { email, phone, id } = await somebody();
  const { browser, url, form } = await atSecond(email);
  clock.advance(1000);
  await setPassword(hub.services, operator, id, 'another long horse battery');
  const answer = await browser.post(url, { code: phone.code() });
  assert.equal(answer.location, new URL(form).pathname);
  assert.equal(await isIn(browser), false);
});

test('a remembered browser is spared the code, not the password, and not a fresh sign-in; a new password forgets it', async () => {
  const { email, phone, id } = await somebody();
  const { browser, url } = await atSecond(email);
  assert.ok(await entered(browser, await browser.post(url, { code: phone.code(), remember: 'yes' })));
  const token = browser.cookie(hub.issuer, 'gh_remembered') ?? '';
  const stored = await hub.services.store.find(rememberedDevices, { where: { person: id } });
  assert.equal(stored.items.length, 1);
  assert.ok(token.length >= 43 && !JSON.stringify(stored).includes(token), 'kept as a hash');

  const fresh = browser.copy();
  const form = await fresh.follow(authorizeUrl(hub.issuer, 'crm', { prompt: 'login' }));
  const asked = await fresh.post(form.url, { identifier: email, password: passphrase });
  assert.match(asked.location ?? '', /\/second$/, 'prompt=login asks for everything');

  const later = browser.copy();
  await endSessions(hub.services, operator, id, 'admin');
  const spared = await later.follow(authorizeUrl(hub.issuer, 'crm'));
  assert.ok(await entered(later, await later.post(spared.url, { identifier: email, password: passphrase })));

  await setPassword(hub.services, operator, id, 'another long horse battery');
  assert.equal((await hub.services.store.find(rememberedDevices, { where: { person: id } })).items.length, 0);
  const forgotten = await later.follow(authorizeUrl(hub.issuer, 'crm'));
  const answer = await later.post(forgotten.url, { identifier: email, password: 'another long horse battery' });
  assert.match(answer.location ?? '', /\/second$/);
});

test('somebody else’s cookie spares nobody', async () => {
  const one = await somebody();
  const two = await somebody();
  const { browser, url } = await atSecond(one.email);
  assert.ok(await entered(browser, await browser.post(url, { code: one.phone.code(), remember: 'yes' })));
  await endSessions(hub.services, operator, one.id, 'admin');
  const form = await browser.follow(authorizeUrl(hub.issuer, 'crm'));
  const answer = await browser.post(form.url, { identifier: two.email, password: passphrase });
  assert.match(answer.location ?? '', /\/second$/);
});

test('the secret is sealed at rest, and neither it nor a code is on record', async () => {
  const { id, codes } = await somebody();
  const stored = await hub.services.store.get(credentials, `${id}:totp`);
  assert.ok(stored?.kind === 'totp' && stored.sealed.startsWith('v1.'));
  const record = JSON.stringify(await Array.fromAsync(hub.services.store.audit.export({ person: id })));
  for (const secret of [stored.sealed, ...codes]) assert.ok(!record.includes(secret));
  assert.match(record, /credential\.added/);
});

test('existing, unknown, disabled, passkey-only and second-factor accounts answer a wrong password alike', async () => {
  const { email } = await somebody();
  const bare = await createPerson(hub.services, operator, { email: 'keys-only@example.com', name: 'Keys Only' });
  const key = softKey(hub.issuer);
  const answer = key.attest(await passkeyCreation(hub.services, bare, 's'));
  const made = await passkeyEnrolment(hub.services, operator, bare, { bound: 's', answer, label: 'Key' });
  await hub.services.store.write(made.commit);
  const gone = await hub.person('gone-with-factors', 'sales');
  await withFactors(hub.services, gone);
  await changePerson(hub.services, operator, gone.id, { status: 'disabled' });
  await hub.person('plain', 'sales');
  const pages = [];
  for (const [identifier, password] of [
    [email, 'not the right one'],
    ['keys-only@example.com', passphrase],
    ['keys-only@example.com', ''],
    ['gone-with-factors@example.com', passphrase],
    ['plain@example.com', 'not the right one'],
    ['nobody@example.com', passphrase],
  ] as const) {
    const browser = new Browser();
    const form = await browser.follow(authorizeUrl(hub.issuer, 'crm'));
    const hash = await timesHashed(() => browser.post(form.url, { identifier, password }));
    assert.equal(hash.count, 1, `${identifier} costs one hash`);
    assert.equal(hash.result.location, new URL(form.url).pathname);
    const page = await browser.get(form.url);
    pages.push(page.text.replaceAll(identifier, '…').replaceAll(new URL(form.url).pathname, '…'));
  }
  assert.equal(new Set(pages).size, 1);
});

/** How often a password was hashed meanwhile: equal work is what makes equal time. */
async function timesHashed<R>(work: () => Promise<R>): Promise<{ result: R; count: number }> {
  const { hasher } = hub.services;
  const { verify } = hasher;
  let count = 0;
  Object.assign(hasher, {
    verify: (...given: Parameters<typeof verify>) => {
      count += 1;
      return verify.apply(hasher, given);
    },
  });
  try {
    return { result: await work(), count };
  } finally {
    Object.assign(hasher, { verify });
  }
}
