/** Systems, keys and the record over REST, on a hub as it is started. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AuditEvent } from '#domain/audit/event.ts';
import { verifyExport } from '#domain/audit/verify.ts';
import { type BootedHub, bootHub } from '#test/support/booted.ts';
import { type Visitor, visit } from '#test/support/visitor.ts';

const endings: (() => Promise<void>)[] = [];
let hub: BootedHub;
let admin: Visitor;
let reader: Visitor;

before(async () => {
  hub = await bootHub({ after: (end) => endings.push(end) });
  admin = visit(hub.issuer).withToken(await hub.token('hub:admin'));
  reader = visit(hub.issuer).withToken(await hub.token('hub:read'));
});

after(async () => {
  for (const end of endings) await end();
});

const secret = 'the-secret-of-the-desk';
const desk = {
  id: 'desk',
  title: 'Customer desk',
  side: 'crm',
  redirectUris: ['https://desk.example/callback'],
  clientSecret: secret,
};

test('an API belongs to one system: another does not take over its audience', async () => {
  const api = { api: { audience: 'urn:warehouse' } };
  const one = await admin.call('POST', '/api/v1/systems', { ...desk, ...api, id: 'warehouse' });
  assert.equal(one.status, 201, one.text);
  assert.deepEqual([one.body.api, one.body.audience], [api.api, undefined]);
  assert.equal((await admin.call('POST', '/api/v1/systems', { ...desk, ...api, id: 'impostor' })).status, 409);
  assert.equal((await admin.call('POST', '/api/v1/systems', { ...desk, id: 'impostor' })).status, 201);
  const change = await admin.call('PATCH', '/api/v1/systems/impostor', api, { 'if-match': '"1"' });
  assert.equal(change.status, 409, change.text);
  const gone = await admin.call('PATCH', '/api/v1/systems/warehouse', { api: null }, { 'if-match': '"1"' });
  assert.equal(gone.status, 200, gone.text);
  assert.equal((await admin.call('PATCH', '/api/v1/systems/impostor', api, { 'if-match': '"1"' })).status, 200);
  for (const id of ['warehouse', 'impostor']) {
    assert.equal((await admin.call('DELETE', `/api/v1/systems/${id}`, undefined, { 'if-match': '"2"' })).status, 204);
  }
});

test('a system is made, changed, switched off and removed; its secret never comes out', async () => {
  const made = await admin.call('POST', '/api/v1/systems', desk);
  assert.equal(made.status, 201, made.text);
  assert.equal(made.body.hasSecret, true);
  const changed = await admin.call(
    'PATCH',
    '/api/v1/systems/desk',
    { title: 'Desk', description: 'For customers', clientSecret: `${secret}-2` },
    { 'if-match': '"1"' },
  );
  assert.equal(changed.status, 200, changed.text);
  assert.equal(changed.body.title, 'Desk');
  const back = await admin.call('PATCH', '/api/v1/systems/desk', { description: null }, { 'if-match': '"2"' });
  assert.equal(back.body.description, undefined);
  const off = await admin.call('PATCH', '/api/v1/systems/desk', { enabled: false }, { 'if-match': '"3"' });
  assert.equal(off.body.enabled, false);
  const list = await reader.call('GET', '/api/v1/systems?q=desk');
  assert.equal(list.body.items.length, 1);
  const all = [made, changed, back, off, list, await admin.call('GET', '/api/v1/systems/desk')];
  for (const { text } of all) assert.doesNotMatch(text, new RegExp(`${secret}|sealed|v1\\.`, 'i'));
  assert.doesNotMatch(
    JSON.stringify((await hub.services.store.audit.query({ system: 'desk' })).items),
    new RegExp(secret),
  );
  assert.equal((await admin.call('DELETE', '/api/v1/systems/desk', undefined, { 'if-match': '"1"' })).status, 412);
  assert.equal((await admin.call('DELETE', '/api/v1/systems/desk', undefined, { 'if-match': '"4"' })).status, 204);
  assert.equal((await admin.call('GET', '/api/v1/systems/desk')).status, 404);
});

const refusals: [what: string, change: object, path: string][] = [
  ['a wildcard', { redirectUris: ['https://*.example/'] }, 'redirectUris[0]'],
  ['a script', { redirectUris: ['javascript:alert(1)'] }, 'redirectUris[0]'],
  ['plain http', { redirectUris: ['http://desk.example/'] }, 'redirectUris[0]'],
  ['a file of the hub', { clientSecretFile: '/etc/passwd' }, 'clientSecretFile'],
  ['the hub’s own name', { id: 'hub' }, 'id'],
  ['another side', { side: 'both' }, 'side'],
  ['an unknown key', { origin: 'config' }, 'origin'],
];
for (const [what, change, path] of refusals) {
  test(`a system with ${what} is refused`, async () => {
    const refused = await admin.call('POST', '/api/v1/systems', { ...desk, ...change });
    assert.equal(refused.status, 422, refused.text);
    assert.ok(
      refused.body.errors.some((fault: { path: string }) => fault.path === path),
      refused.text,
    );
  });
}

test('hub:read changes nothing', async () => {
  assert.equal((await reader.call('POST', '/api/v1/systems', desk)).status, 403);
  assert.equal((await reader.call('POST', '/api/v1/keys/rotate')).status, 403);
});

test('keys rotate in steps and show no private half', async () => {
  const first = await admin.call('POST', '/api/v1/keys/rotate');
  assert.equal(first.status, 200, first.text);
  assert.equal(first.body.created.length, 2);
  const early = await admin.call('POST', '/api/v1/keys/rotate');
  assert.deepEqual([early.status, early.body.code], [409, 'too-early']);
  assert.ok(Number(early.headers.get('retry-after')) > 500);
  const waiting = (await reader.call('GET', '/api/v1/keys')).body.items.filter(
    (key: { readyAt?: string }) => key.readyAt,
  );
  assert.equal(waiting.length, 2);
  const second = await admin.call('POST', '/api/v1/keys/rotate', { now: true });
  assert.equal(second.body.retired.length, 2);
  const list = await reader.call('GET', '/api/v1/keys');
  assert.deepEqual(list.body.items.map((key: { state: string }) => key.state).sort(), [
    'active',
    'active',
    'next',
    'next',
    'retired',
    'retired',
  ]);
  assert.doesNotMatch(list.text, /"d"|private|sealed/i);
});

test('the policy is read, simulated and checked, with the line of each fault', async () => {
  for (const side of ['crm', 'erp']) {
    const system = { ...desk, id: side, clientId: side, side };
    assert.equal((await admin.call('POST', '/api/v1/systems', system)).status, 201);
  }
  const current = await reader.call('GET', '/api/v1/policy');
  assert.equal(current.headers.get('etag'), `"${current.body.number}"`);
  const same = await reader.call('POST', '/api/v1/policy/simulate', { text: current.body.text });
  assert.equal(same.status, 200, same.text);
  assert.deepEqual([same.body.gains, same.body.losses], [[], []]);
  const faulty = await reader.call('POST', '/api/v1/policy/simulate', { text: 'version: 1\nrolls: {}\n' });
  assert.equal(faulty.status, 422);
  assert.equal(faulty.body.errors[0].path, 'rolls');
  assert.equal(faulty.body.errors[0].line, 2);
  for (const number of ['0', '2', '01', '1e0', '-1', '__proto__']) {
    assert.equal((await reader.call('GET', `/api/v1/policy/versions/${number}`)).status, 404, number);
  }
  assert.deepEqual((await reader.call('GET', '/api/v1/policy/conflicts')).body, { items: [], next: null });
});

test('the record is searched, exported whole and verified', async () => {
  await hub.person('seen');
  const page = await reader.call('GET', '/api/v1/audit?type=person.&limit=1');
  assert.equal(page.body.items[0].type, 'person.created');
  assert.match(page.body.items[0].personal.subject, /seen/, 'personal values are opened');
  const exported = await reader.call('GET', '/api/v1/audit/export');
  assert.equal(exported.headers.get('content-type'), 'application/x-ndjson');
  const lines: AuditEvent[] = exported.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(exported.headers.get('x-events'), String(lines.length));
  const verdict = await verifyExport(
    (async function* () {
      yield* lines;
    })(),
  );
  assert.deepEqual(verdict, { ok: true, events: lines.length, writers: 1 });
  const csv = await reader.call('GET', '/api/v1/audit/export?format=csv&type=person.created');
  assert.match(csv.headers.get('content-disposition') ?? '', /audit\.csv/);
  const newest = await reader.call('GET', '/api/v1/audit?type=audit.&limit=1');
  assert.deepEqual(newest.body.items[0].detail.filter, { type: 'person.created' });
  assert.deepEqual(newest.body.items[0].actor, { kind: 'system', id: 'robot-hub-read' });
  assert.equal((await reader.call('GET', '/api/v1/audit/verify')).body.ok, true);
});

for (const query of [
  'type=person',
  'type=$ne',
  'since=yesterday',
  'outcome=good',
  'order=newest',
  'limit=500',
  'person[$ne]=x',
]) {
  test(`the record is not searched by ${query}`, async () => {
    assert.equal((await reader.call('GET', `/api/v1/audit?${query}`)).status, 400);
  });
}
