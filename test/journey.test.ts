/** The main job from outside, over plain HTTP: one sign-in opens CRM and ERP, and every step is on record. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { effectiveAccess } from '#actions/access/effective.ts';
import { findByLogin } from '#actions/people/find.ts';
import { verifyExport } from '#domain/audit/verify.ts';
import { type Company, samplePerson, startCompany, Walker } from './support/company.ts';

const customer = '/customers/C-1002';

/** What a person holds in a system, as the policy says. */
async function held(company: Company, name: string, system: string): Promise<readonly string[]> {
  const { services } = company.hub;
  const person = await findByLogin(services, samplePerson(name).email);
  assert.ok(person);
  return [...((await effectiveAccess(services, person)).systems.get(system)?.permissions ?? [])].sort();
}

/** What was recorded since: kinds of event, each with the system it concerns, in a stable order. */
async function record(company: Company, since: ReadonlySet<string>): Promise<string[]> {
  const events = (await company.events()).filter(({ id }) => !since.has(id));
  return events.map(({ type, system }) => `${type} ${system ?? '-'}`).sort();
}

async function head(company: Company): Promise<ReadonlySet<string>> {
  return new Set((await company.events()).map(({ id }) => id));
}

async function within(ms: number, holds: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await setTimeout(25)) if (await holds()) return true;
  return holds();
}

