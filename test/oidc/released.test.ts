/** What the page of somebody's data says a system receives is what that system does receive: claim by claim, value by value. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as client from 'openid-client';
import { disablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { dataReleases, type SystemRelease } from '#actions/people/data/releases.ts';
import { links, people } from '#storage/collections.ts';
import { operator, passphrase, type TestHub } from '#test/support/hub.ts';
import { aHub, asCrm, asErp, callback, enter, redeem, relyingParty } from './fixture.ts';

let hub: TestHub;
const ends: (() => Promise<void>)[] = [];

const policy = `
version: 1
domains:
  customer: { title: Customers, sides: [crm, erp], actions: [read, write] }
  invoice: { title: Invoices, sides: [erp], actions: [read] }
roles:
  sales:
    title: Sales
    grants: { crm: [customer:read, customer:write], force: [customer:read], erp: [customer:read, invoice:read] }
assign:
  - { role: sales, when: { department: Sales } }
delegations:
  - { from: crm, to: erp, permissions: [invoice:read] }
`;

before(async () => {
  hub = await aHub(
    { after: (end) => void ends.unshift(end) },
    {
      policy,
      people: [],
      systems: [
        {
          id: 'force',
          title: 'Sales cloud',
          side: 'crm',
          provider: 'salesforce',
          redirectUris: [callback],
          clientSecret: 'force-secret',
          settings: { nativeRoles: { 'customer:read': ['Reader'] } },
        },
      ],
    },
  );
  await createPerson(hub.services, operator, {
    email: 'ida@example.com',
    username: 'ida',
    name: 'Ida Known',
    givenName: 'Ida',
    familyName: 'Known',
    department: 'Sales',
    password: passphrase,
  });
});

test.after(async () => {
  for (const end of ends) await end();
});

const person = async () => {
  const found = await hub.services.store.one(people, 'logins', 'ida@example.com');
  assert.ok(found);
  return found;
};
const releaseTo = async (system: string): Promise<SystemRelease> => {
  const found = (await dataReleases(hub.services, await person())).systems.find((one) => one.system === system);
  assert.ok(found);
  return found;
};

/** Of the protocol, not of a person. */
const envelope = new Set(['iss', 'aud', 'exp', 'iat', 'nonce', 'at_hash', 'azp', 'client_id', 'jti', 'scope', 'act']);

function compare(what: string, received: Record<string, unknown>, told: SystemRelease, scopes: string): void {
  const within = new Set(scopes.split(' '));
  for (const [claim, value] of Object.entries(received)) {
    if (envelope.has(claim)) continue;
    const line = told.claims.find((one) => one.claim === claim);
    assert.ok(line !== undefined, `${what} holds ${claim}, which the page does not name`);
    assert.ok(within.has(line.scope), `${claim} is said to come with ${line.scope}`);
    if (line.from !== 'session') assert.deepEqual(value, line.value, `${claim} in ${what}`);
  }
}

for (const [system, as, secret] of [
  ['crm', asCrm, undefined],
  ['erp', asErp, undefined],
  ['force', undefined, 'force-secret'],
  ['partner', undefined, 'partner-secret'],
] as const)
  test(`${system}: ID token and userinfo hold what is told, and nothing else`, async () => {
    const config = await (as?.(hub) ?? relyingParty(hub, system, client.ClientSecretBasic(secret ?? '')));
    const ahead = await releaseTo(system);
    assert.deepEqual([ahead.state, ahead.since], ['ahead', undefined]);
    const scope = 'openid profile email roles';
    const entered = await enter(config, { email: 'ida@example.com', params: { scope } });
    // A third party's page asks for agreement first.
    if (system === 'partner') {
      const agreed = await entered.browser.post(entered.answer.href, {});
      const back = await entered.browser.follow(new URL(agreed.location ?? '', entered.answer).href);
      Object.assign(entered, { answer: new URL(back.location ?? 'about:blank') });
    }
    const tokens = await redeem(config, entered);
    const claims = tokens.claims() ?? { sub: '' };
    const told = await releaseTo(system);
    compare('the ID token', claims, told, scope);
    const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    compare('userinfo', info, told, scope);
    // And the other way round: what is told is there.
    for (const { claim, value, from } of told.claims)
      if (from !== 'session') assert.deepEqual(info[claim], value, `${claim} is told and not sent`);
    assert.deepEqual([told.state, told.firstParty], ['sent', system !== 'partner']);
    assert.ok(told.claims.every(({ lastSent }) => lastSent !== undefined && lastSent <= Date.now()));
    assert.ok(told.since !== undefined);
    assert.equal(told.agreed?.scopes.join(' '), system === 'partner' ? scope : undefined);
  });

test('each claim has its cause: a field, the login known there, the policy, the product’s own words', async () => {
  const crm = await releaseTo('crm');
  const from = (release: SystemRelease) => Object.fromEntries(release.claims.map((one) => [one.claim, one.from]));
  assert.deepEqual(from(crm), {
    sub: 'link',
    acr: 'session',
    amr: 'session',
    auth_time: 'session',
    sid: 'session',
    name: 'name',
    given_name: 'givenName',
    family_name: 'familyName',
    email: 'email',
    preferred_username: 'username',
    updated_at: 'account',
    locale: 'account',
    zoneinfo: 'account',
    email_verified: 'emailVerified',
    roles: 'rights',
    permissions: 'rights',
    native_roles: 'native',
  });
  const { services } = hub;
  const [link] = (await services.store.find(links, { where: { person: (await person()).id, system: 'crm' } })).items;
  const set = { login: 'IKNOWN' };
  await services.store.write({ changes: [{ kind: 'update', collection: links, id: link?.id ?? '', set }] });
  const known = (await releaseTo('crm')).claims.find(({ claim }) => claim === 'preferred_username');
  assert.deepEqual([known?.from, known?.value], ['login', 'IKNOWN']);
});

test('a system that may call another in somebody’s name is told with what the other learns', async () => {
  const crm = await asCrm(hub);
  const tokens = await redeem(crm, await enter(crm, { email: 'ida@example.com' }));
  assert.deepEqual((await releaseTo('erp')).delegated, [{ from: 'crm', permissions: ['invoice:read'] }]);
  const exchanged = await client.genericGrantRequest(crm, 'urn:ietf:params:oauth:grant-type:token-exchange', {
    subject_token: tokens.access_token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: 'urn:erp',
  });
  const [, payload = ''] = exchanged.access_token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const told = await releaseTo('erp');
  const [delegated] = told.delegated;
  assert.deepEqual(claims.permissions, delegated?.permissions);
  assert.equal(claims.sub, told.claims.find(({ claim }) => claim === 'sub')?.value);
  assert.ok(delegated?.last !== undefined);
});

test('of who is out nothing is sent, and what was sent before still stands there without a value', async () => {
  const { id } = await person();
  await disablePerson(hub.services, operator, id);
  const crm = await releaseTo('crm');
  assert.deepEqual([crm.state, crm.because], ['stopped', undefined]);
  assert.ok(crm.claims.length > 0);
  assert.ok(crm.claims.every((claim) => !('value' in claim) && claim.lastSent !== undefined));
  assert.deepEqual(crm.delegated, []);
  const spa = await releaseTo('spa');
  assert.deepEqual([spa.state, spa.claims], ['none', []]);
});
