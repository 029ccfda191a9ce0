/** The addresses that guides tell are those of discovery; ids, bases and gaps of templates. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '#domain/providers/judge.ts';
import { idFrom, registrationFrom } from '#domain/providers/registration.ts';
import type { SystemModule } from '#domain/providers/system-module.ts';
import { askedSettings, hubAddresses } from '#domain/providers/values.ts';
import { bootHub } from '#test/support/booted.ts';

test('the hub’s addresses in guides are those that discovery tells', async (t) => {
  const { issuer } = await bootHub(t);
  const told = hubAddresses(issuer);
  const metadata = (await (await fetch(told.discovery ?? '')).json()) as Record<string, string>;
  assert.deepEqual(
    [told.issuer, told.authorize, told.token, told.userinfo, told.jwks, told.endSession],
    [
      metadata.issuer,
      metadata.authorization_endpoint,
      metadata.token_endpoint,
      metadata.userinfo_endpoint,
      metadata.jwks_uri,
      metadata.end_session_endpoint,
    ],
  );
});

const ids: [title: string, id: string][] = [
  ['Customer desk', 'customer-desk'],
  ['Łódź – magazyn (test)', 'lodz-magazyn-test'],
  ['2nd CRM', 'nd-crm'],
  ['客户关系', 'fallback'],
  ['x'.repeat(80), 'x'.repeat(40)],
];
for (const [title, id] of ids) {
  test(`“${title.slice(0, 20)}” becomes ${id.slice(0, 20)}`, () => assert.equal(idFrom(title, 'fallback'), id));
}

const module: SystemModule = {
  id: 'desk',
  title: 'Desk',
  sides: ['crm'],
  subject: 'pairwise',
  claims: ['email', 'name'],
  nativeRoles: {},
  protocols: ['oidc'],
  client: {
    auth: 'client_secret_post',
    redirectUris: ['{base}/cb/{settings.tenant}?a=b'],
    launchUri: '{base}/start',
    scopes: ['openid', 'email'],
  },
  guide: [{ step: 'Admin', fields: [['Realm', '{settings.realm}']] }],
  matching: { by: 'email', field: 'User name', nobody: 'refused' },
  signOut: 'none',
  evidence: 'G: made for this test.',
};

test('a template asks for its settings, and a gap is the fault of the answer', () => {
  assert.deepEqual(askedSettings(module), ['tenant', 'realm']);
  const answers = { id: 'desk', title: 'Desk', side: 'crm', url: 'https://desk.example/app/' } as const;
  const gap = registrationFrom(module, answers, 'https://hub.example');
  assert.deepEqual(
    gap.faults.map(({ path }) => path),
    ['settings.tenant'],
  );
  const whole = registrationFrom(module, { ...answers, settings: { tenant: 'acme' } }, 'https://hub.example');
  assert.deepEqual(whole.faults, []);
  assert.deepEqual(whole.registration.redirectUris, ['https://desk.example/app/cb/acme?a=b']);
  assert.equal(whole.registration.launchUri, 'https://desk.example/app/start');
});

const anna = {
  name: 'Anna',
  mayEnter: true,
  nativeRoles: [],
  claims: { email: 'anna@desk.example', email_verified: true },
};
const verdicts: [what: string, arrival: object, codes: string[]][] = [
  ['somebody who fits', {}, ['mayEnter', 'account.refused', 'rolesByHand', 'signOutNone']],
  ['who may not enter', { mayEnter: false }, ['mayNotEnter', 'account.refused', 'rolesByHand', 'signOutNone']],
  ['without an e-mail', { claims: {} }, ['mayEnter', 'accountMissing', 'rolesByHand', 'signOutNone']],
  [
    'with an unverified one',
    { claims: { email: 'a@b.example', email_verified: false } },
    ['mayEnter', 'account.refused', 'emailUnverified', 'rolesByHand', 'signOutNone'],
  ],
];
for (const [what, arrival, codes] of verdicts) {
  test(`the product’s check of ${what}`, () => {
    const found = judge(module, { title: 'Desk' }, { ...anna, ...arrival });
    assert.deepEqual(
      found.map(({ code }) => code),
      codes,
    );
    for (const { state, remedy } of found)
      assert.ok(state === 'ok' || remedy !== undefined, 'a fault without a remedy');
  });
}
