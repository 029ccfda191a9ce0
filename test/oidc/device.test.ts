/** The device flow (RFC 8628) from the protocol's side, with openid-client as the device; the pages are in http/device. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { changePerson } from '#actions/people/change.ts';
import { endSessions } from '#actions/sessions/end.ts';
import { manualClock } from '#platform/clock.ts';
import { Browser } from '#test/support/browser.ts';
import { operator, passphrase, type TestHub } from '#test/support/hub.ts';
import { aHub, asCrm, enter, relyingParty } from './fixture.ts';

const scanner = {
  id: 'scanner',
  title: 'Handheld',
  side: 'erp',
  auth: 'none',
  deviceFlow: true,
  open: true,
} as const;
const gun = {
  id: 'gun',
  title: 'Stock gun',
  side: 'erp',
  clientSecret: 'gun-secret-of-the-test',
  deviceFlow: true,
} as const;
const vault = {
  id: 'vault',
  title: 'Vault',
  side: 'erp',
  auth: 'none',
  deviceFlow: true,
  open: true,
  requires: 'mfa',
} as const;
const scope = 'openid profile roles';

const policy = `
version: 1
domains:
  shipment: { title: Shipments, sides: [erp], actions: [read, write] }
roles:
  packer: { title: Packer, grants: { gun: [shipment:write] } }
assign:
  - { role: packer, when: { department: Warehouse } }
`;

function devicesHub(t: Parameters<typeof aHub>[0], options: Parameters<typeof aHub>[1] = {}): Promise<TestHub> {
  return aHub(t, { systems: [scanner, gun, vault], policy, ...options });
}

const asScanner = (hub: TestHub) => relyingParty(hub, 'scanner', client.None());

/** What the page does with a yes: approves in this browser, signing in on the way if an e-mail is given. @returns where it ended */
async function approve(hub: TestHub, userCode: string, email?: string, browser = new Browser()): Promise<string> {
  let page = await browser.follow(`${hub.issuer}/approve?code=${encodeURIComponent(userCode)}`);
  if (page.text.startsWith('sign-in')) {
    assert.ok(email, 'nobody is signed in');
    const posted = await browser.post(page.url, { identifier: email, password: passphrase });
    page = await browser.follow(new URL(posted.location ?? '', page.url).href);
  }
  if (/^(no-access|step-up|consent)/.test(page.text)) return page.text;
  return new URL(page.url).pathname;
}

