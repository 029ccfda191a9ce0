/** The password of a directory over real HTTP: the form, the second factor, linking, where a password is changed, reset mails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findByLogin } from '#actions/people/find.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { changeSource } from '#actions/sources/change.ts';
import { identitiesOf } from '#actions/sources/identities.ts';
import { sourceSettingsOf } from '#actions/sources/record.ts';
import { manualClock } from '#platform/clock.ts';
import { credentials, identities, outbox } from '#storage/collections.ts';
import { type BootedHub, passphrase } from '#test/support/booted.ts';
import { type Answer, Browser } from '#test/support/browser.ts';
import { withFactors } from '#test/support/factors.ts';
import { directoryPassword, group, groupDn, person, personDn } from '#test/support/slapd/people.ts';
import { addSource } from '#test/support/slapd/source.ts';
import { startSlapd } from '#test/support/slapd/start.ts';
import { authorizeUrl, callback, operator, pagesHub, signedInBrowser, tokenIn } from './support.ts';

async function typed(hub: BootedHub, identifier: string, password: string, browser = new Browser()) {
  const form = await browser.follow(authorizeUrl(hub.issuer, 'crm'));
  const answer = await browser.post(form.url, { identifier, password });
  return { browser, form, answer };
}

const reached = async (browser: Browser, answer: Answer): Promise<string> => {
  if (answer.location === undefined) return String(answer.status);
  const landed = await browser.follow(new URL(answer.location, answer.url).href);
  return landed.location?.startsWith(`${callback}?code=`) === true ? 'in' : new URL(landed.url).pathname;
};

test('a person of a directory goes through the hub like anybody else', async (t) => {
  const slapd = await startSlapd(t, [
    person('anna', { displayName: 'Anna Nowak' }),
    person('bob'),
    person('own'),
    person('twice'),
  ]);
  if (slapd === undefined) return;
  await slapd.add([group('sales', [personDn('anna'), personDn('bob')])]);
  const clock = manualClock(Date.now());
  const hub = await pagesHub(t, {}, clock);
  const { services } = hub;
  const source = await addSource(services, slapd);
  // The group opens the CRM: compared exactly, so a DN that differs in a letter's case opens nothing.
  const rule = (dn: string) => ({
    text: `
version: 1
domains: { customer: { title: Customers, sides: [crm, erp], actions: [read] } }
roles: { sales: { title: Sales, grants: { crm: [customer:read] } } }
assign: [ { role: sales, when: { groups: "${dn}" } } ]
`,
    reason: 'groups of the directory',
  });
  await publishPolicy(services, operator, rule(groupDn('Sales')));
  const outside = await typed(hub, 'anna', directoryPassword);
  assert.notEqual(await reached(outside.browser, outside.answer), 'in');
  await publishPolicy(services, operator, rule(groupDn('sales')));

  await t.test('in, with the rights that groups give, and the form says nothing of directories', async () => {
    const { browser, form, answer } = await typed(hub, 'anna', directoryPassword);
    assert.ok(!form.text.includes('Company directory'));
    assert.equal(await reached(browser, answer), 'in');
    const anna = await findByLogin(services, 'anna@example.com');
    assert.equal((await services.store.find(credentials, { where: { person: anna?.id ?? '' } })).items.length, 0);
  });

  await t.test('wrong ones are one answer', async () => {
    const texts = new Set<string>();
    for (const [login, password] of [
      ['anna', 'wrong'],
      ['nobody', directoryPassword],
      ['anna', ''],
      ['*)(uid=*', directoryPassword],
    ] as const) {
      const { browser, form, answer } = await typed(hub, login, password);
      assert.equal(answer.status, 303);
      const page = await browser.get(form.url);
      assert.match(page.text, /do not go together/);
      texts.add(page.text.replaceAll(/value="[^"]*"/g, '').replaceAll(new URL(form.url).pathname, ''));
    }
    assert.equal(texts.size, 1);
  });

  await t.test('many first sign-ins at once make one person, and no answer is a fault of the hub', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => typed(hub, 'twice', directoryPassword)));
    assert.ok(
      all.every(({ answer }) => answer.status < 500),
      all.map(({ answer }) => answer.status).join(),
    );
    assert.ok(all.some(({ answer }) => answer.status === 303));
    const found = (await services.store.find(identities, { where: { source: 'ad' } })).items;
    const twice = await findByLogin(services, 'twice');
    assert.equal(found.filter(({ person: owner }) => owner === twice?.id).length, 1);
    const later = await typed(hub, 'twice', directoryPassword);
    assert.notEqual(await reached(later.browser, later.answer), new URL(later.form.url).pathname);
  });

  await t.test('a second factor here is asked for, and the record names both', async () => {
    const first = await typed(hub, 'bob', directoryPassword);
    await reached(first.browser, first.answer);
    const bob = await findByLogin(services, 'bob');
    assert.ok(bob);
    const { phone } = await withFactors(services, bob);
    clock.advance(30_000);
    const { browser, form, answer } = await typed(hub, 'bob', directoryPassword);
    assert.equal(answer.location, `${new URL(form.url).pathname}/second`);
    assert.equal((await browser.get(`${hub.issuer}/`)).status, 303, 'nobody yet');
    const done = await browser.post(`${form.url}/second`, { code: phone.code() });
    assert.equal(await reached(browser, done), 'in');
    const [event] = (await services.store.audit.query({ person: bob.id, type: 'signin.succeeded' })).items;
    assert.deepEqual(event?.detail, { method: 'ldap', source: 'ad', second: 'totp' });
    // A source that is switched off between the steps takes the step along.
    clock.advance(30_000);
    const late = await typed(hub, 'bob', directoryPassword);
    const off = await changeSource(services, operator, sourceSettingsOf(services, source), { enabled: false });
    const refused = await late.browser.post(`${late.form.url}/second`, { code: phone.code() });
    assert.notEqual(await reached(late.browser, refused), 'in');
    await changeSource(services, operator, sourceSettingsOf(services, off), { enabled: true });
  });

  await t.test('an account of that name is linked by who knows both passwords, from the account alone', async () => {
    const own = await hub.person('own', 'sales');
    const { browser, answer } = await typed(hub, 'own', directoryPassword);
    assert.equal(answer.status, 403);
    assert.match(answer.text, /not linked to an account/);
    assert.equal((await browser.get(`${hub.issuer}/`)).status, 303);
    const mine = await signedInBrowser(hub.issuer, 'own@example.com');
    const link = `${hub.issuer}/account/methods/link/ad`;
    const page = await mine.get(link);
    for (const [login, password] of [
      ['own', 'wrong'],
      ['own', ''],
      ['*', directoryPassword],
    ] as const) {
      await mine.post(link, { csrf: tokenIn(page), login, password });
      assert.match((await mine.get(link)).text, /do not go together/, login);
    }
    await mine.post(link, { csrf: tokenIn(page), login: 'anna', password: directoryPassword });
    assert.match((await mine.get(`${hub.issuer}/account/methods`)).text, /linked to somebody else/);
    await mine.post(link, { login: 'own', password: directoryPassword });
    assert.equal((await identitiesOf(services, own.id)).length, 0, 'not without the form’s token');
    await mine.post(link, { csrf: tokenIn(page), login: 'own', password: directoryPassword });
    assert.match((await mine.get(`${hub.issuer}/account/methods`)).text, /is linked/);
    const both = await typed(hub, 'own@example.com', directoryPassword);
    assert.equal(await reached(both.browser, both.answer), 'in');
    assert.match((await both.browser.get(`${hub.issuer}/account/password`)).text, /That one is changed there/);
  });

  await t.test('whose password is in the directory changes it there, and gets no link by mail', async () => {
    const { browser, answer } = await typed(hub, 'anna', directoryPassword);
    await reached(browser, answer);
    const page = await browser.get(`${hub.issuer}/account/password`);
    assert.match(page.text, /kept in Company directory/);
    assert.doesNotMatch(page.text, /name="current"/);
    for (const identifier of ['anna@example.com', 'nobody@example.com', 'own@example.com']) {
      const asked = await new Browser().post(`${hub.issuer}/sign-in/forgot`, { identifier });
      assert.deepEqual([asked.status, asked.location], [303, '/sign-in/forgot?sent'], identifier);
    }
    const anna = await findByLogin(services, 'anna');
    const own = await findByLogin(services, 'own@example.com');
    const mails = async (id = '') =>
      (await services.store.find(outbox, { where: { person: id } })).items.filter((one) =>
        JSON.stringify(one).includes('reset'),
      ).length;
    assert.deepEqual([await mails(anna?.id), await mails(own?.id)], [0, 1]);
  });

  await t.test('a directory that is away says so with 503, and the hub’s own people come in', async () => {
    await slapd.kill();
    const { answer } = await typed(hub, 'anna', directoryPassword);
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.headers.get('retry-after')) > 0);
    assert.match(answer.text, /Company directory does not answer/);
    assert.match(answer.text, /name="password"/, 'the form is still there');
    const own = await typed(hub, 'own@example.com', passphrase);
    assert.equal(await reached(own.browser, own.answer), 'in');
    await slapd.again();
    const back = await typed(hub, 'anna', directoryPassword);
    assert.equal(await reached(back.browser, back.answer), 'in');
  });
});
