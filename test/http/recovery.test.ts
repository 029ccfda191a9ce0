/** Getting back in by mail (security.md, "Sign-in, sessions, recovery"): over real HTTP and a real SMTP server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rememberBrowser, rememberedOf } from '#actions/factors/remembered.ts';
import { changePerson, disablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { sessionsOf } from '#actions/sessions/ending.ts';
import { oneTimeLinks, outbox } from '#storage/collections.ts';
import { bootHub, passphrase } from '#test/support/booted.ts';
import { Browser } from '#test/support/browser.ts';
import { withFactors } from '#test/support/factors.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';
import { visit } from '#test/support/visitor.ts';
import { operator, pagesHub, signedInBrowser } from './support.ts';

const next = 'silent otter brings maps';

/** The links that went to an address so far, in their order; at least so many. */
async function links(server: MailServer, email: string, count = 1): Promise<string[]> {
  const all = () =>
    server.received
      .filter(({ to }) => to.includes(email))
      .flatMap(({ text }) => /^http\S+\/sign-in\/reset\/\S+$/m.exec(text)?.[0] ?? []);
  await server.mail(() => all().length >= count);
  return all();
}

const ask = (issuer: string, identifier: string, headers: Record<string, string> = {}) =>
  new Browser().post(`${issuer}/sign-in/forgot`, { identifier }, headers);
const choose = (link: string, password = next) => new Browser().post(link, { password, again: password });

test('a link by mail lets its owner choose a password once; whatever only looks uses nothing up', async (t) => {
  const server = await startMailServer(t);
  const hub = await pagesHub(t, { HUB_MAIL: server.url });
  const anna = await hub.person('anna', 'sales');
  const { phone } = await withFactors(hub.services, anna);
  const kept = await rememberBrowser(hub.services, operator, undefined, anna.id);
  await hub.services.store.write({ changes: kept.changes });
  const other = await hub.person('bo', 'sales');
  await signedInBrowser(hub.issuer, 'bo@example.com');

  const forwarded = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    forwarded: 'host=evil.example',
  };
  const answer = await ask(hub.issuer, ' ANNA@example.com ', forwarded);
  assert.deepEqual([answer.status, answer.location], [303, '/sign-in/forgot?sent']);
  const [link = ''] = await links(server, 'anna@example.com');
  assert.ok(link.startsWith(`${hub.issuer}/sign-in/reset/`), link);
  const token = link.slice(link.lastIndexOf('/') + 1);
  const everything = JSON.stringify([
    (await hub.services.store.find(oneTimeLinks, { where: { person: anna.id } })).items,
    (await hub.services.store.find(outbox, { where: { person: anna.id } })).items,
    await Array.fromAsync(hub.services.store.audit.export({})),
  ]);
  assert.ok(!everything.includes(token), 'the link is nowhere but in the mail');

  for (const method of ['HEAD', 'GET', 'GET', 'OPTIONS']) await fetch(link, { method });
  const refused = await choose(link, 'liverpool chelsea');
  assert.equal(refused.location, new URL(link).pathname, 'a weak password uses nothing up either');

  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => choose(link, `${next} ${'x'.repeat(n)}`)));
  const won = answers.findIndex(({ status }) => status === 303);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [303, ...Array.from({ length: 19 }, () => 404)].sort());
  assert.equal((await fetch(link)).status, 404);
  assert.deepEqual(await sessionsOf(hub.services, anna.id), []);
  assert.deepEqual(await rememberedOf(hub.services, anna.id), [], 'remembered browsers are forgotten');
  assert.equal((await sessionsOf(hub.services, other.id)).length, 1, 'and nobody else is touched');
  await server.mail(({ text, to }) => to.includes('anna@example.com') && /your password was changed/.test(text));

  // Nobody is in by it: the new password is asked for, then the second factor.
  const browser = new Browser();
  const form = await browser.follow(`${hub.issuer}/`);
  const signIn = await browser.post(form.url, {
    identifier: 'anna@example.com',
    password: `${next} ${'x'.repeat(won)}`,
  });
  assert.match(signIn.location ?? '', /\/second$/);
  const second = await browser.post(new URL(signIn.location ?? '', hub.issuer).href, { code: phone.code(30) });
  assert.equal(second.status, 303);
  const [event] = await Array.fromAsync(hub.services.store.audit.export({ type: 'credential.reset' }));
  assert.deepEqual(event?.detail, { kind: 'password', by: 'owner', link: 'reset' });
});

test('a reset ends every session and its systems are told; so it is with the browser that asked', async (t) => {
  const server = await startMailServer(t);
  const hub = await pagesHub(t, { HUB_MAIL: server.url });
  const anna = await hub.person('anna', 'sales');
  const browser = await signedInBrowser(hub.issuer, 'anna@example.com');
  assert.equal((await browser.get(`${hub.issuer}/account/sessions`)).status, 200);
  await ask(hub.issuer, 'anna@example.com');
  const [link = ''] = await links(server, 'anna@example.com');
  assert.equal((await choose(link)).status, 303);
  assert.equal((await browser.get(`${hub.issuer}/account/sessions`)).status, 303);
  const ended = await Array.fromAsync(hub.services.store.audit.export({ type: 'session.ended', person: anna.id }));
  assert.deepEqual(
    ended.map(({ detail }) => detail?.why),
    ['password-changed'],
  );
});

