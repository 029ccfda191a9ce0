/** Access reviews over HTTP: a reviewer's page and its forms, the API, and what neither lets through. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changePerson } from '#actions/people/change.ts';
import { erasePerson } from '#actions/people/erase/erase.ts';
import type { Stored } from '#storage/collection.ts';
import { type ReviewItem, reviewItems } from '#storage/collections.ts';
import { type Visitor, visit } from '#test/support/visitor.ts';
import { operator, pagesHub, signedInBrowser, tokenIn } from './support.ts';

async function company(t: Parameters<typeof pagesHub>[0]) {
  const hub = await pagesHub(t);
  const { services, issuer } = hub;
  const admin = await hub.person('admin', 'hub-people-admin');
  const boss = await hub.person('boss');
  const anna = await hub.person('anna', 'sales', 'clerk');
  await changePerson(services, operator, anna.id, { manager: 'boss@example.com', name: '=<b>Anna</b>' });
  const asAdmin = await visit(issuer).signIn(admin.email ?? '');
  const begin = async (more: object = {}) => {
    const made = await asAdmin.call('POST', '/api/v1/reviews', {
      ...{ title: 'Autumn', scope: { kind: 'everybody' }, due: '2099-01-01' },
      reviewers: { managers: true, owners: [], fallback: admin.id },
      ...more,
    });
    return made;
  };
  return { hub, services, issuer, admin, boss, anna, asAdmin, begin };
}

/** Its items once they are made. */
async function opened(asAdmin: Visitor, id: string): Promise<void> {
  for (;;) if ((await asAdmin.call('GET', `/api/v1/reviews/${id}`)).body.state === 'open') return;
}

test('the API begins, lists, decides, takes back, reports and closes', async (t) => {
  const { begin, asAdmin, anna, boss } = await company(t);
  const far = await begin();
  assert.equal(far.status, 422, 'within two years');
  assert.deepEqual(
    far.body.errors.map(({ path }: { path: string }) => path),
    ['due'],
  );
  const due = new Date(Date.now() + 5 * 86_400_000).toISOString();
  const wrong = {
    due,
    scope: { kind: 'role', role: 'none' },
    reviewers: { managers: true, owners: [], fallback: 'x' },
  };
  const faults = (await begin(wrong)).body.errors.map(({ path }: { path: string }) => path);
  assert.deepEqual(faults, ['scope.role', 'reviewers.fallback']);
  assert.equal((await begin({ due, undecided: 'maybe' })).status, 422);
  const body = {
    ...{ title: 'Autumn', scope: { kind: 'everybody' }, due },
    reviewers: { managers: true, owners: [], fallback: boss.id },
  };
  const preview = await asAdmin.call('POST', '/api/v1/reviews/preview', body);
  assert.deepEqual([preview.body.items, preview.body.people, preview.body.nobody], [3, 2, 1]);
  const made = await begin({ due });
  assert.deepEqual([made.status, made.body.state, made.body.undecided], [201, 'opening', 'keep']);
  const path = `/api/v1/reviews/${made.body.id}`;
  await opened(asAdmin, made.body.id);

  const { items } = (await asAdmin.call('GET', `${path}/items?state=open&reviewer=${boss.id}`)).body;
  assert.deepEqual(items.map(({ role }: { role: string }) => role).sort(), ['clerk', 'sales']);
  const sales = items.find(({ role }: { role: string }) => role === 'sales');
  assert.deepEqual(sales.gives.map(({ system }: { system: string }) => system).sort(), ['crm', 'erp']);
  assert.ok(sales.notUsedSince !== undefined && sales.assignment.reason === 'for the test');
  assert.equal((await asAdmin.call('GET', `${path}/items?limit=1&person=${anna.id}`)).body.items.length, 1);
  assert.equal((await asAdmin.call('GET', `${path}/items?q=x`)).status, 400);
  const item = `${path}/items/${sales.id}`;
  const decide = (more: object, version: number | string = sales.version) =>
    asAdmin.call('POST', `${item}/decide`, { digest: sales.digest, ...more }, { 'if-match': `"${version}"` });
  assert.equal((await decide({ decision: 'withdraw' })).status, 422, 'without a reason');
  assert.equal((await decide({ decision: 'withdraw', reason: 'over', digest: 'x' })).status, 412);
  assert.equal((await decide({ decision: 'withdraw', reason: 'over' }, 99)).status, 412);
  assert.equal((await asAdmin.call('POST', `${item}/decide`, { decision: 'keep', digest: 'x' })).status, 428);
  const done = await decide({ decision: 'withdraw', reason: 'over' });
  assert.deepEqual([done.status, done.body.state, done.body.decision.reason], [200, 'withdrawn', 'over']);
  assert.equal((await decide({ decision: 'keep' }, done.body.version)).status, 409);
  const { items: roles } = (await asAdmin.call('GET', `/api/v1/people/${anna.id}/roles`)).body;
  assert.deepEqual(
    roles.map(({ role }: { role: string }) => role),
    ['clerk'],
  );
  const undone = await asAdmin.call('POST', `${item}/undo`, undefined, { 'if-match': `"${done.body.version}"` });
  assert.deepEqual([undone.status, undone.body.state], [200, 'open']);
  // Under another review it is not there.
  const other = (await begin({ due })).body.id;
  assert.equal((await asAdmin.call('GET', `/api/v1/reviews/${other}/items/${sales.id}`)).status, 404);

  const report = await asAdmin.call('GET', `${path}/report`);
  assert.match(report.headers.get('content-type') ?? '', /^text\/csv/);
  assert.match(
    report.text,
    /^name,login[\s\S]*'=<b>Anna<\/b>,anna@example\.com,,sales,crm: customer:read customer:write; erp: shipment:read,/,
  );
  const closed = await asAdmin.call('POST', `${path}/close`, { reason: 'enough' });
  assert.equal(closed.status, 200, closed.text);
  assert.equal((await asAdmin.call('POST', `${path}/close`, { reason: 'enough' })).status, 409);
  for (;;) {
    const { state, counts } = (await asAdmin.call('GET', path)).body;
    if (state !== 'closed') continue;
    assert.deepEqual([counts.undecided, counts.open], [3, 0]);
    break;
  }
  const list = (await asAdmin.call('GET', '/api/v1/reviews?state=closed')).body.items;
  assert.deepEqual(
    list.map(({ id }: { id: string }) => id),
    [made.body.id],
  );
});