test('one sign-in opens both systems, each with its own rights; one sign-out ends both', async (t) => {
  const company = await startCompany(t);
  const { addresses, inside } = company;
  const zofia = new Walker();

  const before = await head(company);
  const desk = await zofia.signIn(`${addresses.crm}/`, 'zofia');
  assert.equal(desk.url, `${addresses.crm}/`);
  assert.match(desk.text, /Nowa Huta Tools/);
  const crmRights = inside.crm.list()[0]?.profile.permissions ?? [];
  assert.deepEqual([...crmRights].sort(), await held(company, 'zofia', 'crm'));
  assert.deepEqual(await record(company, before), [
    'entry.granted crm',
    'person.linked crm',
    'session.started -',
    'signin.succeeded -',
    'token.issued crm',
  ]);

  const entering = await head(company);
  const office = await zofia.get(`${addresses.erp}/`);
  assert.equal(office.url, `${addresses.erp}/`, 'no form on the way');
  const erpRights = inside.erp.list()[0]?.profile.permissions ?? [];
  assert.deepEqual([...erpRights].sort(), await held(company, 'zofia', 'erp'));
  assert.ok(!erpRights.includes('customer:write'), 'nothing of the other system');
  assert.notEqual(inside.erp.list()[0]?.profile.sub, inside.crm.list()[0]?.profile.sub);
  assert.deepEqual(await record(company, entering), ['entry.granted erp', 'person.linked erp', 'token.issued erp']);

  const leaving = await head(company);
  const out = await zofia.submit(desk, {}, '/logout');
  assert.equal(out.url, `${addresses.crm}/signed-out`);
  assert.equal(inside.crm.list().length, 0);
  assert.ok(await within(5000, () => inside.erp.list().length === 0), 'the other system is told within 5 s');
  assert.match((await zofia.get(`${addresses.erp}/`)).url, /\/sign-in\//);
  const recorded = [
    'logout.delivered crm',
    'logout.delivered erp',
    'logout.sent crm',
    'logout.sent erp',
    'session.ended -',
  ];
  await within(5000, async () => (await record(company, leaving)).length >= recorded.length);
  assert.deepEqual(
    (await record(company, leaving)).map((line) => line.replace(/^(session.ended) .*/, '$1 -')),
    recorded,
  );

  const events = await company.events();
  const { ok, events: verified } = await verifyExport(Readable.from(events));
  assert.deepEqual([ok, verified], [true, events.length]);
});

test('the CRM reads the ERP in the person’s name, within both limits', async (t) => {
  const company = await startCompany(t);
  const { addresses } = company;
  const zofia = new Walker();
  await zofia.signIn(`${addresses.crm}/`, 'zofia');
  const before = await head(company);
  const seen = await zofia.get(addresses.crm + customer);
  assert.match(seen.text, /宏达贸易/);
  for (const part of [/S-\d{4}/, /I-\d{4}/, /Promised for/, /CN¥/]) assert.match(seen.text, part);
  assert.doesNotMatch(seen.text, /cannot be shown/);
  // The first time makes the link that the other system's `sub` belongs to.
  assert.deepEqual(await record(company, before), ['delegated.granted erp', 'person.linked erp']);
  const again = await head(company);
  await zofia.get(addresses.crm + customer);
  assert.deepEqual(await record(company, again), ['delegated.granted erp']);
  const [granted] = (await company.events()).filter(({ type }) => type === 'delegated.granted');
  assert.equal(granted?.via, 'crm');

  const hannah = new Walker();
  await hannah.signIn(`${addresses.crm}/`, 'hannah');
  const less = await hannah.get(addresses.crm + customer);
  assert.match(less.text, /S-\d{4}/);
  assert.doesNotMatch(less.text, /I-\d{4}/);
  assert.match(less.text, /Invoices cannot be shown: your rights in the ERP do not include invoice:read/);
  assert.match(less.text, /balance cannot be shown: your rights in the ERP do not include balance:read/);
});

test('a link from a customer leads into the ERP and the record says whence', async (t) => {
  const company = await startCompany(t);
  const { addresses } = company;
  const zofia = new Walker();
  await zofia.signIn(`${addresses.crm}/`, 'zofia');
  const page = await zofia.get(addresses.crm + customer);
  const link = /href="([^"]*\/open\/erp[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const order = await zofia.get(link);
  assert.match(order.url, /\/orders\/O-\d{4}$/);
  assert.ok(order.url.startsWith(addresses.erp));
  const entry = (await company.events()).find(({ type, system }) => type === 'entry.granted' && system === 'erp');
  assert.equal(entry?.via, 'crm');
});

test('without rights in a system there is a page that says so, and the attempt is on record', async (t) => {
  const company = await startCompany(t);
  const { addresses, inside } = company;
  const piotr = new Walker();
  const refused = await piotr.signIn(`${addresses.crm}/`, 'piotr');
  assert.ok(refused.url.startsWith(addresses.hub), refused.url);
  assert.match(refused.url, /\/no-access\//);
  assert.match(refused.text, /Customer desk/);
  const denied = (await company.events()).filter(({ type }) => type === 'entry.denied');
  assert.deepEqual(
    denied.map(({ system, outcome }) => [system, outcome]),
    [['crm', 'denied']],
  );
  const back = await piotr.submit(refused, {});
  assert.equal(back.status, 403);
  assert.match(back.text, /You may not use Customer desk/);
  assert.equal(inside.crm.list().length, 0);
  assert.equal((await piotr.get(`${addresses.erp}/shipments`)).status, 200);
});

test('strangers, forged forms and foreign tokens get nowhere at the systems', async (t) => {
  const { addresses, inside } = await startCompany(t);
  const zofia = new Walker();
  await zofia.signIn(`${addresses.crm}/`, 'zofia');
  const forged = await zofia.submit(
    { status: 200, location: undefined, headers: new Headers(), text: '', url: `${addresses.crm}/` },
    {},
    '/logout',
  );
  assert.equal(forged.status, 403);
  assert.equal(inside.crm.list().length, 1);
  assert.equal((await new Walker().get(`${addresses.crm}/callback?code=x&state=y`)).status, 400);
  const [stay] = inside.crm.list();
  for (const token of ['', 'x.y.z', stay?.tokens.accessToken ?? '', stay?.tokens.idToken ?? '']) {
    const answer = await fetch(`${addresses.erp}/api/orders`, { headers: { Authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 401);
  }
  const logout = await fetch(`${addresses.crm}/backchannel-logout`, {
    method: 'POST',
    body: new URLSearchParams({ logout_token: stay?.tokens.idToken ?? '' }),
  });
  assert.equal(logout.status, 400, 'an ID token is no logout token');
  assert.equal(inside.crm.list().length, 1);
});
