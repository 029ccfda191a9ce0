/** Mails: queued with the act, carried to a real SMTP server, in the reader's language, tried again, given up in sight. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { assignRole } from '#actions/assignments/assign.ts';
import { createPerson } from '#actions/people/create.ts';
import { openReview } from '#actions/reviews/open.ts';
import { setPassword } from '#actions/signin/set-password.ts';
import type { Origin } from '#domain/audit/event.ts';
import { cookieNameAt } from '#http/middleware/cookies.ts';
import { createLog } from '#platform/log.ts';
import { outbox } from '#storage/collections.ts';
import { type BootedHub, bootHub, freePort, passphrase } from '#test/support/booted.ts';
import { Browser } from '#test/support/browser.ts';
import { startMailServer } from '#test/support/mail-server.ts';
import { signInWithPassword } from '#test/support/sign-in.ts';

const operator: Origin = { actor: { kind: 'operator' } };
const next = 'silent otter brings maps';

/** As soon as what is asked for holds in the outbox. */
async function delivery(hub: BootedHub, person: string, status: string) {
  for (;;) {
    const { items } = await hub.services.store.find(outbox, { where: { person } });
    const found = items.find((one) => one.kind === 'mail' && one.status === status);
    if (found !== undefined) return found;
    await setTimeout(20);
  }
}

test('who acts in whatever language, the person is written to in their own, with the address of the settings', async (t) => {
  const server = await startMailServer(t);
  const hub = await bootHub(t, { env: { HUB_MAIL: server.url } });
  const subjects = {
    en: /How you sign in was changed/,
    pl: /Zmieniono sposób/,
    'zh-TW': /登入方式已變更/,
    'zh-CN': /登录方式已更改/,
  };
  for (const [locale, subject] of Object.entries(subjects)) {
    const email = `${locale.toLowerCase()}@example.com`;
    const name = 'Zoë <b>Żak</b> 李';
    const { id } = await createPerson(hub.services, operator, {
      email,
      name,
      attributes: { locale },
      password: passphrase,
    });
    await setPassword(hub.services, operator, id, next);
    const mail = await server.mail(({ to }) => to.includes(email));
    assert.match(mail.headers.get('subject') ?? '', subject);
    assert.equal(mail.headers.get('to'), email);
    assert.match(mail.headers.get('from') ?? '', /no-reply@localhost/);
    assert.equal(mail.headers.get('auto-submitted'), 'auto-generated');
    for (const body of [mail.text, mail.html]) assert.ok(body.includes(`${hub.issuer}/account/sessions`), body);
    assert.ok(mail.text.includes(name));
    assert.ok(mail.html.includes('Zoë &lt;b&gt;Żak&lt;/b&gt; 李'));
    const links = [...mail.html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link);
    assert.ok(
      links.every((link) => link?.startsWith(`${hub.issuer}/`)),
      String(links),
    );
  }
  // Without a language of their own: that of whoever acts.
  const { id } = await createPerson(hub.services, operator, {
    email: 'x@example.com',
    name: 'X',
    password: passphrase,
  });
  await setPassword(hub.services, { ...operator, locale: 'pl' }, id, next);
  const mail = await server.mail(({ to }) => to.includes('x@example.com'));
  assert.match(mail.headers.get('subject') ?? '', subjects.pl);
});

test('a browser that knows its person is told of once, and who guesses is told of once a day', async (t) => {
  const server = await startMailServer(t);
  const hub = await bootHub(t, { env: { HUB_MAIL: server.url } });
  const { email = '' } = await hub.person('anna');
  const browser = new Browser();
  const post = async (password: string) => {
    const form = await browser.follow(`${hub.issuer}/`);
    return browser.post(
      form.url,
      { identifier: email, password },
      { 'user-agent': 'Mozilla/5.0 (X11; Linux) Firefox/140.0' },
    );
  };
  assert.equal((await post(passphrase)).status, 303);
  const mail = await server.mail(({ headers }) => /new browser/.test(headers.get('subject') ?? ''));
  assert.match(mail.text, /Firefox on Linux/);
  assert.match(mail.text, /127\.0\.0\.1/);
  // The same browser again; then a stranger.
  await signInWithPassword(hub.services, operator, {
    identifier: email,
    password: passphrase,
    knownDevice: browser.cookie(`${hub.issuer}/`, cookieNameAt(hub.issuer, 'device')),
  });
  const guess = () =>
    signInWithPassword(hub.services, { actor: { kind: 'hub' } }, { identifier: email, password: 'wrong' });
  for (let n = 0; n < 12; n += 1) await guess();
  await server.mail(({ headers }) => /Many wrong passwords/.test(headers.get('subject') ?? ''));
  await setPassword(hub.services, operator, (await hub.services.store.find(outbox, {})).items[0]?.person ?? '', next);
  await server.mail(({ headers }) => /was changed/.test(headers.get('subject') ?? ''));
  const subjects = server.received.map(({ headers }) => headers.get('subject')).sort();
  assert.deepEqual(subjects, [
    'A sign-in on a new browser',
    'How you sign in was changed',
    'Many wrong passwords for your account',
  ]);
});

