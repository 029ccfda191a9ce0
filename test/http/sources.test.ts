/** Signing in by a source upstream, over a hub as it is started, against a provider that we did not write. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { decodeJwt, type GenerateKeyPairResult, generateKeyPair, SignJWT } from 'jose';
import { credentialsOf } from '#actions/factors/credentials.ts';
import { disablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { findByLogin } from '#actions/people/find.ts';
import { choosePassword } from '#actions/recovery/choose.ts';
import { sendLink } from '#actions/recovery/send.ts';
import { setPassword } from '#actions/signin/set-password.ts';
import { changeSource } from '#actions/sources/change.ts';
import { getSource } from '#actions/sources/directory.ts';
import { identitiesOf } from '#actions/sources/identities.ts';
import { linkIdentity } from '#actions/sources/meet.ts';
import { sourceSettingsOf } from '#actions/sources/record.ts';
import { removeSource } from '#actions/sources/remove.ts';
import { unlinkIdentity } from '#actions/sources/unlink.ts';
import type { SourceSettings } from '#domain/sources/source.ts';
import { sessions } from '#storage/collections.ts';
import { type BootedHub, bootHub, passphrase } from '#test/support/booted.ts';
import { type Answer, Browser } from '#test/support/browser.ts';
import { withFactors } from '#test/support/factors.ts';
import { mailedToken } from '#test/support/mailed-token.ts';
import {
  addSource,
  eventsOf,
  signInBySource,
  startUpstream,
  type Upstream,
  visitSource,
} from '#test/support/upstream.ts';
import { operator, signedInBrowser, tokenIn } from './support.ts';

const endings: (() => Promise<void>)[] = [];
const context = { after: (end: () => Promise<void>) => void endings.push(end) };
let hub: BootedHub;
let upstream: Upstream;
let other: Upstream;
let people = 0;

/** Somebody new upstream. */
const somebody = () => {
  people += 1;
  return { sub: `u-${people}`, email: `u-${people}@hongda.example`, name: `Person ${people}`, department: 'Sales' };
};

before(async () => {
  hub = await bootHub(context);
  upstream = await startUpstream(context);
  other = await startUpstream(context);
  await addSource(hub.services, upstream, {
    create: true,
    domains: ['hongda.example'],
    attributes: { department: 'department', groups: 'groups' },
  });
  await addSource(hub.services, upstream, { id: 'closed', title: 'Closed', contact: 'Ewa in IT' });
  await addSource(hub.services, other, { id: 'other', title: 'Other office', create: true });
});

after(async () => {
  for (const end of endings.reverse()) await end();
});

beforeEach(() => {
  for (const one of [upstream, other]) Object.assign(one, { claims: somebody(), answer: () => {}, back: () => {} });
});

const isIn = async (browser: Browser): Promise<boolean> =>
  (await browser.get(`${hub.issuer}/account/methods`)).status === 200;

async function failures(work: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const before = await eventsOf(hub.services, 'signin.failed');
  await work();
  return (await eventsOf(hub.services, 'signin.failed')).slice(before.length).map(({ detail }) => detail ?? {});
}

/** Nobody is in, nothing was made, and one event says why. */
async function refusedWith(cause: string | RegExp, work: (browser: Browser) => Promise<Answer>): Promise<void> {
  const browser = new Browser();
  const count = await hub.services.store.count(sessions);
  let answer: Answer | undefined;
  const events = await failures(async () => {
    answer = await work(browser);
  });
  assert.equal(events.length, 1, JSON.stringify(events));
  if (typeof cause === 'string') assert.equal(events[0]?.cause, cause);
  else assert.match(String(events[0]?.cause), cause);
  assert.equal(events[0]?.method, 'source');
  assert.ok(answer !== undefined && answer.status >= 400 && answer.status < 500, `${answer?.status}`);
  assert.equal(await isIn(browser), false);
  assert.equal(await hub.services.store.count(sessions), count);
}

