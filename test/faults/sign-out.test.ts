/** Signing out works while the store does not: spooled, dead at once, recorded exactly once when the store is back. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as client from 'openid-client';
import { faultySqlite } from '#test/support/faulty-sqlite.ts';
import { type Company, company, email, goodbye, signIn, signOut, until } from './company.ts';

const spooled = ({ data }: Company): string[] =>
  existsSync(join(data, 'spool')) ? readdirSync(join(data, 'spool')).filter((name) => name.endsWith('.sign-out')) : [];

/** Nothing of the session works any more, and the record says once that it ended. */
async function assertEnded(hub: Company, { browser, crm, tokens }: Awaited<ReturnType<typeof signIn>>): Promise<void> {
  const ended = await hub.events('session.ended');
  assert.equal(ended.length, 1);
  assert.equal(ended[0]?.detail?.why, 'signed-out');
  assert.equal(ended[0]?.detail?.spooled, true);
  assert.equal(ended[0]?.actor.kind, 'person');
  assert.equal((await hub.events('logout.sent')).length, 1);
  await until(async () => (await hub.events('logout.delivered')).length === 1);
  assert.equal(hub.heard.length, 1);
  assert.match((await browser.get(`${hub.issuer}/account`)).location ?? '', /\/authorize/);
  assert.equal((await client.tokenIntrospection(crm, tokens.access_token)).active, false);
  await assert.rejects(client.refreshTokenGrant(crm, tokens.refresh_token ?? ''), { error: 'invalid_grant' });
}

test('a person signs out while the store is silent', async (t) => {
  const fault = faultySqlite(t);
  const hub = await company(t);
  const signedIn = await signIn(hub);
  const kept = signedIn.browser.copy();
  fault.mode = 'silent';
  assert.deepEqual(await signOut(hub, signedIn.browser), { status: 303, location: '/sign-out/done' });
  assert.equal(signedIn.browser.cookie(hub.issuer, 'gatehouse-session'), undefined, 'the cookie is gone');
  assert.equal((await signedIn.browser.get(`${hub.issuer}/sign-out/done`)).status, 200);
  const [file = ''] = spooled(hub);
  const text = readFileSync(join(hub.data, 'spool', file), 'utf8');
  assert.doesNotMatch(text, /127\.0\.0\.1|node|undici/i, 'what is personal is sealed');
  fault.mode = 'none';
  await until(() => spooled(hub).length === 0);
  await assertEnded(hub, { ...signedIn, browser: kept });
});

test('it is over on this process before the store knows', async (t) => {
  const fault = faultySqlite(t);
  const hub = await company(t);
  const signedIn = await signIn(hub);
  const kept = signedIn.browser.copy();
  fault.mode = 'unwritable';
  const { crm, tokens } = signedIn;
  const url = client.buildEndSessionUrl(crm, {
    id_token_hint: tokens.id_token ?? '',
    post_logout_redirect_uri: goodbye,
    state: 's',
  });
  const answer = await signedIn.browser.get(url.href);
  assert.equal(answer.location, `${goodbye}?state=s`, 'with a valid hint nobody is asked');
  assert.equal(spooled(hub).length, 1);
  assert.notEqual((await kept.get(`${hub.issuer}/account`)).status, 200);
  assert.equal((await client.tokenIntrospection(crm, tokens.access_token)).active, false);
  assert.equal((await hub.events('session.ended')).length, 0);
  assert.equal((await kept.get(`${hub.issuer}/sign-out`)).location, '/sign-out/done', 'a second time changes nothing');
  fault.mode = 'none';
  await until(() => spooled(hub).length === 0);
  await assertEnded(hub, { ...signedIn, browser: kept });
});

test('a hint whose session cannot be read is not believed: the person is asked', async (t) => {
  const fault = faultySqlite(t);
  const hub = await company(t);
  const { browser, crm, tokens } = await signIn(hub);
  fault.mode = 'failing';
  const hinted = { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: goodbye };
  const asked = await browser.get(client.buildEndSessionUrl(crm, hinted).href);
  assert.match(asked.location ?? '', /^\/sign-out\?request=/);
  const page = await browser.get(new URL(asked.location ?? '', hub.issuer).href);
  assert.equal(page.status, 200);
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page.text)?.[1] ?? '';
  const done = await browser.post(`${hub.issuer}/sign-out`, { csrf: field('csrf'), request: field('request') });
  assert.equal(done.location, goodbye);
  assert.equal(spooled(hub).length, 1);
});

test('a restart in between forgets nothing and records nothing twice; what cannot be read is set aside', async (t) => {
  const fault = faultySqlite(t);
  const hub = await company(t);
  const signedIn = await signIn(hub);
  const kept = signedIn.browser.copy();
  fault.mode = 'unwritable';
  await signOut(hub, signedIn.browser);
  const [name = ''] = spooled(hub);
  const file = join(hub.data, 'spool', name);
  const copy = join(hub.data, 'copy');
  copyFileSync(file, copy);
  const after = await hub.restart(() => {
    writeFileSync(join(hub.data, 'spool', 'cut-off.sign-out'), readFileSync(file, 'utf8').slice(0, 50));
    writeFileSync(join(hub.data, 'spool', 'unfinished.sign-out.part'), 'v1.');
    fault.mode = 'none';
  });
  await until(() => spooled(after).length === 0);
  await assertEnded(after, { ...signedIn, browser: kept });
  assert.deepEqual(readdirSync(join(after.data, 'spool')).sort(), ['cut-off.sign-out.faulty', 'reserve']);
  // As if the process had died between the commit and the end of the file.
  const again = await after.restart(() => copyFileSync(copy, file));
  await until(() => spooled(again).length === 0);
  assert.equal((await again.events('session.ended')).length, 1);
  assert.equal((await signIn(again)).tokens.claims()?.sub, signedIn.tokens.claims()?.sub, `${email} signs in again`);
});

test('sign-outs of sessions that nobody had fill neither disk nor record', async (t) => {
  const fault = faultySqlite(t);
  const hub = await company(t);
  fault.mode = 'failing';
  const { signOuts } = hub.services;
  const of = (ip: string, n: number) => signOuts.add({ session: `${ip}-${n}`, at: 1, ip });
  for (let n = 0; n < 500; n += 1) of('203.0.113.9', n);
  assert.throws(() => of('203.0.113.9', 500), { name: 'StoreUnavailable' });
  of('203.0.113.10', 0);
  fault.mode = 'none';
  await until(() => signOuts.size === 0);
  assert.equal((await hub.events('session.ended')).length, 0);
});