async function poll(hub: TestHub, code: string, id = 'scanner', secret?: string) {
  const auth =
    secret === undefined ? {} : { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
  const answer = await fetch(`${hub.issuer}/token`, {
    method: 'POST',
    headers: auth,
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: code,
      ...(secret === undefined ? { client_id: id } : {}),
    }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test('a device shows a code, its person types it, and it is in with their name and rights', async (t) => {
  const hub = await devicesHub(t);
  const gunner = await relyingParty(hub, 'gun', client.ClientSecretBasic(gun.clientSecret));
  assert.equal(gunner.serverMetadata().device_authorization_endpoint, `${hub.issuer}/device/auth`);
  const asked = await client.initiateDeviceAuthorization(gunner, { scope });
  assert.match(asked.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
  assert.equal(asked.verification_uri, `${hub.issuer}/device`);
  assert.equal(asked.verification_uri_complete, `${hub.issuer}/device?user_code=${asked.user_code}`);
  assert.equal(asked.expires_in, 600);
  assert.equal(
    await approve(hub, ` ${asked.user_code.toLowerCase().replace('-', ' ')} `, 'pia@example.com'),
    '/device/end/allowed',
  );
  const tokens = await client.pollDeviceAuthorizationGrant(gunner, { ...asked, interval: 0.05 });
  const claims = tokens.claims();
  assert.equal(claims?.name, 'Pia Packer');
  assert.deepEqual(claims?.permissions, ['shipment:write']);
  assert.equal(claims?.acr, 'urn:gatehouse:acr:password');
  assert.ok(claims?.sid);
  assert.ok(tokens.refresh_token);
  const refreshed = await client.refreshTokenGrant(gunner, tokens.refresh_token);
  const info = await client.fetchUserInfo(gunner, refreshed.access_token, claims?.sub ?? '');
  assert.equal(info.name, 'Pia Packer');
  const { id } = hub.person('pia@example.com');
  const [entry] = await hub.events('entry.granted');
  assert.deepEqual([entry?.system, entry?.actor.id, entry?.subject?.id], ['gun', id, id]);
  const issued = (await hub.events('token.issued')).find(({ system }) => system === 'gun');
  assert.equal(issued?.detail?.grant, 'urn:ietf:params:oauth:grant-type:device_code');
  assert.equal(issued?.session, entry?.session);
});

test('while nobody answers it waits, is told to slow down, and hears the end of it', async (t) => {
  const clock = manualClock(Date.now());
  const hub = await devicesHub(t, { clock });
  const asked = await client.initiateDeviceAuthorization(await asScanner(hub), { scope });
  const first = await poll(hub, asked.device_code);
  assert.deepEqual([first.status, first.body.error], [400, 'authorization_pending']);
  assert.equal((await poll(hub, asked.device_code)).body.error, 'slow_down');
  clock.advance(5000);
  assert.equal((await poll(hub, asked.device_code)).body.error, 'authorization_pending');
  assert.deepEqual(
    (await hub.events('request.refused')).map(({ detail }) => detail?.error),
    ['slow_down'],
    'waiting is no refusal',
  );
  clock.advance(10 * 60_000);
  assert.equal((await poll(hub, asked.device_code)).body.error, 'expired_token');
  assert.equal(await approve(hub, asked.user_code, 'pia@example.com'), '/gone');
});

test('who turns it away is obeyed, once and for all', async (t) => {
  const hub = await devicesHub(t);
  const asked = await client.initiateDeviceAuthorization(await asScanner(hub), { scope });
  const browser = new Browser();
  await browser.get(`${hub.issuer}/approve?deny=yes&code=${asked.user_code}`);
  assert.equal((await poll(hub, asked.device_code)).body.error, 'access_denied');
  assert.equal(await approve(hub, asked.user_code, 'pia@example.com'), '/gone');
  const [denied] = await hub.events('entry.denied');
  assert.deepEqual([denied?.system, denied?.detail], ['scanner', { reason: 'turned-away', flow: 'device' }]);
});

test('a code is approved by one person, for one device, and belongs to its own client', async (t) => {
  const hub = await devicesHub(t);
  const asked = await client.initiateDeviceAuthorization(await asScanner(hub), { scope });
  assert.equal((await poll(hub, asked.device_code, 'gun', gun.clientSecret)).body.error, 'invalid_grant');
  const record = (await hub.services.store.find((await import('#storage/collections.ts')).deviceCodes, { limit: 1 }))
    .items[0];
  assert.ok(record);
  assert.doesNotMatch(JSON.stringify(record), new RegExp(asked.user_code.replace('-', '')), 'the code is not stored');
  assert.equal((await poll(hub, `record:${record.id}`)).body.error, 'invalid_grant', 'what stands for it is no code');
  assert.equal(await approve(hub, asked.user_code, 'pia@example.com'), '/device/end/allowed');
  assert.equal(await approve(hub, asked.user_code, 'ada@example.com'), '/gone');
  assert.equal((await poll(hub, asked.device_code)).status, 200);
  assert.equal((await poll(hub, asked.device_code)).body.error, 'invalid_grant');
});

test('two who approve at once: the first holds', async (t) => {
  const hub = await devicesHub(t);
  const asked = await client.initiateDeviceAuthorization(await asScanner(hub), { scope });
  const [pia, ada] = [new Browser(), new Browser()];
  for (const [browser, email] of [
    [pia, 'pia@example.com'],
    [ada, 'ada@example.com'],
  ] as const)
    await enter(await relyingParty(hub, 'spa', client.None()), { browser, email });
  const starts = [];
  for (const browser of [pia, ada]) starts.push(await browser.get(`${hub.issuer}/approve?code=${asked.user_code}`));
  const ends = await Promise.all(
    starts.map(async ({ location = '' }, index) => {
      const page = await (index === 0 ? pia : ada).follow(location);
      return new URL(page.url).pathname;
    }),
  );
  assert.deepEqual(ends.toSorted(), ['/device/end/allowed', '/device/end/used']);
  const { body } = await poll(hub, asked.device_code);
  const name = JSON.parse(Buffer.from(String(body.id_token).split('.')[1] ?? '', 'base64url').toString()).name;
  assert.equal(name, ends[0] === '/device/end/allowed' ? 'Pia Packer' : 'Ada Sales');
});

test('without rights, or signed in too weakly, nobody lets a device in', async (t) => {
  const hub = await devicesHub(t, { env: {} });
  const gunner = await relyingParty(hub, 'gun', client.ClientSecretBasic(gun.clientSecret));
  const asked = await client.initiateDeviceAuthorization(gunner, { scope });
  assert.equal(await approve(hub, asked.user_code, 'nora@example.com'), 'no-access gun');
  assert.equal((await poll(hub, asked.device_code, 'gun', gun.clientSecret)).body.error, 'authorization_pending');
  const [denied] = await hub.events('entry.denied');
  assert.deepEqual([denied?.system, denied?.subject?.id], ['gun', hub.person('nora@example.com').id]);
  const strict = await client.initiateDeviceAuthorization(await relyingParty(hub, 'vault', client.None()), { scope });
  assert.equal(await approve(hub, strict.user_code, 'pia@example.com'), 'step-up vault');
  assert.equal((await poll(hub, strict.device_code, 'vault')).body.error, 'authorization_pending');
  const wished = await client.initiateDeviceAuthorization(gunner, {
    scope,
    acr_values: 'urn:gatehouse:acr:mfa',
    claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:gatehouse:acr:mfa' } } }),
  });
  assert.equal(await approve(hub, wished.user_code, 'pia@example.com'), 'step-up gun');
});

test('who is disabled or signed out in between is not let in, and the device goes with the session', async (t) => {
  const hub = await devicesHub(t);
  const config = await asScanner(hub);
  const pia = hub.person('pia@example.com');
  const asked = await client.initiateDeviceAuthorization(config, { scope });
  assert.equal(await approve(hub, asked.user_code, 'pia@example.com'), '/device/end/allowed');
  await endSessions(hub.services, operator, pia.id, 'admin');
  assert.equal((await poll(hub, asked.device_code)).body.error, 'invalid_grant');
  const second = await client.initiateDeviceAuthorization(config, { scope });
  assert.equal(await approve(hub, second.user_code, 'pia@example.com'), '/device/end/allowed');
  const tokens = await client.pollDeviceAuthorizationGrant(config, { ...second, interval: 0.05 });
  await endSessions(hub.services, operator, pia.id, 'signed-out');
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token ?? ''), { error: 'invalid_grant' });
  const third = await client.initiateDeviceAuthorization(config, { scope });
  assert.equal(await approve(hub, third.user_code, 'pia@example.com'), '/device/end/allowed');
  await changePerson(hub.services, operator, pia.id, { status: 'disabled' });
  assert.equal((await poll(hub, third.device_code)).body.error, 'invalid_grant');
});

test('a system without the device flow is refused it', async (t) => {
  const hub = await devicesHub(t);
  const crm = await asCrm(hub);
  await assert.rejects(client.initiateDeviceAuthorization(crm, { scope }), (error: client.ResponseBodyError) => {
    assert.match(error.error, /^(unauthorized_client|invalid_request)$/);
    return true;
  });
  await assert.rejects(client.initiateDeviceAuthorization(await asScanner(hub), { scope: 'nothing:known' }), {
    error: 'invalid_scope',
  });
});

test('an approval belongs to the browser that began it', async (t) => {
  const hub = await devicesHub(t);
  const asked = await client.initiateDeviceAuthorization(await asScanner(hub), { scope });
  const browser = new Browser();
  const started = await browser.get(`${hub.issuer}/approve?code=${asked.user_code}`);
  const stranger = await new Browser().get(started.location ?? '');
  assert.equal(stranger.status, 303);
  assert.match(stranger.location ?? '', /\/device\/end\/refused$/);
  assert.equal((await poll(hub, asked.device_code)).body.error, 'authorization_pending');
});

test('twenty polls at once: one gets the tokens', async (t) => {
  const hub = await devicesHub(t);
  const config = await asScanner(hub);
  const browser = new Browser();
  for (let round = 0; round < 10; round += 1) {
    const asked = await client.initiateDeviceAuthorization(config, { scope });
    assert.equal(await approve(hub, asked.user_code, 'pia@example.com', browser), '/device/end/allowed');
    const answers = await Promise.all(Array.from({ length: 20 }, () => poll(hub, asked.device_code)));
    const won = answers.filter(({ status }) => status === 200);
    assert.equal(won.length, 1, `round ${round}`);
    const errors = answers.filter(({ status }) => status !== 200).map(({ body }) => body.error);
    assert.deepEqual([...new Set(errors)], ['invalid_grant']);
  }
  assert.equal((await hub.events('entry.granted')).length, 10);
});
