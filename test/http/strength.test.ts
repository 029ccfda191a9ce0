/** How strong a sign-in has to be: what systems, roles, requests and the console ask, and what tokens then say. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { decodeJwt } from 'jose';
import { resetFactors } from '#actions/factors/reset.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { createSystem } from '#actions/systems/create.ts';
import { manualClock } from '#platform/clock.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import { assignments, factorGraces, meta, people, sessions } from '#storage/collections.ts';
import { type BootedHub, passphrase } from '#test/support/booted.ts';
import { type Answer, Browser } from '#test/support/browser.ts';
import { type Phone, withFactors } from '#test/support/factors.ts';
import { visit } from '#test/support/visitor.ts';
import { authorizeUrl, callback, operator, pagesHub, tokenIn, verifier } from './support.ts';

let hub: BootedHub;
const clock = manualClock(Date.now());
const acr = (level: string) => `urn:gatehouse:acr:${level}`;

before(async (t) => {
  hub = await pagesHub(t as never, {}, clock);
  for (const [id, requires] of [
    ['vault', 'mfa'],
    ['safe', 'phishing-resistant'],
  ] as const) {
    const input = { id, title: id, side: 'other', clientSecret: `${id}-secret-of-the-test`, open: true, requires };
    const more = { firstParty: true, redirectUris: [callback] };
    await createSystem(hub.services, operator, withDefaults({ ...input, ...more } as unknown as SystemInput));
  }
  await publishPolicy(hub.services, operator, {
    reason: 'for the test',
    text: `
version: 1
domains:
  customer: { title: Customers, sides: [crm, erp], actions: [read, write] }
roles:
  sales: { title: Sales, grants: { crm: [customer:read] } }
  treasurer: { title: Treasurer, requires: mfa, grants: { crm: [customer:write] } }
assign: []
delegations: []
`,
  });
});

interface Somebody {
  readonly id: string;
  readonly email: string;
  readonly browser: Browser;
  readonly phone: Phone;
}

let count = 0;
/** A person with a phone, signed in by password from before they had it. */
async function somebody(role: string, options: { phone?: boolean } = {}): Promise<Somebody> {
  count += 1;
  const person = await hub.person(`person-${count}`, role);
  const email = person.email ?? '';
  const browser = new Browser();
  const form = await browser.follow(`${hub.issuer}/`);
  const answer = await browser.post(form.url, { identifier: email, password: passphrase });
  await browser.follow(new URL(answer.location ?? '', form.url).href);
  const none: Phone = { code: () => assert.fail('there is no phone') };
  const { phone } = options.phone === false ? { phone: none } : await withFactors(hub.services, person);
  return { id: person.id, email, browser, phone };
}

const errorOf = (answer: Answer) => URL.parse(answer.location ?? '')?.searchParams.get('error');
const codeOf = (answer: Answer) => URL.parse(answer.location ?? '')?.searchParams.get('code') ?? '';

