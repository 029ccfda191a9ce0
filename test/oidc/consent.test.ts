/** Who is asked, and who gets a refresh token (contract.md, "Protocol rules"; OpenID Connect Core 1.0, 11). */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as client from 'openid-client';
import { Browser } from '#test/support/browser.ts';
import type { TestHub } from '#test/support/hub.ts';
import { type Asked, aHub, ask, callback, enter, redeem, relyingParty, signInAt } from './fixture.ts';

let hub: TestHub;
const ends: (() => Promise<void>)[] = [];

before(async () => {
  const common = { redirectUris: [callback], open: true };
  hub = await aHub(
    { after: (end) => void ends.unshift(end) },
    {
      systems: [
        { ...common, id: 'short', clientSecret: 'short-secret', firstParty: true, refresh: false },
        { ...common, id: 'kept', clientSecret: 'kept-secret', firstParty: false, refresh: true },
      ],
    },
  );
});

test.after(async () => {
  for (const end of ends) await end();
});

const as = (id: string) => relyingParty(hub, id, client.ClientSecretBasic(`${id}-secret`));
const offline = 'openid profile offline_access';

interface Walk {
  readonly browser: Browser;
  readonly asked: Asked;
  readonly config: client.Configuration;
  /** Was the consent page shown? */
  readonly shown: boolean;
  readonly refresh: boolean;
  readonly scope: string | undefined;
}

/** Goes all the way, agreeing when asked. */
async function walk(id: string, params: Record<string, string>, browser?: Browser, pushed = false): Promise<Walk> {
  const config = await as(id);
  const own = browser ?? (await enter(await as('partner'), { email: 'otto@example.com' })).browser;
  const asked = await ask(config, params);
  const url = pushed ? await client.buildAuthorizationUrlWithPAR(config, asked.url.searchParams) : asked.url;
  let page = await own.follow(url.href);
  const shown = page.text === `consent ${id}`;
  if (shown) {
    const agreed = await own.post(page.url, {});
    page = await own.follow(new URL(agreed.location ?? '', page.url).href);
  }
  const tokens = await redeem(config, { browser: own, asked, answer: new URL(page.location ?? 'about:blank') });
  return { browser: own, asked, config, shown, refresh: tokens.refresh_token !== undefined, scope: tokens.scope };
}

test('a first party that gets no refresh tokens is asked for when it wants one with prompt=consent', async () => {
  const asking = await walk('short', { scope: offline, prompt: 'consent' });
  assert.deepEqual([asking.shown, asking.refresh], [true, true]);
  assert.equal((await hub.events('consent.given')).length, 1);
  const { browser } = asking;
  const plain = await walk('short', { scope: offline }, browser);
  assert.deepEqual([plain.shown, plain.refresh], [false, false], 'without the prompt offline_access is ignored');
  const neither = await walk('short', { scope: 'openid', prompt: 'consent' }, browser);
  assert.deepEqual([neither.shown, neither.refresh], [false, false], 'nothing is asked that a first party has anyway');
});

test('who does not agree gives no refresh token', async () => {
  const config = await as('short');
  const { browser } = await enter(await as('partner'), { email: 'pia@example.com' });
  const asked = await ask(config, { scope: offline, prompt: 'consent' });
  const page = await browser.follow(asked.url.href);
  assert.equal(page.text, 'consent short');
  const refused = await browser.post(page.url, { abort: 'yes' });
  const { location } = await browser.follow(new URL(refused.location ?? '', page.url).href);
  assert.equal(new URL(location ?? '').searchParams.get('error'), 'access_denied');
});

for (const pushed of [false, true]) {
  test(`a third party’s offline_access stands on the page that is shown anyway${pushed ? ', pushed too' : ''}`, async () => {
    const browser = new Browser();
    const config = await as('partner');
    const signedIn = await ask(config, { scope: 'openid' });
    await signInAt(browser, signedIn.url.href, 'ada@example.com');
    const first = await walk('partner', { scope: offline }, browser, pushed);
    assert.deepEqual([first.shown, first.refresh], [true, true]);
    assert.match(first.scope ?? '', /offline_access/);
    const again = await walk('partner', { scope: offline }, browser, pushed);
    assert.deepEqual([again.shown, again.refresh], [false, true], 'agreed to already');
    const without = await walk('partner', { scope: 'openid profile' }, browser, pushed);
    assert.deepEqual([without.shown, without.refresh], [false, false]);
  });
}

test('a system with refresh: true gets one without offline_access', async () => {
  const { refresh } = await walk('kept', { scope: 'openid' });
  assert.equal(refresh, true);
});

const unusable: Record<string, string | undefined> = {
  'no scope': undefined,
  'a scope that nobody knows': 'foo bar',
  'offline_access alone': 'offline_access',
};

for (const [name, scope] of Object.entries(unusable)) {
  test(`${name} is invalid_scope before anybody is asked to sign in`, async () => {
    const { url } = await ask(await as('short'));
    url.searchParams.delete('nonce');
    if (scope === undefined) url.searchParams.delete('scope');
    else url.searchParams.set('scope', scope);
    const answer = await new Browser().get(url.href);
    const params = new URL(answer.location ?? '', hub.issuer).searchParams;
    assert.equal(params.get('error'), 'invalid_scope');
    assert.match(params.get('error_description') ?? '', /openid/);
    assert.equal(params.get('iss'), hub.issuer);
  });
}

test('a pushed request without a scope is refused when it is pushed', async () => {
  const { url } = await ask(await as('short'));
  for (const name of ['nonce', 'scope']) url.searchParams.delete(name);
  const answer = await fetch(`${hub.issuer}/par`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('short:short-secret')}` },
    body: url.searchParams,
  });
  const said = (await answer.json()) as { error: string };
  assert.deepEqual([answer.status, said.error], [400, 'invalid_scope']);
});

test('a grant type that is not this system’s is unauthorized_client; one nobody has is unsupported', async () => {
  const token = async (id: string, secret: string, body: Record<string, string>) => {
    const answer = await fetch(`${hub.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
      body: new URLSearchParams(body),
    });
    const said = (await answer.json()) as { error: string };
    return [answer.status, said.error];
  };
  const machine = { grant_type: 'client_credentials' };
  assert.deepEqual(await token('short', 'short-secret', machine), [400, 'unauthorized_client']);
  const code = { grant_type: 'authorization_code', code: 'x', redirect_uri: callback, code_verifier: 'x'.repeat(43) };
  assert.deepEqual(await token('robot', 'robot-secret', code), [400, 'unauthorized_client']);
  const refresh = { grant_type: 'refresh_token', refresh_token: 'x' };
  assert.deepEqual(await token('robot', 'robot-secret', refresh), [400, 'unauthorized_client']);
  assert.deepEqual(await token('short', 'short-secret', { grant_type: 'password' }), [400, 'unsupported_grant_type']);
});
