/** `POST /authorize` (OpenID Connect Core 1.0, 3.1.2.1): the same request as a form, under the rules of the GET. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type * as client from 'openid-client';
import { Browser } from '#test/support/browser.ts';
import type { TestHub } from '#test/support/hub.ts';
import { aHub, asCrm, ask, callback, enter, redeem, signInAt } from './fixture.ts';

let hub: TestHub;
let crm: client.Configuration;
const ends: (() => Promise<void>)[] = [];

before(async () => {
  hub = await aHub({ after: (end) => void ends.unshift(end) });
  crm = await asCrm(hub);
});

test.after(async () => {
  for (const end of ends) await end();
});

/** A form that another site sends: the browser brings no Lax cookie along. */
function postFromElsewhere(body: string, type = 'application/x-www-form-urlencoded', query = '') {
  return fetch(`${hub.issuer}/authorize${query}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': type, origin: new URL(callback).origin },
    body,
  });
}

test('a posted request signs the person in, and later finds the session that only a GET may bring along', async () => {
  const first = await ask(crm);
  const posted = await postFromElsewhere(first.url.searchParams.toString());
  assert.equal(posted.status, 303);
  const browser = new Browser();
  const answer = await signInAt(
    browser,
    new URL(posted.headers.get('location') ?? '', hub.issuer).href,
    'ada@example.com',
  );
  const tokens = await redeem(crm, { browser, asked: first, answer: new URL(answer ?? '') });
  assert.equal(tokens.claims()?.name, 'Ada Sales');

  const second = await ask(crm, { prompt: 'none' });
  const again = await postFromElsewhere(second.url.searchParams.toString());
  const { location } = await browser.follow(new URL(again.headers.get('location') ?? '', hub.issuer).href);
  assert.ok(new URL(location ?? '').searchParams.get('code'));
});

/** What the request comes to when the browser has followed the hub's own redirects. */
async function outcome(body: string, query = ''): Promise<{ status: number; location: string | undefined }> {
  const posted = await postFromElsewhere(body, undefined, query);
  if (posted.status !== 303) return { status: posted.status, location: undefined };
  return new Browser().follow(new URL(posted.headers.get('location') ?? '', hub.issuer).href);
}

test('what GET refuses, POST refuses', async () => {
  const { url } = await ask(crm);
  const twice = await outcome(`${url.searchParams}&redirect_uri=${encodeURIComponent(callback)}`);
  assert.deepEqual([twice.status, twice.location], [400, undefined]);
  const stateTwice = await outcome(`${url.searchParams}&state=other`);
  assert.equal(URL.parse(stateTwice.location ?? '')?.searchParams.get('error'), 'invalid_request');
  url.searchParams.set('redirect_uri', 'http://localhost:4998/elsewhere');
  assert.equal((await outcome(url.searchParams.toString())).status, 400);
  url.searchParams.set('redirect_uri', callback);
  url.searchParams.delete('code_challenge');
  const noPkce = await outcome(url.searchParams.toString());
  assert.equal(URL.parse(noPkce.location ?? '')?.searchParams.get('error'), 'invalid_request');
});

test('what no address can hold is refused with a remedy, and only forms are read', async () => {
  const { url } = await ask(crm);
  const long = await postFromElsewhere(`${url.searchParams}&login_hint=${'x'.repeat(9000)}`);
  assert.equal(long.status, 400);
  assert.match(await long.text(), /push/);
  const growing = await postFromElsewhere(`${url.searchParams}&login_hint=${encodeURIComponent('ü'.repeat(2000))}`);
  assert.equal(growing.status, 400);
  const json = await postFromElsewhere('{"client_id":"crm"}', 'application/json');
  assert.equal(json.status, 400);
  assert.equal(json.headers.get('location'), null);
  const huge = await postFromElsewhere('x'.repeat(5_000_000)).catch(() => undefined);
  assert.ok(huge === undefined || huge.status === 400);
});

test('nothing in a form breaks out of the address', async () => {
  const { url } = await ask(crm);
  const posted = await postFromElsewhere(`${url.searchParams}&x=%0d%0aSet-Cookie:a=b&y=#z\r\nEvil: 1`);
  assert.equal(posted.status, 303);
  assert.equal(posted.headers.get('evil'), null);
  assert.ok(posted.headers.get('location')?.startsWith('/authorize?'));
  assert.ok(!posted.headers.get('location')?.includes('#'));
});

test('a posted request that the person abandons leaves nothing behind', async () => {
  const before = (await hub.events()).length;
  const { url } = await ask(crm);
  await postFromElsewhere(url.searchParams.toString());
  assert.equal((await hub.events()).length, before);
  assert.ok(await enter(crm, { email: 'ada@example.com' }));
});

test('what stands in the address of a POST counts nowhere: authorize, pushed request, token', async () => {
  const { url } = await ask(crm);
  const elsewhere = 'redirect_uri=http%3A%2F%2Flocalhost%3A4998%2Felsewhere&state=theirs&client_id=erp&scope=openid';
  const posted = await postFromElsewhere(url.searchParams.toString(), undefined, `?${elsewhere}`);
  const forwarded = new URL(posted.headers.get('location') ?? '', hub.issuer).searchParams;
  for (const name of ['redirect_uri', 'state', 'client_id', 'scope'])
    assert.deepEqual(forwarded.getAll(name), url.searchParams.getAll(name), name);
  const empty = await postFromElsewhere('', undefined, `?${url.searchParams}`);
  const answer = await new Browser().follow(new URL(empty.headers.get('location') ?? '', hub.issuer).href);
  assert.equal(answer.status, 400, 'a form without parameters asks for nothing');

  const basic = { authorization: `Basic ${Buffer.from('crm:crm-secret-of-the-test').toString('base64')}` };
  const post = (path: string, body: string) =>
    fetch(`${hub.issuer}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...basic },
      body,
    });
  const pushed = await post(`/par?${url.searchParams}`, 'scope=openid');
  assert.equal(pushed.status, 400, await pushed.text());
  const token = await post('/token?grant_type=client_credentials', 'scope=openid');
  const said = (await token.json()) as { error: string };
  assert.deepEqual([token.status, said.error], [400, 'invalid_request']);
});
