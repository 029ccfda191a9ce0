/** Linking by employee number where the settings allow it, paging through many, and the page of a client. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createPerson } from '#actions/people/create.ts';
import { erasePerson } from '#actions/people/erase/erase.ts';
import { previewReconnect } from '#actions/scim/reconnect.ts';
import { scimClient } from '#actions/scim/tokens.ts';
import type { Origin } from '#domain/audit/event.ts';
import { people, scimUsers } from '#storage/collections.ts';
import { enterprise, scimHub, userOf } from '#test/support/scim.ts';
import { visit } from '#test/support/visitor.ts';

const operator: Origin = { actor: { kind: 'operator' } };
const config = (text: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'gatehouse-scim-')), 'hub.yaml');
  writeFileSync(file, text);
  return file;
};

test('with scim.adopt a user of the same employee number is the person who is there; never one with rights in the hub', async (t) => {
  const { hub, call } = await scimHub(t, { env: { HUB_CONFIG: config('scim: { adopt: employeeNumber }\n') } });
  const owner = await hub.person('owner', 'hub-owner');
  await hub.services.store.write({
    changes: [{ kind: 'update', collection: people, id: owner.id, set: { employeeNumber: 'E-0' } }],
  });
  const emma = await createPerson(hub.services, operator, {
    email: 'emma@example.com',
    name: 'Emma',
    employeeNumber: 'E-1',
  });
  await createPerson(hub.services, operator, { email: 'zoe@example.com', name: 'Zoe' });
  const client = scimClient(hub.services, 'robot-hub-scim');
  const before = await previewReconnect(hub.services, client);
  assert.deepEqual([before.known, before.adopted, before.refused], [0, 1, 2]);

  const made = await call(
    'POST',
    '/Users',
    userOf('emma@example.com', { displayName: 'Emma B.', [enterprise]: { employeeNumber: 'E-1' } }),
  );
  assert.deepEqual([made.status, made.body.id], [201, emma.id], made.text);
  assert.equal((await hub.services.store.get(people, emma.id))?.name, 'Emma B.');
  const [linked] = (await hub.services.store.audit.query({ type: 'person.linked', person: emma.id })).items;
  assert.deepEqual([linked?.system, linked?.detail], ['robot-hub-scim', { protocol: 'scim', adopted: true }]);
  const taken = await call('POST', '/Users', userOf('boss', { [enterprise]: { employeeNumber: 'E-0' } }));
  assert.deepEqual([taken.status, taken.body.scimType], [409, 'uniqueness']);
  const now = await previewReconnect(hub.services, client);
  assert.deepEqual([now.known, now.adopted, now.refused], [1, 0, 2]);

  await erasePerson(hub.services, operator, emma.id, { reason: 'asked for' });
  assert.equal((await hub.services.store.find(scimUsers, { where: { person: emma.id } })).items.length, 0);
});

test('two thousand users are paged through once each, filtered and sorted', async (t) => {
  const { call } = await scimHub(t);
  const total = 2000;
  for (let from = 0; from < total; from += 1000) {
    const Operations = Array.from({ length: 1000 }, (_, at) => ({
      method: 'POST',
      path: '/Users',
      bulkId: `b${at}`,
      data: userOf(`user-${String(from + at).padStart(5, '0')}`, { title: (from + at) % 2 === 0 ? 'Even' : 'Odd' }),
    }));
    const done = await call('POST', '/Bulk', {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations,
    });
    assert.ok(done.body.Operations.every(({ status }: { status: string }) => status === '201'));
  }
  const seen = new Set<string>();
  for (let startIndex = 1; startIndex <= total; startIndex += 200) {
    const { body } = await call('GET', `/Users?startIndex=${startIndex}&count=500`);
    assert.deepEqual([body.totalResults, body.startIndex, body.itemsPerPage], [total, startIndex, 200]);
    for (const { id } of body.Resources) seen.add(id);
  }
  assert.equal(seen.size, total);
  const even = await call(
    'GET',
    '/Users?filter=title%20eq%20%22even%22%20and%20userName%20gt%20%22user-01000%22&sortBy=userName&sortOrder=descending&count=1&attributes=userName',
  );
  assert.equal(even.body.totalResults, 499);
  assert.deepEqual(Object.keys(even.body.Resources[0]).sort(), ['id', 'meta', 'schemas', 'userName']);
  assert.equal(even.body.Resources[0].userName, 'user-01998');
  assert.equal((await call('GET', '/Users?count=0')).body.totalResults, total);
  assert.equal((await call('GET', '/Users?startIndex=9999')).body.Resources.length, 0);
  for (const query of [
    'count=many',
    'sortBy=password',
    'filter=userName',
    'surprise=1',
    'sortOrder=up',
    'count=1&count=2',
  ])
    assert.equal((await call('GET', `/Users?${query}`)).status, 400, query);
});

test('the page of a client makes a token once, shows refusals with their remedy, and ends the token', async (t) => {
  const { hub, call } = await scimHub(t);
  await hub.person('owner', 'hub-owner');
  await call('POST', '/Users', userOf('owner@example.com'));
  const admin = await visit(hub.issuer).signIn('owner@example.com');
  const page = await admin.page('GET', '/admin/systems/robot-hub-scim/scim?calls=refused');
  assert.equal(page.status, 200);
  assert.match(page.text, /POST \/Users/);
  assert.match(page.text, /belongs to another person; this client neither created nor linked that person/);
  assert.doesNotMatch(page.text, /owner@example\.com<\/code>/, 'nothing that was sent');
  const made = await admin.page('POST', '/admin/systems/robot-hub-scim/scim/tokens', { days: '30' });
  assert.equal(made.status, 200, made.text);
  const token = /ghs_[\w-]+/.exec(made.text)?.[0] ?? '';
  assert.equal(
    (await fetch(`${hub.issuer}/scim/v2/Users`, { headers: { authorization: `Bearer ${token}` } })).status,
    200,
  );
  const again = await admin.page('GET', '/admin/systems/robot-hub-scim/scim');
  assert.ok(!again.text.includes(token), 'once');
  const id = /scim\/tokens\/([^/"]+)\/revoke/.exec(again.text)?.[1] ?? '';
  assert.equal((await admin.page('POST', `/admin/systems/robot-hub-scim/scim/tokens/${id}/revoke`, {})).status, 303);
  assert.equal(
    (await fetch(`${hub.issuer}/scim/v2/Users`, { headers: { authorization: `Bearer ${token}` } })).status,
    401,
  );
});
