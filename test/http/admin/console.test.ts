/** The console as an admin meets it: over HTTP, signed in, forms with their token. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPerson } from '#actions/people/create.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { createSystem } from '#actions/systems/create.ts';
import { draft } from '#domain/audit/event.ts';
import { type Clock, manualClock } from '#platform/clock.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import { bootHub, passphrase } from '#test/support/booted.ts';
import { Browser } from '#test/support/browser.ts';
import { visit } from '#test/support/visitor.ts';

const operator = { actor: { kind: 'operator' } } as const;

const policy = `
version: 1
domains:
  credit: { title: Credit, sides: [erp], actions: [approve] }
  customer: { title: Customers, sides: [crm], actions: [write] }
roles:
  sales: { title: Sales, grants: { crm: [customer:write] } }
  credit: { title: Credit, grants: { erp: [credit:approve] } }
assign:
  - { role: sales, when: { department: Sales } }
separation:
  - id: apart
    title: Customers and their credit
    conflict: [{ system: crm, permission: "customer:write" }, { system: erp, permission: "credit:approve" }]
    mode: prevent
`;

async function aConsole(t: Parameters<typeof bootHub>[0], clock?: Clock) {
  const hub = await bootHub(t, clock === undefined ? {} : { clock });
  await publishPolicy(hub.services, operator, { text: policy, reason: 'for the test', systems: [] });
  const owner = await hub.person('owner', 'hub-owner');
  const browser = new Browser();
  await visit(hub.issuer, browser).signIn('owner@example.com');
  const url = (path: string) => `${hub.issuer}${path}`;
  /** Opens a page and posts one of its forms, with the token of that page and the fields it hides. */
  const submit = async (page: string, action: string, fields: Record<string, string> = {}) => {
    const { text } = await browser.get(url(page));
    const form = text.split('<form').find((part) => part.includes(`method="post" action="${action}"`)) ?? '';
    assert.notEqual(form, '', `no form ${action} on ${page}`);
    const hidden = [...(form.split('</form>', 1)[0]?.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g) ?? [])];
    const filled = { ...Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value])), ...fields };
    return browser.post(url(action), filled);
  };
  return { hub, owner, browser, url, submit };
}

test('a hostile name is text on every page that shows it', async (t) => {
  const { hub, browser, url } = await aConsole(t);
  const name = '<script>alert(1)</script>"\'&';
  const person = await createPerson(hub.services, operator, { name, email: 'x@example.com', department: '<i>Sales' });
  for (const path of [
    '/admin/people',
    `/admin/people/${person.id}`,
    `/admin/audit?person=${person.id}`,
    '/admin/audit',
  ]) {
    const { status, text } = await browser.get(url(path));
    assert.equal(status, 200, path);
    assert.ok(text.includes('&lt;script&gt;alert(1)'), path);
    assert.ok(!text.includes('<script'), path);
    assert.ok(!text.includes('<i>Sales'), path);
  }
});

test('a person is added with a line of what was done; faults stand beside their fields and nothing is lost', async (t) => {
  const { hub, browser, submit, url } = await aConsole(t);
  const refused = await submit('/admin/people/new', '/admin/people', { name: 'Nora', email: 'not an address' });
  assert.equal(refused.status, 422);
  assert.match(refused.text, /id="email-fault"/);
  assert.match(refused.text, /value="Nora"/);
  assert.equal((await hub.services.store.audit.query({ type: 'person.created' })).items.length, 1);
  const done = await submit('/admin/people/new', '/admin/people', { name: 'Nora', email: 'nora@example.com' });
  assert.equal(done.status, 303);
  const page = await browser.get(url(done.location ?? ''));
  assert.match(page.text, /Nora has an account now/);
});

test('a role that would join two separate duties is refused with the rule, and what was filled in stays', async (t) => {
  const { hub, browser, submit, url } = await aConsole(t);
  const anna = await createPerson(hub.services, operator, {
    name: 'Anna',
    email: 'a@example.com',
    department: 'Sales',
  });
  const page = `/admin/people/${anna.id}`;
  const answer = await submit(page, `${page}/roles`, { role: 'credit', reason: 'covers for Jan' });
  assert.equal(answer.status, 303);
  const { text } = await browser.get(url(page));
  assert.match(text, /Not done: .*apart/);
  assert.match(text, /value="covers for Jan"/);
  assert.equal((await hub.services.store.audit.query({ person: anna.id, type: 'role.' })).items.length, 0);
  assert.equal((await hub.services.store.audit.query({ person: anna.id, type: 'conflict.' })).items.length, 1);
});

test('disabling from the page ends the sessions, and the last owner stays', async (t) => {
  const { hub, owner, browser, submit, url } = await aConsole(t);
  const jan = await hub.person('jan');
  const his = new Browser();
  await visit(hub.issuer, his).signIn('jan@example.com');
  assert.equal((await his.get(url('/account/access'))).status, 200);
  const page = `/admin/people/${jan.id}`;
  assert.equal((await submit(page, `${page}/disable`)).status, 303);
  assert.match((await browser.get(url(page))).text, /is disabled: every session is ended/);
  assert.notEqual((await his.get(url('/account/access'))).status, 200);
  const own = `/admin/people/${owner.id}`;
  await submit(own, `${own}/disable`);
  assert.match((await browser.get(url(own))).text, /Not done/);
  assert.equal((await browser.get(url('/admin'))).status, 200);
});