test('only the newest link opens, none after its time, and none of an account that was disabled', async (t) => {
  let now = Date.now();
  const server = await startMailServer(t);
  const hub = await bootHub(t, { env: { HUB_MAIL: server.url }, clock: { now: () => now } });
  await hub.person('anna');
  const bo = await hub.person('bo');
  await ask(hub.issuer, 'anna@example.com');
  const [older = ''] = await links(server, 'anna@example.com');
  await ask(hub.issuer, 'anna@example.com');
  const [, newer = ''] = await links(server, 'anna@example.com', 2);
  assert.equal((await choose(older)).status, 404);
  assert.equal((await fetch(newer)).status, 200);
  now += 30 * 60_000;
  assert.equal((await fetch(newer)).status, 404);
  assert.equal((await choose(newer)).status, 404);
  await ask(hub.issuer, 'bo@example.com');
  const [his = ''] = await links(server, 'bo@example.com');
  await disablePerson(hub.services, operator, bo.id);
  assert.equal((await choose(his)).status, 404);
});

test('who asks learns nothing: every account answers alike, and only its owner is written to', async (t) => {
  const server = await startMailServer(t);
  const hub = await bootHub(t, { env: { HUB_MAIL: server.url } });
  await hub.person('anna');
  const gone = await hub.person('gone');
  await disablePerson(hub.services, operator, gone.id);
  await createPerson(hub.services, operator, { username: 'clerk', name: 'Clerk', password: passphrase });
  const asked = ['anna@example.com', 'nobody@example.com', 'gone@example.com', 'clerk', 'x'.repeat(5000)];
  const seen = new Set<string>();
  for (const identifier of asked) {
    const { status, headers, text, location } = await ask(hub.issuer, identifier);
    const said = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
    seen.add(JSON.stringify([status, location, text, said]));
  }
  assert.equal(seen.size, 1);
  const events = await Array.fromAsync(hub.services.store.audit.export({ type: 'credential.offered' }));
  const causes = events.map(({ outcome, detail }) => detail?.cause ?? outcome);
  assert.deepEqual(causes, ['success', 'unknown', 'disabled', 'no-address', 'unknown']);
  assert.ok(!JSON.stringify(events).includes('nobody@'), 'what belongs to nobody is kept as a keyed hash');
  // An account gets three in half an hour, whatever the spelling; nobody is told.
  for (let n = 0; n < 4; n += 1) assert.equal((await ask(hub.issuer, 'Anna@Example.com')).status, 303);
  await links(server, 'anna@example.com', 3);
  const last = await Array.fromAsync(hub.services.store.audit.export({ type: 'credential.offered' }));
  assert.deepEqual(
    last.slice(-2).map(({ detail }) => detail?.cause),
    ['enough', 'enough'],
  );
  assert.deepEqual([...new Set(server.received.flatMap(({ to }) => to))], ['anna@example.com']);
});

test('a network that asks too often is told to wait', async (t) => {
  const hub = await bootHub(t);
  hub.services.settings.limits.signin.perNetwork.count = 3;
  for (let n = 0; n < 3; n += 1) assert.equal((await ask(hub.issuer, `p${n}@example.com`)).status, 303);
  const { status, headers } = await ask(hub.issuer, 'p4@example.com');
  assert.equal(status, 429);
  assert.ok(Number(headers.get('retry-after')) > 0);
});

test('an admin invites who has no password yet, and helps who has one; never above their own rights', async (t) => {
  const server = await startMailServer(t);
  const hub = await bootHub(t, { env: { HUB_MAIL: server.url } });
  const newcomer = await createPerson(hub.services, operator, { email: 'new@example.com', name: 'New' });
  const owner = await hub.person('owner', 'hub-owner');
  await hub.person('desk', 'hub-helpdesk');
  const desk = await visit(hub.issuer).signIn('desk@example.com');
  const invited = await desk.call('POST', `/api/v1/people/${newcomer.id}/invite`);
  assert.deepEqual([invited.status, invited.body], [202, { kind: 'invite' }]);
  const [link = ''] = await links(server, 'new@example.com');
  assert.match(server.received.at(-1)?.headers.get('subject') ?? '', /Your account at/);
  assert.equal((await choose(link)).status, 303);
  const [added] = await Array.fromAsync(
    hub.services.store.audit.export({ type: 'credential.added', person: newcomer.id }),
  );
  assert.deepEqual(added?.actor, { kind: 'person', id: newcomer.id });
  const again = await desk.call('POST', `/api/v1/people/${newcomer.id}/invite`);
  assert.deepEqual(again.body, { kind: 'reset' });
  assert.equal((await desk.call('POST', `/api/v1/people/${owner.id}/invite`)).status, 403);
  const robot = visit(hub.issuer).withToken(await hub.token('hub:admin'));
  assert.equal((await robot.call('POST', `/api/v1/people/${owner.id}/invite`)).status, 403);
  await changePerson(hub.services, operator, newcomer.id, { status: 'disabled' });
  const disabled = await desk.call('POST', `/api/v1/people/${newcomer.id}/invite`);
  assert.deepEqual([disabled.status, disabled.body.errors?.[0]?.path], [422, 'status']);
});