test('a mail waits for its server, sealed, and goes out when it is back', async (t) => {
  const port = await freePort();
  const hub = await bootHub(t, { env: { HUB_MAIL: `smtp://127.0.0.1:${port}`, HUB_CONFIG: await quickRetries(t) } });
  const { id } = await hub.person('anna');
  await setPassword(hub.services, operator, id, next);
  const waiting = await delivery(hub, id, 'waiting');
  assert.ok(!JSON.stringify(waiting).includes('example.com'), 'the address is sealed');
  for (;;) {
    const tried = await delivery(hub, id, 'waiting');
    if (tried.attempts > 0) {
      assert.match(tried.lastError ?? '', /ECONNREFUSED/);
      break;
    }
    await setTimeout(20);
  }
  const server = await startMailServer(t, { port });
  await server.mail(({ to }) => to.includes('anna@example.com'));
  const done = await delivery(hub, id, 'delivered');
  assert.ok(done.kind === 'mail' && done.sealed === undefined, 'its contents are gone');
});

test('a mailbox that is refused for good is given up at once, in sight of admins, without its address', async (t) => {
  const server = await startMailServer(t, { refuses: (address) => address.startsWith('anna') });
  const hub = await bootHub(t, { env: { HUB_MAIL: server.url } });
  const { id } = await hub.person('anna');
  await setPassword(hub.services, operator, id, next);
  const failed = await delivery(hub, id, 'failed');
  assert.match(failed.lastError ?? '', /no such mailbox/);
  const token = await hub.token('hub:read');
  const answer = await fetch(`${hub.issuer}/api/v1/deliveries?kind=mail`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { items } = (await answer.json()) as { items: Record<string, unknown>[] };
  assert.deepEqual(
    items.map(({ kind, template, status, person }) => ({ kind, template, status, person })),
    [{ kind: 'mail', template: 'credential', status: 'failed', person: id }],
  );
  assert.ok(!JSON.stringify(items).includes('anna@'));
});

test('with log: a mail is printed, and says so', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-log-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const log = createLog({ destination: join(folder, 'log') });
  const hub = await bootHub(t, { log });
  const { id } = await hub.person('anna');
  await setPassword(hub.services, operator, id, next);
  await delivery(hub, id, 'delivered');
  await new Promise((resolve) => log.flush(resolve));
  const lines = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');
  const line = lines
    .map((one) => JSON.parse(one) as Record<string, string>)
    .find(({ to }) => to === 'anna@example.com');
  assert.equal(line?.msg, 'a mail, printed instead of sent (mail: log:)');
  assert.ok(line.text?.includes(`${hub.issuer}/account/sessions`));
});

/** A configuration that tries again soon. */
async function quickRetries(t: TestContext): Promise<string> {
  const { writeFile } = await import('node:fs/promises');
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-config-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'hub.yaml');
  await writeFile(file, 'limits: { logout: { firstRetry: 100ms } }\n');
  return file;
}

test('reviewers are told in their own language what waits for them, until which day', async (t) => {
  const server = await startMailServer(t);
  const hub = await bootHub(t, { env: { HUB_MAIL: server.url } });
  const { services } = hub;
  await hub.person('anna', 'hub-helpdesk');
  const subjects = { en: /Access to review/, pl: /Dostępy do przeglądu/, 'zh-TW': /待審核/, 'zh-CN': /待审核/ };
  for (const locale of Object.keys(subjects)) {
    const email = `${locale.toLowerCase()}@example.com`;
    const { id } = await createPerson(services, operator, { email, name: 'Owner', attributes: { locale } });
    await assignRole(services, operator, id, { role: 'hub-owner', reason: 'for the test' });
    await openReview(services, operator, {
      ...{ title: 'Autumn <b>1</b>', scope: { kind: 'role', role: 'hub-helpdesk' }, undecided: 'keep' },
      due: Date.now() + 86_400_000,
      reviewers: { managers: true, owners: [], fallback: id },
    });
  }
  for (const [locale, subject] of Object.entries(subjects)) {
    const mail = await server.mail(({ to }) => to.includes(`${locale.toLowerCase()}@example.com`));
    assert.match(mail.headers.get('subject') ?? '', subject);
    for (const body of [mail.text, mail.html]) assert.ok(body.includes(`${hub.issuer}/account/reviews`), body);
    assert.match(mail.text, /1[\s\S]*Autumn <b>1<\/b>|Autumn <b>1<\/b>[\s\S]*1/);
    assert.doesNotMatch(mail.html, /<b>1/);
    assert.doesNotMatch(mail.text, /\{\{|undefined|anna/);
  }
});