test('the first sign-in makes a person, the next one finds them; the session says what was proved', async () => {
  const browser = new Browser();
  const page = await signInBySource(hub.issuer, browser);
  assert.equal(page.status, 200, page.text);
  assert.ok(await isIn(browser));
  const person = await findByLogin(hub.services, String(upstream.claims.email));
  assert.deepEqual([person?.department, person?.emailVerified], ['Sales', false]);
  const { items } = await hub.services.store.find(sessions, { where: { account: person?.id ?? '' } });
  assert.deepEqual(items[0]?.payload.amr, ['fed']);
  assert.equal(items[0]?.payload.acr, 'urn:gatehouse:acr:password');
  Object.assign(upstream.claims, { department: 'Finance', email: 'moved@hongda.example' });
  await signInBySource(hub.issuer);
  const after = await findByLogin(hub.services, `${String(upstream.claims.sub)}@hongda.example`);
  assert.deepEqual([after?.id, after?.department], [person?.id, 'Finance']);
  const [asked] = [upstream.asked];
  assert.deepEqual([asked.get('code_challenge_method'), asked.get('response_type')], ['S256', 'code']);
  const succeeded = (await eventsOf(hub.services, 'signin.succeeded')).at(-1);
  assert.deepEqual(succeeded?.detail, { method: 'source', source: 'upstream' });
});

const forge = async (key: GenerateKeyPairResult['privateKey'] | undefined, token: string): Promise<string> => {
  const claims = decodeJwt(token);
  if (key !== undefined) return new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(key);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.`;
};

const hostile: [string, string | RegExp, () => void][] = [
  ['a wrong nonce', /:nonce$/, () => Object.assign(upstream.claims, { nonce: 'another' })],
  ['no nonce', /nonce|invalid-response/, () => Object.assign(upstream.claims, { nonce: undefined })],
  ['a wrong issuer in the token', /:iss$/, () => Object.assign(upstream.claims, { iss: 'https://evil.example' })],
  ['a wrong audience', /:aud$/, () => Object.assign(upstream.claims, { aud: 'another-client' })],
  ['an expired token', /timestamp/, () => Object.assign(upstream.claims, { exp: 1_000_000_000 })],
  ['a token of the future', /timestamp/, () => Object.assign(upstream.claims, { nbf: 4_000_000_000 })],
  ['no subject', /./, () => Object.assign(upstream.claims, { sub: undefined })],
  ['a subject of half a character', 'unfit-subject', () => Object.assign(upstream.claims, { sub: '\ud800' })],
  ['a subject without end', 'unfit-subject', () => Object.assign(upstream.claims, { sub: 'x'.repeat(256) })],
  [
    'a token endpoint that fails',
    /./,
    () => {
      upstream.answer = (answer) => Object.assign(answer, { statusCode: 500, body: { error: 'server_error' } });
    },
  ],
  [
    'an answer without an ID token',
    /./,
    () => {
      upstream.answer = ({ body }) => {
        if (body !== '') delete body.id_token;
      };
    },
  ],
  [
    'an answer of a megabyte',
    /./,
    () => {
      upstream.answer = ({ body }) => Object.assign(body, { padding: 'x'.repeat(1_000_000) });
    },
  ],
  [
    'a wrong issuer in the answer (RFC 9207)',
    /invalid-response/,
    () => {
      upstream.back = (url) => url.searchParams.set('iss', 'https://evil.example');
    },
  ],
  [
    'another’s code',
    /./,
    () => {
      upstream.back = (url) => url.searchParams.set('code', 'stolen');
    },
  ],
  [
    'two codes',
    /./,
    () => {
      upstream.back = (url) => url.searchParams.append('code', 'second');
    },
  ],
];

for (const [name, cause, misbehave] of hostile) {
  test(`${name} lets nobody in`, async () => {
    misbehave();
    await refusedWith(cause, (browser) => signInBySource(hub.issuer, browser));
  });
}

test('a token without signature, or signed by another key, lets nobody in', async () => {
  const { privateKey } = await generateKeyPair('RS256');
  for (const key of [undefined, privateKey]) {
    let forged = '';
    await refusedWith(/./, async (browser) => {
      const back = await visitSource(hub.issuer, browser);
      upstream.answer = ({ body }) => {
        if (body !== '') body.id_token = forged;
      };
      const nonce = upstream.asked.get('nonce');
      const now = Math.floor(Date.now() / 1000);
      const claims = { ...upstream.claims, iss: upstream.issuer, aud: 'hub', nonce, iat: now, exp: now + 60 };
      const bare = `${Buffer.from('{}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
      forged = await forge(key, bare);
      return browser.follow(back);
    });
  }
});

