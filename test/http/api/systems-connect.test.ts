/** A product is connected, tested, rotated, duplicated and looked back at over REST; what is secret is answered once. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type BootedHub, bootHub } from '#test/support/booted.ts';
import { type Visitor, visit } from '#test/support/visitor.ts';

const endings: (() => Promise<void>)[] = [];
let hub: BootedHub;
let admin: Visitor;
let secret = '';

before(async () => {
  hub = await bootHub({ after: (end) => endings.push(end) });
  admin = visit(hub.issuer).withToken(await hub.token('hub:admin'));
});

after(async () => {
  for (const end of endings) await end();
});

const at = (path: string) => `/api/v1/systems/front-desk${path}`;

test('provider, title and address are enough', async () => {
  const body = { provider: 'generic', title: 'Front desk', url: 'https://desk.example/' };
  const made = await admin.call('POST', '/api/v1/systems', body);
  assert.equal(made.status, 201, made.text);
  assert.equal(made.body.id, 'front-desk');
  secret = made.body.secret;
  assert.match(secret, /^[A-Za-z0-9]{43}$/);
  assert.ok(made.body.guide.every((line: object) => ['step', 'field', 'value'].every((name) => name in line)));
  assert.ok(made.body.guide.some(({ value }: { value: string }) => value === secret));
  const again = await admin.call('GET', at('/guide'));
  assert.equal(again.body.guide.length, made.body.guide.length);
  for (const path of ['', '/guide', '/history']) {
    assert.ok(!(await admin.call('GET', at(path))).text.includes(secret), path);
  }
});

test('a test names what it asked, and what a person would arrive with', async () => {
  const anna = await hub.person('anna');
  const tested = await admin.call('POST', at('/test'), { person: anna.id });
  assert.equal(tested.status, 200, tested.text);
  assert.equal(tested.body.ok, false);
  assert.equal(tested.body.arrival.claims.email, 'anna@example.com');
  const fault = tested.body.arrival.verdicts.find(({ state }: { state: string }) => state === 'fault');
  assert.equal(fault.code, 'mayNotEnter');
  assert.match(fault.remedy, /role/);
  assert.equal((await admin.call('POST', at('/test'), { person: 'nobody' })).status, 422);
});

test('a rotation answers the new secret once and says until when the old one is good', async () => {
  const done = await admin.call('POST', at('/rotate-secret'), { overlap: '2h', reason: 'yearly' });
  assert.equal(done.status, 200, done.text);
  assert.notEqual(done.body.secret, secret);
  assert.ok(Date.parse(done.body.previousSecretUntil) > Date.now() + 7_000_000);
  assert.equal((await admin.call('POST', at('/rotate-secret'), { overlap: 'soon' })).status, 422);
  const shown = await admin.call('GET', at(''));
  assert.ok(!shown.text.includes(done.body.secret) && !/sealed/i.test(shown.text), shown.text);
});

test('a duplicate, what depends on a system, and its history', async () => {
  const twin = await admin.call('POST', at('/duplicate'), { title: 'Front desk (test)' });
  assert.equal(twin.status, 201, twin.text);
  assert.equal(twin.body.id, 'front-desk-test');
  const hangs = await admin.call('GET', at('/dependents'));
  assert.deepEqual([hangs.body.roles, hangs.body.entries], [[], 0]);
  const history = await admin.call('GET', at('/history'));
  assert.deepEqual(
    history.body.items.map(({ type }: { type: string }) => type),
    ['system.changed', 'system.created'],
  );
  assert.equal((await admin.call('GET', at('/history?limit=1'))).body.next === null, false);
});

test('a removal keeps its reason', async () => {
  const gone = await admin.call('DELETE', at('?reason=replaced'), undefined, { 'if-match': '"2"' });
  assert.equal(gone.status, 204, gone.text);
  const { items } = await hub.services.store.audit.query({ system: 'front-desk', type: 'system.removed' });
  assert.deepEqual(items[0]?.personal?.detail, { reason: 'replaced' });
});
