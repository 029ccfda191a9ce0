/** Exceptions that products need (contract.md, "Systems: what products need"), each with what it must not open. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as client from 'openid-client';
import type { SystemModule } from '#domain/providers/system-module.ts';
import { Browser } from '#test/support/browser.ts';
import type { TestHub } from '#test/support/hub.ts';
import { aHub, asCrm, ask, callback, enter, redeem, relyingParty, signInAt } from './fixture.ts';

let hub: TestHub;
const ends: (() => Promise<void>)[] = [];
/** A product that knows the implicit flow alone. */
const implicitModule: SystemModule = {
  id: 'implicit-only',
  title: 'Implicit only',
  sides: ['erp'],
  subject: 'public',
  claims: ['name', 'email'],
  nativeRoles: {},
  exceptions: [{ rule: 'response-type-token', because: 'It knows nothing else.' }],
  protocols: ['oidc'],
  matching: { by: 'sub', field: 'its own', nobody: 'refused' },
  signOut: 'none',
  evidence: 'made for this test',
};
const odd = 'a+b %25:%';

before(async () => {
  const open = { redirectUris: [callback], open: true, firstParty: true };
  hub = await aHub(
    { after: (end) => void ends.unshift(end) },
    {
      systems: [
        { ...open, id: 'old', clientSecret: 'old-secret', pkce: 'optional' },
        {
          ...open,
          id: 'query',
          clientSecret: 'query-secret',
          redirectUris: [`${callback}/index.php?mainmenu=home&leftmenu=&openid_mode=true`],
        },
        { ...open, id: 'odd', clientSecret: odd, machine: { scopes: ['hub:read'] } },
        { ...open, id: 'bound', clientSecret: 'bound-secret', dpop: 'required', machine: { scopes: ['hub:read'] } },
        { ...open, id: 'fragment', provider: implicitModule.id, auth: 'none', implicit: true },
      ],
      modules: [implicitModule],
    },
  );
});
test.after(async () => {
  for (const end of ends) await end();
});

async function token(body: Record<string, string>, headers: Record<string, string> = {}) {
  const answer = await fetch(`${hub.issuer}/token`, { method: 'POST', headers, body: new URLSearchParams(body) });
  return {
    status: answer.status,
    headers: answer.headers,
    ...((await answer.json()) as { error?: string; access_token?: string }),
  };
}
const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

/** Signs in without PKCE, as an old client does. */
async function without(id: string, params: Record<string, string> = {}): Promise<URL> {
  const query = new URLSearchParams({
    client_id: id,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: callback,
    ...params,
  });
  return new URL((await signInAt(new Browser(), `${hub.issuer}/authorize?${query}`, 'ada@example.com')) ?? '');
}

test('pkce: optional lets a client in that sends no challenge, and its code is good without a verifier', async () => {
  const answer = await without('old');
  const code = answer.searchParams.get('code') ?? '';
  assert.match(code, /^[A-Za-z0-9_.-]+$/);
  assert.equal(answer.searchParams.has('state'), false);
  const grant = { grant_type: 'authorization_code', code, redirect_uri: callback };
  assert.equal(
    (await token({ ...grant, code_verifier: 'v'.repeat(43) }, basic('old:old-secret'))).error,
    'invalid_grant',
  );
  assert.equal((await token(grant, basic('old:old-secret'))).status, 200);
});

test('a challenge that is sent is enforced with pkce: optional too, and nothing but S256 is taken', async () => {
  const config = await relyingParty(hub, 'old', client.ClientSecretBasic('old-secret'));
  const entered = await enter(config, { email: 'ada@example.com' });
  const code = entered.answer.searchParams.get('code') ?? '';
  const grant = { grant_type: 'authorization_code', code, redirect_uri: callback };
  assert.equal((await token(grant, basic('old:old-secret'))).error, 'invalid_grant');
  assert.equal(
    (await token({ ...grant, code_verifier: 'x'.repeat(43) }, basic('old:old-secret'))).error,
    'invalid_grant',
  );
  assert.equal((await token({ ...grant, code_verifier: entered.asked.verifier }, basic('old:old-secret'))).status, 200);
  const { url } = await ask(config);
  url.searchParams.set('code_challenge_method', 'plain');
  const refused = new URL((await new Browser().get(url.href)).location ?? '');
  assert.equal(refused.searchParams.get('error'), 'invalid_request');
});

for (const state of ['{"a":[1,"ü"]}', 'YWJj+/==', 'a+b', 'a%25b', '100%', ' x&y=z#']) {
  test(`state comes back byte for byte: ${state}`, async () => {
    const answer = await without('old', { state });
    assert.equal(answer.searchParams.get('state'), state);
    // Read by a decoder that knows no `+`, it is the same.
    const raw = /[?&]state=([^&]*)/.exec(answer.search)?.[1] ?? '';
    assert.equal(decodeURIComponent(raw), state);
  });
}

test('a redirect address with a query is kept as it is, joined by &', async () => {
  const address = `${callback}/index.php?mainmenu=home&leftmenu=&openid_mode=true`;
  const config = await relyingParty(hub, 'query', client.ClientSecretBasic('query-secret'));
  const { answer } = await enter(config, { email: 'ada@example.com', params: { redirect_uri: address } });
  assert.ok(answer.href.startsWith(`${address}&code=`), answer.href);
});