test('a form without its token, or of an older version of the page, changes nothing', async (t) => {
  const { hub, browser, submit, url } = await aConsole(t);
  const jan = await hub.person('jan');
  const page = `/admin/people/${jan.id}`;
  assert.equal((await browser.post(url(`${page}/disable`), { version: '1' })).status, 403);
  await submit(page, `${page}/disable`, { version: '99' });
  assert.match((await browser.get(url(page))).text, /Not done/);
  const { items } = await hub.services.store.audit.query({ person: jan.id, type: 'person.disabled' });
  assert.equal(items.length, 0);
});

test('keys, exports and roles of the hub ask somebody who signed in long ago to sign in again', async (t) => {
  const clock = manualClock(Date.now());
  const { hub, browser, submit, url } = await aConsole(t, clock);
  const jan = await hub.person('jan');
  const page = `/admin/people/${jan.id}`;
  clock.advance(11 * 60_000);
  const given = { role: 'hub-auditor', reason: 'audits' };
  for (const answer of [
    await submit('/admin/keys', '/admin/keys/rotate'),
    await submit(page, `${page}/roles`, given),
    await browser.get(url('/admin/audit-export?format=csv')),
  ]) {
    assert.equal(answer.status, 303);
    assert.match(answer.location ?? '', /\/authorize\?.*prompt=login/);
  }
  assert.equal((await hub.services.store.audit.query({ person: jan.id, type: 'role.' })).items.length, 0);
  const asked = await submit(page, `${page}/roles`, given);
  const form = await browser.follow(new URL(asked.location ?? '', hub.issuer).href);
  const answer = await browser.post(form.url, { identifier: 'owner@example.com', password: passphrase });
  const back = await browser.follow(new URL(answer.location ?? '', form.url).href);
  assert.match(back.text, /Now repeat what you wanted to do/);
  // The provider library stamps a sign-in with the machine's own clock, so the hub's clock joins it again.
  clock.set(Date.now());
  await submit(page, `${page}/roles`, given);
  assert.equal((await hub.services.store.audit.query({ person: jan.id, type: 'role.' })).items.length, 1);
});

test('the audit page narrows, counts and leads to the whole record', async (t) => {
  const { hub, browser, url } = await aConsole(t);
  const jan = await hub.person('jan');
  const list = await browser.get(url(`/admin/audit?person=${jan.id}&type=person.`));
  assert.match(list.text, /What jan did across all systems/);
  const link = /href="(\/admin\/audit\/[0-9a-f-]{36})"/.exec(list.text)?.[1] ?? '';
  const event = await browser.get(url(link));
  assert.equal(event.status, 200);
  assert.match(event.text, /person\.created/);
  assert.match(event.text, /&quot;hash&quot;/);
  assert.equal((await browser.get(url('/admin/audit/01a201f2-d1a0-74f6-9996-65d11acedf7b'))).status, 404);
  assert.match((await browser.get(url('/admin/audit?outcome=denied'))).text, /No event matches/);
});

test('rights that the same role gives stand together, and the crossing view counts the people', async (t) => {
  const { hub, owner, browser, url } = await aConsole(t);
  const system = { side: 'crm', clientSecret: 'secret-of-the-test', redirectUris: ['http://localhost:4998/callback'] };
  const crm = { ...system, id: 'crm', title: 'Customer desk' } as unknown as SystemInput;
  await createSystem(hub.services, operator, withDefaults(crm));
  const text = `
version: 1
domains:
  customer: { title: Customers, sides: [crm], actions: [read, write] }
roles:
  sales: { title: Sales, grants: { crm: [customer:read, customer:write] } }
assign:
  - { role: sales, when: { department: Sales } }
`;
  await publishPolicy(hub.services, operator, { text, reason: 'for the test' });
  const anna = await createPerson(hub.services, operator, {
    name: 'Anna',
    email: 'a@example.com',
    department: 'Sales',
  });
  const page = await browser.get(url(`/admin/people/${anna.id}`));
  assert.equal(page.text.split('href="/admin/policy#role-sales"').length - 1, 1);
  assert.match(page.text, /customer:read<\/code><code class="permission">customer:write/);
  const origin = { actor: { kind: 'person', id: anna.id } } as const;
  const crossing = { subject: { id: anna.id }, system: 'erp', via: 'crm' };
  await hub.services.store.write({
    changes: [],
    events: [
      draft(origin, 'entry.granted', 'success', crossing),
      draft({ actor: { kind: 'system', id: 'crm' } }, 'delegated.granted', 'success', crossing),
      draft({ actor: { kind: 'person', id: owner.id } }, 'entry.granted', 'success', {
        ...crossing,
        subject: { id: owner.id },
      }),
    ],
  });
  assert.match(
    (await browser.get(url('/admin/audit?via=crm&system=erp'))).text,
    /2 people crossed in the last 24 hours/,
  );
});

test('the overview says that all is well only when it is, and only to those who may see that', async (t) => {
  const { hub, browser, url } = await aConsole(t);
  assert.match((await browser.get(url('/admin'))).text, /In the last 24 hours no sign-in was refused/);
  const helpdesk = new Browser();
  await hub.person('desk', 'hub-helpdesk');
  await visit(hub.issuer, helpdesk).signIn('desk@example.com');
  assert.doesNotMatch((await helpdesk.get(url('/admin'))).text, /In the last 24 hours no sign-in|need your attention/);
  const denied = draft({ actor: { kind: 'system', id: 'crm' } }, 'delegated.denied', 'denied', { system: 'erp' });
  await hub.services.store.write({ changes: [], events: [denied] });
  assert.match((await browser.get(url('/admin'))).text, /Some items need your attention/);
});