test('a reviewer decides on their own page; nobody else does by its forms, and an empty or foreign form changes nothing', async (t) => {
  const { hub, services, issuer, begin, asAdmin, anna, boss } = await company(t);
  await hub.person('eve');
  const { id } = (await begin({ due: new Date(Date.now() + 5 * 86_400_000).toISOString() })).body;
  await opened(asAdmin, id);
  const { items } = await services.store.find(reviewItems, { where: { person: anna.id } });
  const sales = items.find(({ role }) => role === 'sales') ?? assert.fail();
  const stateOf = async (item: Stored<ReviewItem>) => (await services.store.get(reviewItems, item.id))?.state;

  const browser = await signedInBrowser(issuer, 'boss@example.com');
  const page = await browser.get(`${issuer}/account/reviews`);
  assert.ok(page.text.includes('=&lt;b&gt;Anna&lt;/b&gt;') && !page.text.includes('<b>Anna</b>'));
  const csrf = tokenIn(page);
  const good = { csrf, version: String(sales.version), digest: sales.digest, decision: 'withdraw', reason: 'over' };
  const post = (form: Record<string, string>, item = sales.id) =>
    browser.post(`${issuer}/account/reviews/${item}/decide`, form);
  for (const form of [
    { csrf },
    { ...good, decision: '' },
    { ...good, decision: 'constructor' },
    { ...good, reason: '' },
    { ...good, reason: 'x'.repeat(501) },
    { ...good, version: '' },
    { ...good, digest: '' },
  ])
    assert.equal((await post(form)).status, 303, JSON.stringify(form));
  assert.equal((await post({ ...good, csrf: 'x' })).status, 403);
  assert.equal((await post(good, 'none')).status, 404);
  for (const seen of ['', 'none~1~x', `${sales.id}~1~x`, `${sales.id}`, 'x'.repeat(9000)])
    assert.ok([303, 404].includes((await browser.post(`${issuer}/account/reviews/keep-all`, { csrf, seen })).status));
  assert.equal(await stateOf(sales), 'open');

  for (const name of ['eve', 'anna']) {
    const other = await signedInBrowser(issuer, `${name}@example.com`);
    const own = await other.get(`${issuer}/account/reviews`);
    assert.ok(own.text.includes('Nothing waits for you'), name);
    const mine = { ...good, csrf: tokenIn(await other.get(`${issuer}/account/password`)) };
    assert.equal((await other.post(`${issuer}/account/reviews/${sales.id}/decide`, mine)).status, 303);
    assert.match(
      (await other.get(`${issuer}/account/reviews`)).text,
      /Nobody reviews their own access|Somebody else is asked/,
    );
    assert.equal((await other.post(`${issuer}/account/reviews/${sales.id}/undo`, mine)).status, 303);
  }
  assert.equal(await stateOf(sales), 'open');
  await post(good);
  assert.equal(await stateOf(sales), 'withdrawn');
  assert.equal((await services.store.get(reviewItems, sales.id))?.decision?.by, `person:${boss.id}`);

  // Erased in the middle: its page, its report and its API go on.
  await erasePerson(services, operator, anna.id, { reason: 'asked' });
  assert.equal((await browser.get(`${issuer}/account/reviews`)).status, 200);
  assert.doesNotMatch((await asAdmin.call('GET', `/api/v1/reviews/${id}/report`)).text, /Anna|anna@/);
  assert.equal((await post(good)).status, 404);
});
