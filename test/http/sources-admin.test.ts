/** Looking after sources: console, API and what an API token may not do. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assignRole } from '#actions/assignments/assign.ts';
import { createPerson } from '#actions/people/create.ts';
import { erasePerson } from '#actions/people/erase/erase.ts';
import { findByLogin } from '#actions/people/find.ts';
import { identitiesOf } from '#actions/sources/identities.ts';
import { linkIdentity } from '#actions/sources/meet.ts';
import { type BootedHub, bootHub } from '#test/support/booted.ts';
import { Browser } from '#test/support/browser.ts';
import {
  addSource,
  eventsOf,
  signInBySource,
  startUpstream,
  type Upstream,
  visitSource,
} from '#test/support/upstream.ts';
import { type Visitor, visit } from '#test/support/visitor.ts';
import { operator, tokenIn } from './support.ts';

const endings: (() => Promise<void>)[] = [];
const context = { after: (end: () => Promise<void>) => void endings.push(end) };
let hub: BootedHub;
let upstream: Upstream;
let owner: Visitor;
let robot: Visitor;
const secret = 'only-the-source-knows-it';
const tenant = '11111111-2222-3333-4444-555555555555';

before(async () => {
  hub = await bootHub(context);
  upstream = await startUpstream(context);
  owner = await visit(hub.issuer).signIn((await hub.person('owner', 'hub-owner')).email ?? '');
  robot = visit(hub.issuer).withToken(await hub.token('hub:admin'));
});
after(async () => {
  for (const end of endings.reverse()) await end();
});

test('a source is made, changed, tried and removed over the API, and its secret never comes out', async () => {
  const body = {
    id: 'api',
    title: 'API made',
    provider: 'oidc',
    issuer: upstream.issuer,
    clientId: 'hub',
    clientSecret: secret,
  };
  const bad = await owner.call('POST', '/api/v1/sources', { ...body, issuer: 'http://public.example', algs: ['none'] });
  assert.deepEqual([bad.status, bad.body.errors.length > 0], [422, true]);
  const made = await owner.call('POST', '/api/v1/sources', body);
  assert.equal(made.status, 201, made.text);
  assert.deepEqual([made.body.hasSecret, made.body.enabled, made.body.create], [true, true, false]);
  assert.equal((await owner.call('POST', '/api/v1/sources', body)).status, 409);
  const tried = await owner.call('POST', '/api/v1/sources/api/test');
  assert.equal(tried.body.ok, true, tried.text);
  const etag = made.headers.get('etag') ?? '';
  const domains = { domains: ['api.example'] };
  const changed = await owner.call('PATCH', '/api/v1/sources/api', domains, { 'if-match': etag });
  assert.deepEqual([changed.status, changed.body.domains, changed.body.hasSecret], [200, ['api.example'], true]);
  assert.equal((await owner.call('PATCH', '/api/v1/sources/api', { title: 'x' }, { 'if-match': etag })).status, 412);
  const other = await owner.call('POST', '/api/v1/sources', { ...body, ...domains, id: 'second' });
  assert.deepEqual([other.status, other.body.errors[0].path], [422, 'domains[0]']);
  const next = changed.headers.get('etag') ?? '';
  const kind = await owner.call('PATCH', '/api/v1/sources/api', { provider: 'google' }, { 'if-match': next });
  assert.equal(kind.status, 422);
  for (const page of ['/api/v1/sources', '/api/v1/sources/api', '/admin/sources/api', '/admin/sources/api/change'])
    assert.ok(!(await owner.browser.get(hub.issuer + page)).text.includes(secret), page);
  const events = JSON.stringify(await eventsOf(hub.services, 'source.'));
  assert.ok(!events.includes(secret));
  assert.equal((await owner.call('DELETE', '/api/v1/sources/api', undefined, { 'if-match': next })).status, 204);
});

test('a token changes no source that an administrator signs in by, but may switch it off', async () => {
  const source = await addSource(hub.services, upstream, { id: 'guarded', title: 'Guarded' });
  const admin = await createPerson(hub.services, operator, { email: 'admin@hongda.example' });
  await assignRole(hub.services, operator, admin.id, { role: 'hub-auditor', reason: 'for the test' });
  const identity = { source: 'guarded', issuer: upstream.issuer, subject: 'a-1' };
  await linkIdentity(hub.services, operator, admin, { ...identity, values: {}, incomplete: [], emailVerified: false });
  const match = { 'if-match': `"${source.version}"` };
  const evil = { trustMethods: true };
  assert.equal((await robot.call('PATCH', '/api/v1/sources/guarded', evil, match)).status, 403);
  assert.equal((await robot.call('DELETE', '/api/v1/sources/guarded', undefined, match)).status, 403);
  assert.equal((await robot.call('PATCH', '/api/v1/sources/guarded', { enabled: false }, match)).status, 200);
  const again = { 'if-match': `"${source.version + 1}"` };
  assert.equal((await robot.call('PATCH', '/api/v1/sources/guarded', { enabled: true }, again)).status, 403);
  assert.equal((await owner.call('PATCH', '/api/v1/sources/guarded', evil, again)).status, 200);
});

test('a token sets up no directory, through which passwords pass, but may switch one off', async () => {
  const ad = {
    id: 'staff',
    title: 'Staff directory',
    provider: 'ldap',
    url: 'ldaps://directory.example',
    bindDn: 'cn=hub,dc=example',
    bindPassword: secret,
    base: 'dc=example',
    filter: '(uid={login})',
  };
  assert.equal((await robot.call('POST', '/api/v1/sources', ad)).status, 403);
  const made = await owner.call('POST', '/api/v1/sources', ad);
  assert.equal(made.status, 201, made.text);
  const match = { 'if-match': made.headers.get('etag') ?? '' };
  const elsewhere = { url: 'ldaps://evil.example', bindPassword: secret };
  assert.equal((await robot.call('PATCH', '/api/v1/sources/staff', elsewhere, match)).status, 403);
  const off = await robot.call('PATCH', '/api/v1/sources/staff', { enabled: false }, match);
  assert.equal(off.status, 200, off.text);
  const again = { 'if-match': off.headers.get('etag') ?? '' };
  assert.equal((await robot.call('PATCH', '/api/v1/sources/staff', { enabled: true }, again)).status, 403);
  assert.equal((await owner.call('DELETE', '/api/v1/sources/staff', undefined, again)).status, 204);
});

test('a source is added and changed on a form, with each fault beside its field', async () => {
  const page = await owner.browser.get(`${hub.issuer}/admin/sources/new?provider=entra`);
  assert.equal(page.status, 200);
  const csrf = tokenIn(page);
  const form = { csrf, provider: 'entra', id: 'forms', title: 'Forms', issuer: upstream.issuer, clientId: 'hub' };
  const bad = await owner.browser.post(`${hub.issuer}/admin/sources`, { ...form, tenant: 'mine', domains: 'Bad_' });
  assert.equal(bad.status, 422);
  assert.match(bad.text, /is no tenant id/);
  assert.match(bad.text, /is no mail domain/);
  const typed = { ...form, tenant, clientSecret: secret, attributes: 'groups = groups\ndepartment=dep', create: 'yes' };
  const made = await owner.browser.post(`${hub.issuer}/admin/sources`, typed);
  assert.equal(made.location, '/admin/sources/forms', made.text);
  const change = await owner.browser.get(`${hub.issuer}/admin/sources/forms/change`);
  const version = /name="version" value="(\d+)"/.exec(change.text)?.[1] ?? '';
  const { clientSecret: _, ...without } = typed;
  await owner.browser.post(`${hub.issuer}/admin/sources/forms/change`, { ...without, version, title: 'Formed' });
  const shown = (await owner.call('GET', '/api/v1/sources/forms')).body;
  assert.deepEqual(
    [shown.title, shown.hasSecret, shown.attributes],
    ['Formed', true, { groups: 'groups', department: 'dep' }],
  );
  const stale = await owner.browser.post(`${hub.issuer}/admin/sources/forms/change`, { ...without, version });
  assert.equal(stale.status, 412);
});

test('the preview shows the last sign-in’s claims to who may see them, until the person is erased', async () => {
  Object.assign(upstream, {
    claims: {
      sub: 'x',
      oid: 'o-1',
      tid: tenant,
      email: 'wang@hongda.example',
      name: 'Wang Wei',
      groups: ['g-1', 'g-2'],
    },
  });
  await signInBySource(hub.issuer, new Browser(), 'forms');
  const page = await owner.browser.get(`${hub.issuer}/admin/sources/forms`);
  assert.match(page.text, /g-1; g-2/);
  const auditor = await visit(hub.issuer).signIn((await hub.person('auditor', 'hub-auditor')).email ?? '');
  assert.ok(!(await auditor.browser.get(`${hub.issuer}/admin/sources/forms`)).text.includes('g-1'));
  const person = (await findByLogin(hub.services, 'wang@hongda.example')) ?? assert.fail();
  assert.deepEqual(person.attributes.groups, ['g-1', 'g-2']);

  Object.assign(upstream.claims, { groups: undefined, _claim_names: { groups: 'src1' } });
  const browser = new Browser();
  const landed = await signInBySource(hub.issuer, browser, 'forms');
  assert.match(landed.text, /could not tell everything about you \(groups\)/);
  const kept = (await findByLogin(hub.services, 'wang@hongda.example'))?.attributes.groups;
  assert.deepEqual(kept, ['g-1', 'g-2']);
  const succeeded = (await eventsOf(hub.services, 'signin.succeeded')).find(({ detail }) => detail?.kept !== undefined);
  assert.deepEqual(succeeded?.detail?.kept, ['groups']);

  Object.assign(upstream.claims, { _claim_names: undefined, tid: tenant.replace('1', '9') });
  const foreign = await signInBySource(hub.issuer, new Browser(), 'forms');
  assert.equal(foreign.status, 403);
  await erasePerson(hub.services, operator, person.id, { reason: 'asked for it' });
  assert.deepEqual(await identitiesOf(hub.services, person.id), []);
  assert.ok(!(await owner.browser.get(`${hub.issuer}/admin/sources/forms`)).text.includes('Wang'));
});

test('a fresh sign-in has to be fresh at the source: its word counts, not the address the browser carries', async () => {
  await addSource(hub.services, upstream, { id: 'fresh', title: 'Fresh', create: true });
  Object.assign(upstream, {
    claims: { sub: 'f-1', email: 'fresh@hongda.example', name: 'Fresh', auth_time: 1_700_000_000 },
  });
  const browser = new Browser();
  await signInBySource(hub.issuer, browser, 'fresh');
  // The session is as old as the proof there, so a dangerous page asks again, and the old proof will not do.
  const again = await browser.follow(`${hub.issuer}/account/methods/app`);
  assert.match(again.url, /\/sign-in\//);
  const left = await browser.post(`${again.url}/source/fresh`, {});
  assert.equal(new URL(left.location ?? '').searchParams.get('prompt'), 'login');
  const come = async () => {
    const there = await new Browser().get(left.location ?? '');
    return browser.follow(there.location ?? '');
  };
  assert.equal((await come()).status, 403);
  const last = (await eventsOf(hub.services, 'signin.failed')).at(-1);
  assert.equal(last?.detail?.cause, 'not-fresh');
  const form = await browser.follow(`${hub.issuer}/account/methods/app`);
  const once = await browser.post(`${form.url}/source/fresh`, {});
  Object.assign(upstream.claims, { auth_time: Math.floor(Date.now() / 1000) });
  const there = await new Browser().get(once.location ?? '');
  assert.match((await browser.follow(there.location ?? '')).url, /\/account\/methods\/app/);
});

test('a source that is not there, or lies in a private network, is said so and lets nobody in', async () => {
  await addSource(hub.services, { issuer: 'http://localhost:9' }, { id: 'away', title: 'Away' });
  await addSource(hub.services, { issuer: 'https://10.255.255.1' }, { id: 'inside', title: 'Inside' });
  for (const id of ['away', 'inside']) {
    const browser = new Browser();
    await assert.rejects(visitSource(hub.issuer, browser, id));
    const failed = (await eventsOf(hub.services, 'signin.failed')).at(-1);
    assert.deepEqual(failed?.detail, { cause: 'unreachable', method: 'source', source: id });
  }
  const tried = await owner.call('POST', '/api/v1/sources/inside/test');
  assert.equal(tried.body.ok, false);
  assert.match(tried.text, /not allowed/);
});