async function tokens(client: string, form: Record<string, string>): Promise<Record<string, unknown>> {
  const secret = `${client}-secret-of-the-test`;
  const answer = await fetch(`${hub.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  assert.equal(answer.status, 200);
  return (await answer.json()) as Record<string, unknown>;
}

async function idToken(client: string, code: string) {
  const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier };
  return decodeJwt(String((await tokens(client, form)).id_token));
}

async function giveCode({ browser, phone }: Somebody, page: Answer): Promise<Answer> {
  const answer = await browser.post(page.url, { code: phone.code(30) });
  assert.ok(answer.location !== undefined && !answer.location.endsWith('/second'), 'the code counted');
  clock.advance(30_000);
  return browser.follow(new URL(answer.location, page.url).href);
}

test('discovery names the strengths', async () => {
  const answer = await fetch(`${hub.issuer}/.well-known/openid-configuration`);
  const { acr_values_supported: values, claims_parameter_supported: claims } = (await answer.json()) as Record<
    string,
    unknown
  >;
  assert.deepEqual(values, [acr('password'), acr('mfa'), acr('phishing-resistant')]);
  assert.equal(claims, true);
});

test('nobody takes a factor that is not theirs', async () => {
  const one = await somebody('sales');
  const two = await somebody('sales');
  const page = await one.browser.follow(authorizeUrl(hub.issuer, 'vault'));
  await giveCode(one, page);
  const csrf = tokenIn(await one.browser.get(`${hub.issuer}/account/methods`));
  const answer = await one.browser.post(`${hub.issuer}/account/methods/remove`, { csrf, id: `${two.id}:totp` });
  assert.equal(answer.status, 404);
  const renamed = await one.browser.post(`${hub.issuer}/account/methods/rename`, {
    csrf,
    id: `${two.id}:totp`,
    label: 'x',
  });
  assert.equal(renamed.status, 404);
  const own = await one.browser.post(`${hub.issuer}/account/methods/remove`, { csrf, id: `${one.id}:totp` });
  assert.equal(own.location, '/account/methods');
});

test('a system that asks for a second factor steps the session up, with a new id, and the token says so', async () => {
  const who = await somebody('sales');
  const { browser } = who;
  const before = browser.cookie(hub.issuer, 'gatehouse-session');
  const plain = await browser.follow(authorizeUrl(hub.issuer, 'crm'));
  const first = await idToken('crm', codeOf(plain));
  assert.deepEqual([first.acr, first.amr], [acr('password'), ['pwd']]);

  const silent = await browser.follow(authorizeUrl(hub.issuer, 'vault', { prompt: 'none' }));
  assert.equal(errorOf(silent), 'login_required');
  const page = await browser.follow(authorizeUrl(hub.issuer, 'vault'));
  assert.match(page.url, /\/second$/);
  assert.match(page.text, /asks for more than a password/);
  const resumed = await browser.get(page.url.replace('/sign-in/', '/authorize/').replace('/second', ''));
  assert.ok(!resumed.location?.includes('code='), 'dropping it on resume does not help');

  const again = await browser.follow(authorizeUrl(hub.issuer, 'vault'));
  const token = await idToken('vault', codeOf(await giveCode(who, again)));
  assert.deepEqual([token.acr, token.amr], [acr('mfa'), ['pwd', 'otp', 'mfa']]);
  assert.equal(token.auth_time, first.auth_time, 'as old as its oldest proof');
  assert.notEqual(browser.cookie(hub.issuer, 'gatehouse-session'), before);
  const later = await browser.follow(authorizeUrl(hub.issuer, 'vault', { prompt: 'none' }));
  assert.ok(codeOf(later) !== '', 'and silent from then on');
});

test('a refresh does not raise what the token says', async () => {
  const who = await somebody('sales');
  const code = codeOf(await who.browser.follow(authorizeUrl(hub.issuer, 'crm')));
  const first = await tokens('crm', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: callback,
    code_verifier: verifier,
  });
  const page = await who.browser.follow(authorizeUrl(hub.issuer, 'vault'));
  await giveCode(who, page);
  const again = await tokens('crm', { grant_type: 'refresh_token', refresh_token: String(first.refresh_token) });
  assert.equal(decodeJwt(String(again.id_token)).acr, acr('password'));
});

test('a role may ask for it as well', async () => {
  const who = await somebody('treasurer');
  const page = await who.browser.follow(authorizeUrl(hub.issuer, 'crm'));
  assert.match(page.url, /\/second$/);
  const token = await idToken('crm', codeOf(await giveCode(who, page)));
  assert.equal(token.acr, acr('mfa'));
});

test('acr_values is a wish: asked of who can, not in the way of who cannot', async () => {
  const can = await somebody('sales');
  const wish = { acr_values: acr('mfa') };
  const asked = await can.browser.follow(authorizeUrl(hub.issuer, 'crm', wish));
  assert.match(asked.url, /\/second$/);
  assert.equal((await idToken('crm', codeOf(await giveCode(can, asked)))).acr, acr('mfa'));
  const cannot = await somebody('sales', { phone: false });
  for (const params of [wish, { ...wish, prompt: 'none' }, { acr_values: 'urn:of:others' }]) {
    const answer = await cannot.browser.follow(authorizeUrl(hub.issuer, 'crm', params));
    assert.equal((await idToken('crm', codeOf(answer))).acr, acr('password'));
  }
});

test('an essential acr is met, or refused as the standard says; the token says what was asked', async () => {
  const who = await somebody('sales');
  const essential = (...values: string[]) => ({
    claims: JSON.stringify({ id_token: { acr: { essential: true, values } } }),
  });
  const mfa = essential(acr('mfa'));
  const silent = await who.browser.follow(authorizeUrl(hub.issuer, 'crm', { ...mfa, prompt: 'none' }));
  assert.equal(errorOf(silent), 'login_required');
  const asked = await who.browser.follow(authorizeUrl(hub.issuer, 'crm', mfa));
  assert.equal((await idToken('crm', codeOf(await giveCode(who, asked)))).acr, acr('mfa'));
  const weaker = await who.browser.follow(authorizeUrl(hub.issuer, 'crm', essential(acr('password'))));
  assert.equal((await idToken('crm', codeOf(weaker))).acr, acr('password'), 'more than asked was proved');
  const foreign = essential('urn:of:others');
  const unmet = await who.browser.follow(authorizeUrl(hub.issuer, 'crm', { ...foreign, prompt: 'none' }));
  assert.equal(errorOf(unmet), 'unmet_authentication_requirements');
  const page = await who.browser.follow(authorizeUrl(hub.issuer, 'crm', foreign));
  assert.match(page.url, /\/second$/);
  const back = await who.browser.post(page.url.replace('/second', '/turn-back'), {});
  assert.equal(
    errorOf(await who.browser.follow(new URL(back.location ?? '', page.url).href)),
    'unmet_authentication_requirements',
  );
});

test('a claim that is asked for by name comes, and nothing that was not asked for (OpenID Connect Core 1.0, 5.5)', async () => {
  const { browser, id } = await somebody('sales');
  const claims = JSON.stringify({
    id_token: { email: { essential: true }, permissions: null },
    userinfo: { email: null },
  });
  const answer = await browser.follow(authorizeUrl(hub.issuer, 'crm', { claims, scope: 'openid' }));
  const token = await idToken('crm', codeOf(answer));
  const { email } = (await hub.services.store.get(people, id)) ?? {};
  assert.deepEqual(
    [token.email, token.permissions, token.name, token.roles],
    [email, ['customer:read'], undefined, undefined],
  );
});

test('prompt=login and max_age ask for both steps, and the time is that of now', async () => {
  const who = await somebody('sales');
  const first = await idToken('crm', codeOf(await who.browser.follow(authorizeUrl(hub.issuer, 'crm'))));
  // As if it had been an hour ago.
  const session = await hub.services.store.one(sessions, 'account', who.id);
  const payload = { ...session?.payload, loginTs: Number(first.auth_time) - 3600 };
  const id = session?.id ?? '';
  await hub.services.store.write({ changes: [{ kind: 'update', collection: sessions, id, set: { payload } }] });
  for (const params of [{ prompt: 'login' }, { max_age: '0' }]) {
    const form = await who.browser.follow(authorizeUrl(hub.issuer, 'crm', params));
    const answer = await who.browser.post(form.url, { identifier: who.email, password: passphrase });
    const second = await who.browser.get(new URL(answer.location ?? '', form.url).href);
    assert.match(second.url, /\/second$/);
    const token = await idToken('crm', codeOf(await giveCode(who, second)));
    assert.ok(Number(token.auth_time) >= Number(first.auth_time));
    assert.deepEqual(token.amr, ['pwd', 'otp', 'mfa']);
  }
});

test('only a passkey opens what wants one: set up while there is time, then somebody has to be asked', async () => {
  const who = await somebody('sales');
  const page = await who.browser.follow(authorizeUrl(hub.issuer, 'safe'));
  assert.match(page.text, /asks for a passkey/);
  assert.match(page.text, /\/account\/methods\?continue=/);
  const since = clock.now() - 15 * 86_400_000;
  await hub.services.store.write({ changes: [{ kind: 'put', collection: factorGraces, id: who.id, data: { since } }] });
  const late = await who.browser.follow(authorizeUrl(hub.issuer, 'safe'));
  assert.match(late.text, /The time to set it up by yourself has passed/);
  const [denied] = (await hub.services.store.audit.query({ person: who.id, type: 'entry.denied' })).items;
  assert.deepEqual(denied?.detail, { reason: 'stronger-sign-in-required' });
  const back = await who.browser.post(late.url.replace('/second', '/turn-back'), {});
  assert.equal(errorOf(await who.browser.follow(new URL(back.location ?? '', late.url).href)), 'access_denied');
});

test('whoever let the time pass cannot set up a first factor alone, until the help desk begins it anew', async () => {
  const who = await somebody('sales', { phone: false });
  const since = clock.now() - 15 * 86_400_000;
  await hub.services.store.write({ changes: [{ kind: 'put', collection: factorGraces, id: who.id, data: { since } }] });
  assert.equal((await who.browser.get(`${hub.issuer}/account/methods/app`)).status, 403);
  await resetFactors(hub.services, operator, who.id, { which: 'all', reason: 'came by in person' });
  assert.equal(await hub.services.store.get(factorGraces, who.id), undefined);
});

test('the console: days left by password, then only the second factor, or the way to one', async () => {
  const admin = await somebody('hub-owner', { phone: false });
  const within = await admin.browser.get(`${hub.issuer}/admin`);
  assert.match(within.text, /Set it up within 14 days/);
  const { items } = await hub.services.store.find(assignments, {
    where: { person: admin.id },
  });
  const kept = await hub.services.store.get(meta, 'factors');
  const long = clock.now() - 15 * 86_400_000;
  await hub.services.store.write({
    changes: [
      { kind: 'put', collection: meta, id: 'factors', data: { since: long } },
      { kind: 'update', collection: assignments, id: items[0]?.id ?? '', set: { at: long } },
    ],
  });
  const after = await admin.browser.get(`${hub.issuer}/admin`);
  assert.equal(after.location, '/account/methods');
  const called = await visit(hub.issuer, admin.browser).call('GET', '/api/v1/people');
  assert.deepEqual([called.status, called.body?.code], [403, 'stronger-sign-in-required']);
  assert.equal((await admin.browser.get(`${hub.issuer}/account/methods/app`)).status, 200, 'but may set one up');
  await hub.services.store.write({
    changes: [{ kind: 'put', collection: meta, id: 'factors', data: { since: kept?.since ?? 0 } }],
  });

  const withPhone = await somebody('hub-owner');
  const page = await withPhone.browser.follow(`${hub.issuer}/admin/people`);
  assert.match(page.url, /\/second$/, 'a session from before the phone steps up');
  assert.equal((await giveCode(withPhone, page)).status, 200);
  assert.equal((await visit(hub.issuer, withPhone.browser).call('GET', '/api/v1/people')).status, 200);
});

test('a dangerous act wants the second factor too, and a remembered browser is none', async () => {
  const admin = await somebody('hub-owner');
  const page = await admin.browser.follow(`${hub.issuer}/admin/keys`);
  await giveCode(admin, page);
  const fresh = await admin.browser.get(`${hub.issuer}/account/methods/app`);
  assert.equal(fresh.status, 200, 'the password is minutes old and a code was given');
  const plain = await somebody('sales');
  const asked = await plain.browser.get(`${hub.issuer}/account/methods/app`);
  const form = new URL(asked.location ?? '', hub.issuer);
  assert.equal(form.searchParams.get('prompt'), 'login');
  assert.equal(form.searchParams.get('acr_values'), acr('mfa'));
  const removal = await plain.browser.get(`${hub.issuer}/account/methods`);
  const removed = await plain.browser.post(`${hub.issuer}/account/methods/remove`, {
    csrf: tokenIn(removal),
    id: `${plain.id}:totp`,
  });
  assert.match(removed.location ?? '', /^\/authorize\?/);
});
