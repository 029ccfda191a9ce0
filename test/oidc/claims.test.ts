/** Which claims reach a system, where, and under which names. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as client from 'openid-client';
import { Browser } from '#test/support/browser.ts';
import type { TestHub } from '#test/support/hub.ts';
import { aHub, ask, callback, enter, redeem, relyingParty } from './fixture.ts';

let hub: TestHub;
const ends: (() => Promise<void>)[] = [];
before(async () => {
  const open = { redirectUris: [callback], open: true, side: 'crm' as const };
  hub = await aHub(
    { after: (end) => void ends.unshift(end) },
    {
      systems: [
        { ...open, id: 'usual', clientSecret: 'usual-secret' },
        { ...open, id: 'reader', clientSecret: 'reader-secret', settings: { idTokenClaims: 'all' } },
        {
          ...open,
          id: 'named',
          clientSecret: 'named-secret',
          settings: {
            claims: { upn: 'email', groups: { from: 'roles', shape: 'text' }, login: 'username', given_name: false },
          },
        },
        { ...open, id: 'third', side: 'other', clientSecret: 'third-secret' },
      ],
    },
  );
});
test.after(async () => {
  for (const end of ends) await end();
});

async function claims(id: string, params: Record<string, string>) {
  const config = await relyingParty(hub, id, client.ClientSecretBasic(`${id}-secret`));
  const tokens = await redeem(config, await enter(config, { email: 'ada@example.com', params }));
  const idToken = tokens.claims() as Record<string, unknown>;
  const userinfo = (await client.fetchUserInfo(config, tokens.access_token, String(idToken.sub))) as Record<
    string,
    unknown
  >;
  return { idToken, userinfo };
}

test('the e-mail is for userinfo, and in the ID token where that is all a product reads', async () => {
  const usual = await claims('usual', { scope: 'openid email' });
  assert.equal('email' in usual.idToken || 'email_verified' in usual.idToken, false);
  assert.deepEqual([usual.userinfo.email, usual.userinfo.email_verified], ['ada@example.com', false]);
  const reader = await claims('reader', { scope: 'openid email profile roles' });
  for (const name of Object.keys(reader.userinfo)) assert.deepEqual(reader.idToken[name], reader.userinfo[name], name);
});

test('a claim is answered where the claims parameter asks for it, without its scope', async () => {
  const asked = JSON.stringify({ userinfo: { name: { essential: true }, nothing: null }, id_token: { email: null } });
  const { idToken, userinfo } = await claims('usual', { scope: 'openid', claims: asked });
  assert.deepEqual(Object.keys(userinfo).sort(), ['name', 'sub']);
  assert.equal(idToken.email, 'ada@example.com');
  assert.equal('name' in idToken, false);
});

test('the scope profile brings updated_at, locale and zoneinfo', async () => {
  const { userinfo } = await claims('usual', { scope: 'openid profile' });
  assert.equal(typeof userinfo.updated_at, 'number');
  assert.deepEqual([userinfo.locale, userinfo.zoneinfo], ['en', 'UTC']);
});

test('a system has its own names and shapes of claims, each released by the scope of its source', async () => {
  const all = await claims('named', { scope: 'openid profile email roles' });
  assert.equal(all.userinfo.upn, 'ada@example.com');
  assert.equal(all.userinfo.login, 'ada@example.com');
  assert.equal(typeof all.userinfo.groups, 'string');
  assert.equal('given_name' in all.userinfo, false);
  const few = await claims('named', { scope: 'openid roles' });
  assert.equal('upn' in few.userinfo || 'login' in few.userinfo, false);
  assert.equal(typeof few.userinfo.groups, 'string');
});

test('a third party is asked to agree to a claim that it names, and does not get it otherwise', async () => {
  const config = await relyingParty(hub, 'third', client.ClientSecretBasic('third-secret'));
  const browser = new Browser();
  const asked = await ask(config, { scope: 'openid', claims: '{"userinfo":{"name":null}}' });
  const page = await browser.follow(asked.url.href);
  const posted = await browser.post(page.url, {
    identifier: 'ada@example.com',
    password: 'correct horse battery staple',
  });
  const consent = await browser.follow(new URL(posted.location ?? '', page.url).href);
  assert.equal(consent.text, 'consent third');
  const agreed = await browser.post(consent.url, { answer: 'allow' });
  const done = await browser.follow(new URL(agreed.location ?? '', consent.url).href);
  const tokens = await redeem(config, { browser, asked, answer: new URL(done.location ?? '') });
  const info = await client.fetchUserInfo(config, tokens.access_token, String(tokens.claims()?.sub));
  assert.equal(info.name, 'Ada Sales');
  assert.equal('email' in info, false);
});
