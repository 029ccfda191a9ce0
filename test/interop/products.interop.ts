/**
 * Every provider module that speaks OpenID Connect signs in by a stand-in that does exactly what its product does (the registration from the module
 * alone, the way to authenticate, PKCE or none, the flow, odd states, redirect URIs with a query), gets the claims that the product finds its account by,
 * and signs out as far as the product can. A module without a row fails; those that know SAML alone, or no sign-on, are refused with a reason.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { createPerson } from '#actions/people/create.ts';
import { connectSystem } from '#actions/systems/connect.ts';
import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { SystemModule } from '#domain/providers/system-module.ts';
import { askedSettings } from '#domain/providers/values.ts';
import { systemModules } from '#providers/index.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import { type BootedHub, bootHub, passphrase } from '#test/support/booted.ts';
import { Browser } from '#test/support/browser.ts';
import { evidence } from '#test/support/evidence.ts';

const operator: Origin = { actor: { kind: 'operator' } };
const ends: (() => unknown)[] = [];
let hub: BootedHub;
/** Where every stand-in lives; it takes forms that are posted to it, and logout tokens. */
let base = '';
const posted: URLSearchParams[] = [];

before(async () => {
  hub = await bootHub({ after: (end) => void ends.unshift(end) });
  const server = createServer(async (req, res) => {
    const chunks = await Array.fromAsync(req);
    if (req.method === 'POST') posted.push(new URLSearchParams(Buffer.concat(chunks as Buffer[]).toString()));
    res.end('fine');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.unshift(() => server.close());
  base = `http://localhost:${(server.address() as AddressInfo).port}`;
  await createPerson(hub.services, operator, {
    ...{ email: 'pia@example.com', username: 'pia', name: 'Pia Packer', givenName: 'Pia', familyName: 'Packer' },
    ...{ emailVerified: true, password: passphrase },
  });
});
after(async () => {
  for (const end of ends) await end();
});

/** States as real products send them: JSON, base64, with `+` and `%25`, and none at all. */
const states = ['{"v":1,"next":"/a b"}', 'eyJzaXRlIjoiYSJ9Cg==', 'a+b%25c&d=e', undefined];

interface Played {
  readonly claims: Readonly<Record<string, unknown>>;
  readonly how: string;
  readonly browser: Browser;
}

/** A product's sign-in, from the click on its button to the claims in its hands. */
async function play(
  module: SystemModule,
  system: Stored<System>,
  secret: string | undefined,
  state: string | undefined,
): Promise<Played> {
  const { client } = module;
  assert.ok(client);
  const redirectUri = system.redirectUris.at(-1)?.replace('127.0.0.1/', '127.0.0.1:49152/') ?? '';
  const verifier = client.pkce === 'optional' || client.implicit ? undefined : randomBytes(32).toString('base64url');
  const ask = new URL(`${hub.issuer}/authorize`);
  const params: Record<string, string | undefined> = {
    client_id: system.clientId,
    redirect_uri: redirectUri,
    response_type: client.implicit ? 'token' : 'code',
    scope: client.scopes.join(' '),
    state,
    response_mode: client.responseMode,
    code_challenge: verifier && createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: verifier && 'S256',
  };
  for (const [name, value] of Object.entries(params)) if (value !== undefined) ask.searchParams.set(name, value);
  const browser = new Browser();
  const form = await browser.follow(ask.href);
  const signedIn = await browser.post(form.url, { identifier: 'pia', password: passphrase });
  const answer = await browser.follow(new URL(signedIn.location ?? '', form.url).href);
  const back =
    client.responseMode === 'form_post'
      ? formIn(answer.text, redirectUri)
      : paramsIn(answer.location ?? '', redirectUri);
  assert.equal(back.get('error'), null, `${back.get('error_description')}`);
  assert.equal(back.get('state') ?? undefined, state, 'the state comes back byte for byte');
  assert.equal(back.get('iss'), hub.issuer);
  const flow = client.implicit ? 'implicit' : `code, ${verifier === undefined ? 'no PKCE' : 'S256'}`;
  const how = [flow, system.auth, client.responseMode].filter((one) => one !== undefined).join(', ');
  if (client.implicit) {
    const token = back.get('access_token') ?? '';
    const inQuery = await fetch(`${hub.issuer}/userinfo?access_token=${token}`);
    const claims =
      inQuery.status === 200
        ? inQuery
        : await fetch(`${hub.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(claims.status, 200, await claims.clone().text());
    return { claims: (await claims.json()) as Record<string, unknown>, how, browser };
  }
  const code = back.get('code') ?? '';
  assert.match(code, /^[\w.-]+$/, 'a code that no product cuts');
  const body = new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: redirectUri });
  if (verifier !== undefined) body.set('code_verifier', verifier);
  if (system.auth !== 'client_secret_basic') body.set('client_id', system.clientId);
  if (system.auth === 'client_secret_post') body.set('client_secret', secret ?? '');
  const basic = { authorization: `Basic ${Buffer.from(`${system.clientId}:${secret}`).toString('base64')}` };
  const answered = await fetch(`${hub.issuer}/token`, {
    method: 'POST',
    body,
    headers: system.auth === 'client_secret_basic' ? basic : {},
  });
  const tokens = (await answered.json()) as Record<string, string>;
  assert.equal(answered.status, 200, JSON.stringify(tokens));
  const keys = createRemoteJWKSet(new URL(`${hub.issuer}/jwks`));
  const { protectedHeader } = await jwtVerify(tokens.id_token ?? '', keys, {
    issuer: hub.issuer,
    audience: system.clientId,
  });
  assert.ok(protectedHeader.kid && protectedHeader.alg === 'RS256');
  const info = await fetch(`${hub.issuer}/userinfo`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  const claims = { ...decodeJwt(tokens.id_token ?? ''), ...((await info.json()) as Record<string, unknown>) };
  return { claims, how, browser };
}

function paramsIn(location: string, redirectUri: string): URLSearchParams {
  assert.ok(location.startsWith(redirectUri), `${location} is not ${redirectUri}`);
  const url = new URL(location);
  const all = new URLSearchParams([...url.searchParams, ...new URLSearchParams(url.hash.slice(1))]);
  // What the address held before is still there.
  for (const [name, value] of new URL(redirectUri).searchParams) assert.equal(all.get(name), value);
  return all;
}

function formIn(page: string, action: string): URLSearchParams {
  assert.ok(page.includes(`action="${action}"`), page.slice(0, 800));
  const decode = (text: string) =>
    text
      .replace(/&quot;/g, '"')
      .replace(/&#39;/g, "'")
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&amp;/g, '&');
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)];
  return new URLSearchParams(
    fields.map(([, name = '', value = '']): [string, string] => [decode(name), decode(value)]),
  );
}

/** Signs out as the product can: told at once, or by its own button without a hint and with parameters that mean nothing. */
async function signOut(module: SystemModule, system: Stored<System>, browser: Browser): Promise<string> {
  if (module.signOut === 'own-button') {
    const leave = new URL(`${hub.issuer}/end-session`);
    leave.searchParams.set('client_id', system.clientId);
    const [after] = system.postLogoutRedirectUris;
    if (after !== undefined) leave.searchParams.set('post_logout_redirect_uri', after);
    leave.searchParams.set('response_type', 'code');
    const page = await browser.follow(leave.href);
    assert.equal(page.status, 200, 'without a hint the hub asks');
    return 'asks, by its own button';
  }
  if (module.signOut !== 'back-channel') return 'cannot';
  const before = posted.length;
  const page = await browser.follow(`${hub.issuer}/sign-out`);
  await browser.post(page.url, { csrf: /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '' });
  for (let look = 0; look < 100 && !posted.slice(before).some((form) => form.has('logout_token')); look += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const told = posted.slice(before).find((form) => form.has('logout_token'));
  assert.equal(decodeJwt(told?.get('logout_token') ?? '').aud, system.clientId);
  return 'told by back-channel';
}

for (const [at, module] of systemModules.entries())
  test(`${module.id}: signs in by what its module says`, async () => {
    const settings = Object.fromEntries(
      askedSettings(module).map((name) => [name, name.endsWith('Url') ? base : 'acme']),
    );
    const request = { provider: module.id, title: module.title, url: base, settings, open: true, firstParty: true };
    const part = 'stand-in';
    if (!module.protocols.includes('oidc')) {
      await assert.rejects(
        connectSystem(hub.services, operator, request),
        (fault) => fault instanceof HubError && fault.code === 'invalid',
      );
      evidence({
        product: module.id,
        part,
        act: 'sign-in',
        result: module.protocols.length === 0 ? 'has none: refused with a reason' : 'SAML alone: refused with a reason',
      });
      return;
    }
    const { system, secret } = await connectSystem(hub.services, operator, request);
    const { claims, how, browser } = await play(module, system, secret, states[at % states.length]);
    assert.equal(claims.email_verified, module.client?.scopes.includes('email') ? true : undefined);
    for (const claim of ['sub', 'email', 'preferred_username'])
      if (module.matching.by === claim) assert.ok(claims[claim], `${claim}, by which it finds the account`);
    const left = await signOut(module, system, browser);
    evidence({
      product: module.id,
      part,
      act: `sign-in (${how})`,
      result: `found by ${module.matching.by}; sign-out: ${left}`,
    });
  });