test('half a character in a claim is no reason to fall', async () => {
  upstream.claims = { ...somebody(), name: 'Half \ud800', groups: ['\udfff', 'Sales'] };
  const browser = new Browser();
  assert.equal((await signInBySource(hub.issuer, browser)).status, 200);
  const person = await findByLogin(hub.services, String(upstream.claims.email));
  assert.deepEqual([person?.name, person?.attributes.groups], ['Half \ufffd', ['\ufffd', 'Sales']]);
});

test('what the source refuses is said plainly', async () => {
  upstream.back = (url) => {
    url.searchParams.delete('code');
    url.searchParams.set('error', 'access_denied');
  };
  await refusedWith('authorization-response-error:access_denied', async (browser) => {
    const page = await signInBySource(hub.issuer, browser);
    assert.match(page.text, /stopped there/);
    return page;
  });
});

test('a state counts once, in the browser that left, and at the source that it left for', async () => {
  const browser = new Browser();
  const back = await visitSource(hub.issuer, browser);
  await refusedWith('unknown-state', (stranger) => stranger.follow(back));
  await refusedWith('unknown-state', async (stranger) => {
    // With a visit of its own, and so with a cookie that is just another one.
    await visitSource(hub.issuer, stranger);
    return stranger.follow(back);
  });
  await refusedWith('unknown-state', (one) => one.follow(back.replace(/state=[^&]+/, 'state=made-up')));
  let tries: Answer[] = [];
  const events = await failures(async () => {
    tries = await Promise.all(Array.from({ length: 10 }, () => browser.copy().follow(back)));
  });
  assert.equal(tries.filter(({ status }) => status === 200).length, 1, tries.map(({ status }) => status).join());
  // None of the others got as far as the source, which would have refused the code as well.
  assert.ok(
    events.every(({ cause }) => cause === 'unknown-state'),
    JSON.stringify(events),
  );
  const again = new Browser();
  const mixed = await visitSource(hub.issuer, again);
  await refusedWith('another-source', () => again.follow(mixed.replace('/from/upstream', '/from/other')));
});

test('disabled or removed on the way, the source lets nobody in', async () => {
  const settings = sourceSettingsOf(hub.services, await getSource(hub.services, 'other'));
  await refusedWith('source-disabled', async (browser) => {
    const back = await visitSource(hub.issuer, browser, 'other');
    await changeSource(hub.services, operator, settings, { enabled: false });
    return browser.follow(back);
  });
  await changeSource(hub.services, operator, settings, { enabled: true });
  await refusedWith('source-disabled', async (browser) => {
    const back = await visitSource(hub.issuer, browser, 'other');
    await removeSource(hub.services, operator, 'other');
    return browser.follow(back.replace('/from/other', '/from/other'));
  }).finally(() => addSource(hub.services, other, { id: 'other', title: 'Other office', create: true }));
});

test('an account with the same address is never taken over, whatever email_verified says', async () => {
  for (const email_verified of [undefined, false, 'true', 'false', true]) {
    Object.assign(upstream.claims, somebody(), { email_verified });
    const email = String(upstream.claims.email);
    const local = await createPerson(hub.services, operator, { email, name: 'Local', password: passphrase });
    await refusedWith('unlinked-taken', (browser) => signInBySource(hub.issuer, browser));
    assert.deepEqual(await identitiesOf(hub.services, local.id), []);
  }
});

