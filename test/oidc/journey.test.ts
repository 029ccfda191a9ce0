/** Who came from where, what was consented to, and keys that change under way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { retireLeakedKey, rotateKeys } from '#actions/keys/rotate.ts';
import { changeSystem, settingsOf } from '#actions/systems/change.ts';
import { createSystem } from '#actions/systems/create.ts';
import { getSystem } from '#actions/systems/list.ts';
import { removeSystem } from '#actions/systems/remove.ts';
import { manualClock } from '#platform/clock.ts';
import { operator } from '#test/support/hub.ts';
import { aHub, asCrm, asErp, ask, asSpa, enter, redeem, relyingParty } from './fixture.ts';

test('a link from one system into the other is remembered for one entry', async (t) => {
  const hub = await aHub(t);
  await changeSystem(hub.services, operator, 'erp', { launchUri: 'http://localhost:4998/login?tenant=1' });
  const [crm, erp] = [await asCrm(hub), await asErp(hub)];
  const { browser } = await enter(crm, { email: 'ada@example.com' });
  const open = await browser.get(`${hub.issuer}/open/erp?from=crm&path=/orders/7?x=1`);
  const launch = URL.parse(open.location ?? '');
  assert.equal(launch?.origin, 'http://localhost:4998');
  assert.equal(launch?.searchParams.get('tenant'), '1');
  assert.equal(launch?.searchParams.get('iss'), hub.issuer);
  assert.equal(launch?.searchParams.get('target_link_uri'), 'http://localhost:4998/orders/7?x=1');
  await redeem(erp, await enter(erp, { browser }));
  await redeem(erp, await enter(erp, { browser }));
  const entries = await hub.events('entry.granted');
  assert.deepEqual(
    entries.map(({ system, via }) => [system, via]),
    [
      ['erp', 'crm'],
      ['erp', undefined],
    ],
  );
  const away = await browser.get(`${hub.issuer}/open/erp?path=//evil.example/`);
  assert.ok(!away.location?.includes('evil'));
  assert.equal((await browser.get(`${hub.issuer}/open/nothing`)).status, 404);
});

test('via survives a sign-in on the way and cannot be made up', async (t) => {
  const hub = await aHub(t);
  await changeSystem(hub.services, operator, 'erp', { launchUri: 'http://localhost:4998/login' });
  const erp = await asErp(hub);
  const { browser } = await enter(await asSpa(hub), { email: 'otto@example.com' });
  browser.clear();
  await browser.get(`${hub.issuer}/open/erp?from=crm`);
  await redeem(erp, await enter(erp, { browser, email: 'ada@example.com' }));
  assert.equal((await hub.events('entry.granted'))[0]?.via, 'crm');
  const { url } = await ask(erp);
  const forged = await browser.get(url.href, { cookie: 'gatehouse-via-erp=spa|9999999999999|x' });
  assert.ok(forged.status === 303);
});

test('a third party is consented to once; refresh takes offline_access', async (t) => {
  const hub = await aHub(t);
  const partner = await relyingParty(hub, 'partner', client.ClientSecretBasic('partner-secret'));
  const { browser } = await enter(await asCrm(hub), { email: 'ada@example.com' });
  const asked = await ask(partner);
  const page = await browser.follow(asked.url.href);
  assert.equal(page.text, 'consent partner');
  const given = await browser.post(page.url, {});
  const after = await browser.follow(new URL(given.location ?? '', page.url).href);
  const tokens = await redeem(partner, { browser, asked, answer: new URL(after.location ?? '') });
  assert.equal(tokens.refresh_token, undefined);
  assert.equal(tokens.claims()?.name, 'Ada Sales');
  const [event] = await hub.events('consent.given');
  assert.equal(event?.system, 'partner');
  assert.ok((await enter(partner, { browser })).answer.searchParams.get('code'), 'not asked again');
  const again = await ask(partner, { prompt: 'consent', scope: 'openid offline_access' });
  const second = await browser.follow(again.url.href);
  assert.equal(second.text, 'consent partner');
  const agreed = await browser.post(second.url, {});
  const back = await browser.follow(new URL(agreed.location ?? '', second.url).href);
  const offline = await redeem(partner, { browser, asked: again, answer: new URL(back.location ?? '') });
  assert.ok(offline.refresh_token);
  const refused = await ask(partner, { prompt: 'consent' });
  const third = await browser.follow(refused.url.href);
  const turned = await browser.post(third.url, { abort: 'yes' });
  const answer = await browser.follow(new URL(turned.location ?? '', third.url).href);
  assert.equal(URL.parse(answer.location ?? '')?.searchParams.get('error'), 'access_denied');
});

test('keys rotate under way without one failed verification', async (t) => {
  const clock = manualClock(Date.now());
  const hub = await aHub(t, { clock });
  const crm = await asCrm(hub);
  const { browser } = await enter(crm, { email: 'ada@example.com' });
  const before = await redeem(crm, await enter(crm, { browser }));
  const etag = (await fetch(`${hub.issuer}/jwks`)).headers.get('etag') ?? '';
  assert.equal((await fetch(`${hub.issuer}/jwks`, { headers: { 'if-none-match': etag } })).status, 304);
  const kids = async () => {
    const { keys } = (await (await fetch(`${hub.issuer}/jwks`)).json()) as { keys: { kid: string; alg: string }[] };
    return keys.filter(({ alg }) => alg === 'ES256').map(({ kid }) => kid);
  };
  const [first] = await kids();
  await rotateKeys(hub.services, operator);
  assert.equal((await kids()).length, 2, 'the next key is published before it signs');
  const tokens = await redeem(crm, await enter(crm, { browser }));
  assert.equal(JSON.parse(atob((tokens.id_token ?? '').split('.')[0] ?? '')).kid, first);
  clock.advance(10 * 60_000 - 1);
  const published = await kids();
  await assert.rejects(
    rotateKeys(hub.services, operator),
    { code: 'too-early', retryAfter: 0.001 },
    'who has fetched the key set a moment before this one was published would refuse its tokens',
  );
  assert.deepEqual(await kids(), published, 'refused, so nothing was done');
  clock.advance(1);
  await rotateKeys(hub.services, operator);
  const fresh = await asCrm(hub);
  const after = await redeem(fresh, await enter(fresh, { browser }));
  assert.notEqual(JSON.parse(atob((after.id_token ?? '').split('.')[0] ?? '')).kid, first);
  assert.ok((await kids()).includes(first ?? ''), 'what it signed can still be verified');
  await assert.rejects(rotateKeys(hub.services, operator), { code: 'too-early' });
  await rotateKeys(hub.services, operator, { now: true });
  assert.ok((await client.refreshTokenGrant(crm, before.refresh_token ?? '')).access_token);
  const types = (await hub.events('key.')).map(({ type }) => type);
  assert.equal(types.filter((type) => type === 'key.retired').length, 4);
});

test('a key that leaked leaves at once, and what it signed counts no more', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const entered = await enter(crm, { email: 'ada@example.com', params: { resource: 'urn:crm' } });
  const tokens = await redeem(crm, entered, { resource: 'urn:crm' });
  const head = (token: string | undefined) => JSON.parse(atob((token ?? '').split('.')[0] ?? ''));
  const { kid } = head(tokens.id_token);
  assert.equal(head(tokens.access_token).kid, kid);
  assert.equal((await client.tokenIntrospection(crm, tokens.access_token)).active, true);
  const both = await Promise.allSettled([1, 2].map(() => retireLeakedKey(hub.services, operator, kid)));
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  const { keys } = (await (await fetch(`${hub.issuer}/jwks`)).json()) as { keys: { kid: string; alg: string }[] };
  assert.ok(!keys.some((key) => key.kid === kid), 'it is not published any more');
  assert.deepEqual(keys.map(({ alg }) => alg).toSorted(), ['ES256', 'ES256', 'RS256']);
  assert.equal((await client.tokenIntrospection(crm, tokens.access_token)).active, false);
  const url = new URL(`${hub.issuer}/end-session`);
  url.searchParams.set('id_token_hint', tokens.id_token ?? '');
  assert.match(
    (await entered.browser.get(url.href)).location ?? '',
    /\/sign-out$/,
    'as a hint it says nothing: the person is asked',
  );
  const fresh = await asCrm(hub);
  const again = await client.refreshTokenGrant(fresh, tokens.refresh_token ?? '');
  assert.notEqual(head(again.id_token).kid, kid);
  const retired = (await hub.events('key.retired'))[0];
  assert.deepEqual(retired?.detail, { kid, alg: 'ES256', cause: 'leaked' });
  await assert.rejects(retireLeakedKey(hub.services, operator, kid), { code: 'conflict' });
  await assert.rejects(retireLeakedKey(hub.services, operator, 'nothing'), { code: 'not-found' });
});

test('a change of a system holds at once', async (t) => {
  const hub = await aHub(t);
  const crm = await asCrm(hub);
  const { browser } = await enter(crm, { email: 'ada@example.com' });
  await changeSystem(hub.services, operator, 'crm', { redirectUris: ['http://localhost:4998/moved'] });
  const { url } = await ask(crm);
  assert.equal((await browser.get(url.href)).status, 400);
  url.searchParams.set('redirect_uri', 'http://localhost:4998/moved');
  assert.ok((await browser.get(url.href)).location?.startsWith('http://localhost:4998/moved?code='));
  await changeSystem(hub.services, operator, 'crm', { enabled: false });
  assert.equal((await browser.get(url.href)).status, 400);
});

test('what a system held dies with it, also when one of the same name comes after it', async (t) => {
  const hub = await aHub(t);
  const erp = await asErp(hub);
  const entered = await enter(erp, { email: 'ada@example.com' });
  const held = await redeem(erp, entered);
  const before = await getSystem(hub.services, 'erp');
  await removeSystem(hub.services, operator, 'erp');
  await createSystem(hub.services, operator, settingsOf(hub.services, before));
  await assert.rejects(client.refreshTokenGrant(erp, held.refresh_token ?? ''), { error: 'invalid_grant' });
  assert.deepEqual(await client.tokenIntrospection(erp, held.access_token), { active: false });
  const again = await redeem(erp, await enter(erp, { browser: entered.browser }));
  assert.ok((await client.refreshTokenGrant(erp, again.refresh_token ?? '')).access_token);
});

test('a system registered again under its id knows each person as before; one under another id does not', async (t) => {
  const hub = await aHub(t);
  const erp = await asErp(hub);
  const subOf = async (email: string, config = erp) =>
    (await redeem(config, await enter(config, { email }))).claims()?.sub;
  const ada = await subOf('ada@example.com');
  const before = await getSystem(hub.services, 'erp');
  await removeSystem(hub.services, operator, 'erp');
  const settings = settingsOf(hub.services, before);
  await createSystem(hub.services, operator, settings);
  assert.equal(await subOf('ada@example.com'), ada, 'to the product she is who she was');
  assert.notEqual(await subOf('pia@example.com'), ada);
  const created = (await hub.events('system.created')).filter(({ system }) => system === 'erp');
  assert.deepEqual(
    created.map(({ detail }) => detail?.returning),
    [undefined, true],
  );
  await removeSystem(hub.services, operator, 'erp');
  await createSystem(hub.services, operator, { ...settings, id: 'erp2', open: true });
  assert.notEqual(await subOf('ada@example.com'), ada, 'another system, another sub, whatever its client id');
});

test('the tokens of a machine end with its system, also for one registered under its name later', async (t) => {
  const hub = await aHub(t);
  const robot = await relyingParty(hub, 'robot', client.ClientSecretBasic('robot-secret'));
  const { access_token } = await client.clientCredentialsGrant(robot);
  assert.equal((await client.tokenIntrospection(robot, access_token)).active, true);
  const before = await getSystem(hub.services, 'robot');
  await removeSystem(hub.services, operator, 'robot');
  await createSystem(hub.services, operator, settingsOf(hub.services, before));
  assert.deepEqual(await client.tokenIntrospection(robot, access_token), { active: false });
});

test('a public app on a device may come from any loopback port', async (t) => {
  const hub = await aHub(t);
  const spa = await asSpa(hub);
  const { browser } = await enter(spa, { email: 'ada@example.com' });
  const { url } = await ask(spa, { redirect_uri: 'http://localhost:5555/callback' });
  assert.ok((await browser.get(url.href)).location?.startsWith('http://localhost:5555/callback?code='));
  url.searchParams.set('redirect_uri', 'http://localhost:5555/other');
  assert.equal((await browser.get(url.href)).status, 400);
});