test('response_mode=form_post answers with a form, and errors go the same way', async () => {
  const config = await asCrm(hub);
  const browser = new Browser();
  const asked = await ask(config, { response_mode: 'form_post', state: '"><script>' });
  const page = await browser.follow(asked.url.href);
  const posted = await browser.post(page.url, {
    identifier: 'ada@example.com',
    password: 'correct horse battery staple',
  });
  const form = await browser.follow(new URL(posted.location ?? '', page.url).href);
  assert.equal(form.status, 200);
  assert.match(form.text, new RegExp(`<form method="post" action="${callback}"`));
  assert.match(form.text, /name="code" value="[\w.-]+"/);
  assert.match(form.text, /name="state" value="&quot;&gt;&lt;script&gt;"/);
  assert.match(form.text, /name="iss"/);
  const failed = await new Browser().get((await ask(config, { response_mode: 'form_post', prompt: 'none' })).url.href);
  assert.equal(failed.status, 200);
  assert.match(failed.text, /name="error" value="login_required"/);
  const none = await ask(config, { response_mode: 'form_post' });
  none.url.searchParams.set('redirect_uri', 'https://evil.example/');
  const evil = await new Browser().get(none.url.href);
  assert.equal(evil.status, 400);
  assert.doesNotMatch(evil.text, /evil\.example/);
});

const spelled: [string, string, number][] = [
  ['form-encoded', `odd:${encodeURIComponent(odd).replaceAll('%20', '+')}`, 200],
  ['percent-encoded', `odd:${encodeURIComponent(odd)}`, 200],
  ['as it stands', `odd:${odd}`, 200],
  ['wrong', `odd:${odd}x`, 401],
  ['another decoding of it', `odd:${odd.replace('%25', '%2525')}`, 401],
];
for (const [name, pair, status] of spelled) {
  test(`a Basic secret ${name}: ${status}`, async () => {
    assert.equal((await token({ grant_type: 'client_credentials' }, basic(pair))).status, status);
  });
}

for (const header of [
  'Basic',
  'Basic !!!',
  'Basic b2Rk',
  `Basic ${btoa('odd:')}`,
  'Bearer abc',
  `Basic ${btoa(':x')}`,
  `Basic ${btoa('odd:a\u0000b')}`,
]) {
  test(`a header that cannot be read is 401 with a challenge: ${JSON.stringify(header)}`, async () => {
    const answer = await token({ grant_type: 'client_credentials', client_id: 'odd' }, { authorization: header });
    assert.deepEqual([answer.status, answer.error], [401, 'invalid_client']);
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic realm="/);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  });
}

test('dpop: required gives no token without a proof: code, client credentials, refresh', async () => {
  const config = await relyingParty(hub, 'bound', client.ClientSecretBasic('bound-secret'));
  const entered = await enter(config, { email: 'ada@example.com' });
  await assert.rejects(redeem(config, entered), { error: 'invalid_grant' });
  const proof = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
  const tokens = await redeem(config, entered, {}, { DPoP: proof });
  assert.equal(tokens.token_type.toLowerCase(), 'dpop');
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token ?? ''), { error: 'invalid_grant' });
  assert.equal((await token({ grant_type: 'client_credentials' }, basic('bound:bound-secret'))).error, 'invalid_grant');
  await client.clientCredentialsGrant(
    config,
    {},
    { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair()) },
  );
});

test('response_type=token is for a system whose module names it: short-lived, in the fragment, only there in the address', async () => {
  const query = { response_type: 'token', scope: 'openid profile email', state: '{"d":"erp"}' };
  const answer = await without('fragment', query);
  assert.equal(answer.search, '');
  const params = new URLSearchParams(answer.hash.slice(1));
  assert.equal(params.get('state'), '{"d":"erp"}');
  assert.equal(params.get('expires_in'), '60');
  assert.equal(params.get('iss'), hub.issuer);
  assert.equal(params.has('id_token'), false);
  const bearer = params.get('access_token') ?? '';
  const asked = (path: string) => fetch(`${hub.issuer}${path}?access_token=${bearer}`);
  assert.equal((await asked('/userinfo')).status, 200);
  assert.equal((await asked('/userinfo/fragment')).status, 200);
  assert.equal((await asked('/userinfo/crm')).status, 401);
  const types = (await hub.events()).filter(({ system }) => system === 'fragment').map(({ type }) => type);
  assert.ok(types.includes('entry.granted') && types.includes('token.issued'), types.join());
});

test('a token in the address, or of another client, is refused at userinfo', async () => {
  const config = await asCrm(hub);
  const { access_token: bearer } = await redeem(config, await enter(config, { email: 'ada@example.com' }));
  assert.equal((await fetch(`${hub.issuer}/userinfo?access_token=${bearer}`)).status, 400);
  const headers = { authorization: `Bearer ${bearer}` };
  assert.equal((await fetch(`${hub.issuer}/userinfo/crm`, { headers })).status, 200);
  const other = await fetch(`${hub.issuer}/userinfo/old`, { headers });
  assert.equal(other.status, 401);
  assert.match(other.headers.get('www-authenticate') ?? '', /invalid_token/);
});