test('where nobody may be made, the page says whom to ask', async () => {
  await refusedWith('unlinked-create-off', async (browser) => {
    const page = await signInBySource(hub.issuer, browser, 'closed');
    assert.match(page.text, /Ewa in IT/);
    return page;
  });
});

test('linking proves the account here, then the one there; then it opens, until it is unlinked', async () => {
  const { email = '' } = await hub.person('linker');
  const browser = await signedInBrowser(hub.issuer, email);
  const page = await browser.get(`${hub.issuer}/account/methods/link/closed`);
  const left = await browser.post(page.url, { csrf: tokenIn(page) });
  const there = await new Browser().get(left.location ?? '');
  await refusedWith('unknown-state', (stranger) => stranger.follow(there.location ?? ''));
  const done = await browser.follow(there.location ?? '');
  assert.match(done.text, /is linked/);
  assert.equal((await signInBySource(hub.issuer, new Browser(), 'closed')).status, 200);
  const someone = await signedInBrowser(hub.issuer, (await hub.person('another')).email ?? '');
  const form = await someone.get(`${hub.issuer}/account/methods/link/closed`);
  const second = await someone.post(form.url, { csrf: tokenIn(form) });
  const taken = await someone.follow((await new Browser().get(second.location ?? '')).location ?? '');
  assert.match(taken.text, /linked to somebody else/);
  const [identity] = await identitiesOf(hub.services, (await findByLogin(hub.services, email))?.id ?? '');
  const methods = await browser.get(`${hub.issuer}/account/methods`);
  const stolen = await someone.post(`${hub.issuer}/account/methods/unlink`, {
    csrf: tokenIn(form),
    id: identity?.id ?? '',
  });
  assert.equal(stolen.status, 404, stolen.text);
  await browser.post(`${hub.issuer}/account/methods/unlink`, { csrf: tokenIn(methods), id: identity?.id ?? '' });
  await refusedWith('unlinked-create-off', (one) => signInBySource(hub.issuer, one, 'closed'));
});

test('the last way in stays', async () => {
  const browser = new Browser();
  await signInBySource(hub.issuer, browser);
  const person = await findByLogin(hub.services, String(upstream.claims.email));
  const [identity] = await identitiesOf(hub.services, person?.id ?? '');
  const page = await browser.get(`${hub.issuer}/account/methods`);
  await browser.post(`${hub.issuer}/account/methods/unlink`, { csrf: tokenIn(page), id: identity?.id ?? '' });
  assert.match((await browser.get(`${hub.issuer}/account/methods`)).text, /only way in/);
  assert.equal((await identitiesOf(hub.services, person?.id ?? '')).length, 1);
});

test('who is disabled here stays outside although the source says yes', async () => {
  await signInBySource(hub.issuer);
  const person = await findByLogin(hub.services, String(upstream.claims.email));
  await disablePerson(hub.services, operator, person?.id ?? '');
  await refusedWith('disabled', (browser) => signInBySource(hub.issuer, browser));
});

test('the mail domain leads to its source, whether the account exists or not', async () => {
  await createPerson(hub.services, operator, { email: 'real@hongda.example', name: 'Real', password: passphrase });
  const led: string[] = [];
  for (const identifier of ['real@hongda.example', 'nobody@HONGDA.example ']) {
    const browser = new Browser();
    const form = await browser.follow(`${hub.issuer}/`);
    const answer = await browser.post(form.url, { identifier, password: '', via: 'source' });
    assert.equal(answer.status, 303);
    const url = new URL(answer.location ?? '');
    assert.equal(url.searchParams.get('login_hint'), identifier.trim());
    led.push(url.origin + url.pathname);
  }
  assert.deepEqual(led, [`${upstream.issuer}/authorize`, `${upstream.issuer}/authorize`]);
  const browser = new Browser();
  const form = await browser.follow(`${hub.issuer}/`);
  await browser.post(form.url, { identifier: 'x@elsewhere.example', password: '', via: 'source' });
  assert.match((await browser.get(form.url)).text, /No company sign-in/);
});

test('disabled, a source takes the sessions that began through it along, and no other', async () => {
  const through = new Browser();
  await signInBySource(hub.issuer, through, 'other');
  const own = await signedInBrowser(hub.issuer, (await hub.person('stays')).email ?? '');
  assert.ok(await isIn(through));
  const settings = sourceSettingsOf(hub.services, await getSource(hub.services, 'other'));
  await changeSource(hub.services, operator, settings, { enabled: false });
  assert.deepEqual([await isIn(through), await isIn(own)], [false, true]);
  const ended = (await eventsOf(hub.services, 'session.ended')).at(-1);
  assert.deepEqual([ended?.detail, ended?.actor.kind], [{ why: 'source-disabled' }, 'operator']);
  await changeSource(hub.services, operator, settings, { enabled: true });
});

test('who has a second factor here proves it after the source too, unless the source is trusted to', async () => {
  await signInBySource(hub.issuer, new Browser(), 'other');
  const person = (await findByLogin(hub.services, String(other.claims.email))) ?? assert.fail();
  const { phone } = await withFactors(hub.services, person);
  const browser = new Browser();
  const form = await signInBySource(hub.issuer, browser, 'other');
  assert.ok(form.url.endsWith('/second'), form.url);
  assert.equal(await isIn(browser.copy()), false);
  const done = await browser.post(form.url, { code: phone.code(30) });
  await browser.follow(new URL(done.location ?? '', form.url).href);
  assert.ok(await isIn(browser));
  const last = (await eventsOf(hub.services, 'signin.succeeded')).at(-1);
  assert.deepEqual(last?.detail, { method: 'source', source: 'other', second: 'totp' });
  const settings = sourceSettingsOf(hub.services, await getSource(hub.services, 'other'));
  await changeSource(hub.services, operator, { ...settings, trustMethods: true } as SourceSettings);
  Object.assign(other.claims, { amr: ['pwd', 'mfa'] });
  const trusted = new Browser();
  await signInBySource(hub.issuer, trusted, 'other');
  assert.ok(await isIn(trusted));
});

test('signing out goes on to the source, and from there to where it was going', async () => {
  const settings = sourceSettingsOf(hub.services, await getSource(hub.services, 'other'));
  await changeSource(hub.services, operator, { ...settings, signOut: true } as SourceSettings);
  const browser = new Browser();
  await signInBySource(hub.issuer, browser, 'other');
  const page = await browser.get(`${hub.issuer}/sign-out`);
  assert.ok(page.headers.get('content-security-policy')?.includes(other.issuer));
  const left = await browser.post(page.url, { csrf: tokenIn(page) });
  const there = new URL(left.location ?? '');
  assert.equal(there.origin, other.issuer);
  assert.equal(there.searchParams.get('post_logout_redirect_uri'), `${hub.issuer}/sign-out/done`);
  assert.equal(decodeJwt(there.searchParams.get('id_token_hint') ?? '').sub, other.claims.sub);
  assert.equal(await isIn(browser), false);
  assert.equal((await browser.get(`${hub.issuer}/sign-out/done?state=made-up`)).status, 200);
});

test('a flood of made-up answers is no flood of events', async (t) => {
  const apart = await bootHub(t);
  await addSource(apart.services, upstream);
  const floods = Array.from({ length: 130 }, (_, at) => `${apart.issuer}/sign-in/from/upstream?state=made-up-${at}`);
  for (const address of floods) assert.equal((await new Browser().get(address)).status, 400);
  const events = await eventsOf(apart.services, 'signin.failed');
  assert.equal(events.length, 101, 'a hundred of one network, then one for the minute');
  assert.ok(events.every(({ detail }) => detail?.cause === 'unknown-state'));
});

for (const [what, verified, trusted, stays] of [
  ['an address that the source does not vouch for', false, false, false],
  ['an address that says it is verified, of a source that is not trusted to say so', true, false, false],
  ['an address that a trusted source vouches for', true, true, true],
] as const)
  test(`recovery by mail on an account made with ${what}: the identity ${stays ? 'stays' : 'goes, with all it set up'}`, async () => {
    const source = trusted ? 'trusted' : 'upstream';
    if (trusted)
      await addSource(hub.services, upstream, { id: 'trusted', title: 'Trusted', create: true, trustEmail: true });
    const claims = { ...somebody(), email_verified: verified };
    upstream.claims = claims;
    const waiting = new Browser();
    await signInBySource(hub.issuer, waiting, source);
    assert.equal(await isIn(waiting), true);
    const person = await findByLogin(hub.services, claims.email);
    assert.ok(person);
    await withFactors(hub.services, person);
    await sendLink(hub.services, operator, person.id);
    await choosePassword(
      hub.services,
      operator,
      await mailedToken(hub.services, person.id),
      'the owner of the mailbox came',
    );

    assert.equal(await isIn(waiting), false, 'every session ends');
    assert.equal((await identitiesOf(hub.services, person.id)).length, stays ? 1 : 0);
    assert.equal(
      (await credentialsOf(hub.services, person.id)).totp !== undefined,
      stays,
      'a reset skips no second factor, but of a stranger',
    );
    const again = new Browser();
    const back = await signInBySource(hub.issuer, again, source);
    assert.equal(await isIn(again), false);
    if (!stays) assert.doesNotMatch(back.location ?? '', /code=/);
    const unlinked = (await eventsOf(hub.services, 'person.unlinked')).filter(
      ({ subject }) => subject?.id === person.id,
    );
    assert.deepEqual(
      unlinked.map(({ detail }) => detail?.why),
      stays ? [] : ['address-unproved'],
    );
    const removed = (await eventsOf(hub.services, 'credential.removed')).filter(
      ({ subject }) => subject?.id === person.id,
    );
    assert.equal(removed.length, stays ? 0 : 1);
  });

for (const kept of ['an identity of another source', 'a second factor and a password'] as const)
  test(`recovery by mail also ends ${kept}, when the identity that brought the address was unlinked before`, async () => {
    const claims = { ...somebody(), email_verified: false };
    upstream.claims = claims;
    await signInBySource(hub.issuer, new Browser());
    const person = await findByLogin(hub.services, claims.email);
    assert.ok(person);
    const first = await identitiesOf(hub.services, person.id);
    const second = { source: 'other', issuer: other.issuer, subject: claims.sub, values: {}, incomplete: [] };
    if (kept === 'an identity of another source')
      await linkIdentity(hub.services, operator, person, { ...second, emailVerified: true });
    else {
      await setPassword(hub.services, operator, person.id, 'the one who waits has a key');
      await withFactors(hub.services, person);
    }
    await unlinkIdentity(hub.services, operator, person, first[0]?.id ?? '');
    await sendLink(hub.services, operator, person.id);
    await choosePassword(
      hub.services,
      operator,
      await mailedToken(hub.services, person.id),
      'the owner of the mailbox came',
    );

    assert.deepEqual(await identitiesOf(hub.services, person.id), []);
    assert.equal((await credentialsOf(hub.services, person.id)).totp, undefined);
    const after = await findByLogin(hub.services, claims.email);
    assert.ok(after);
    await withFactors(hub.services, after);
    await sendLink(hub.services, operator, person.id);
    await choosePassword(
      hub.services,
      operator,
      await mailedToken(hub.services, person.id),
      'the owner forgot it once more',
    );
    assert.ok((await credentialsOf(hub.services, person.id)).totp, 'what the owner set up since is not touched');
  });
