/** What somebody may do now: in each system its own rights alone, in the hub by single assignment alone, never stale. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { effectiveAccess } from '#actions/access/effective.ts';
import { explainAccess } from '#actions/access/explain.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { changePerson, disablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { applyPolicy } from '#actions/policy/apply.ts';
import type { Services } from '#actions/services.ts';
import { manualClock } from '#platform/clock.ts';
import { links, people, systems } from '#storage/collections.ts';
import { operator } from '#test/actions/people/support.ts';
import { aSystem } from '#test/support/records.ts';
import { testServices } from '#test/support/services.ts';

const now = Date.parse('2026-06-01T00:00:00Z');
const policy = `version: 1
domains:
  customer: { sides: [crm, erp], actions: [read, write] }
roles:
  base: { grants: { erp: [customer:read] } }
  seller: { includes: [base], grants: { crm: [customer:read, customer:write] } }
  guest: { grants: { crm: [customer:read] } }
assign:
  - { role: seller, when: { department: Sales }, until: 2026-07-01 }
  - { role: guest, when: { anything: hub-owner } }
`;

async function hub(t: TestContext) {
  const clock = manualClock(now);
  const services = await testServices(t, { clock });
  const settings = { nativeRoles: { 'customer:write': ['Sales Master'], base: ['Reader'] } };
  await services.store.write({
    changes: [
      { kind: 'insert', collection: systems, id: 'crm', data: aSystem({ side: 'crm', clientId: 'crm', settings }) },
      { kind: 'insert', collection: systems, id: 'erp', data: aSystem({ side: 'erp', clientId: 'erp', settings }) },
      { kind: 'insert', collection: systems, id: 'wiki', data: aSystem({ clientId: 'wiki', open: true }) },
    ],
  });
  await applyPolicy(services, operator, policy, 'start');
  const person = await createPerson(services, operator, { email: 'ann@example.com', department: 'Sales' });
  return { clock, services, id: person.id };
}

async function permissions(services: Services, id: string): Promise<Record<string, readonly string[]>> {
  const { systems: there } = await effectiveAccess(services, id);
  return Object.fromEntries([...there].map(([system, held]) => [system, held.permissions]));
}

test('each system gets its own permissions and roles, and claims of them alone', async (t) => {
  const { services, id } = await hub(t);
  const access = await effectiveAccess(services, id);
  assert.deepEqual(access.roles, ['base', 'seller']);
  const [crm, erp, wiki] = ['crm', 'erp', 'wiki'].map((system) => access.systems.get(system));
  assert.deepEqual(crm?.claims, {
    name: 'ann@example.com',
    email: 'ann@example.com',
    email_verified: false,
    preferred_username: 'ann@example.com',
    updated_at: Math.floor(((await services.store.get(people, id))?.changedAt ?? 0) / 1000),
    locale: 'en',
    zoneinfo: 'UTC',
    roles: ['seller'],
    permissions: ['customer:read', 'customer:write'],
    native_roles: ['Sales Master'],
  });
  // The seller has nothing in the ERP but through `base`, so both matter there.
  assert.deepEqual(
    [erp?.roles, erp?.permissions, erp?.nativeRoles],
    [['base', 'seller'], ['customer:read'], ['Reader']],
  );
  assert.deepEqual([wiki?.permissions, wiki?.roles, wiki?.mayEnter], [[], [], true]);
  assert.deepEqual((await explainAccess(services, id, 'crm')).claims, crm?.claims);
});

test('whatever changes holds at once', async (t) => {
  const { clock, services, id } = await hub(t);
  const full = { crm: ['customer:read', 'customer:write'], erp: ['customer:read'], wiki: [] };
  assert.deepEqual(await permissions(services, id), full);

  await changePerson(services, operator, id, { department: 'Stores' });
  assert.deepEqual(await permissions(services, id), { crm: [], erp: [], wiki: [] });
  await assignRole(services, operator, id, { role: 'seller', reason: 'test', until: now + 1000 });
  assert.deepEqual(await permissions(services, id), full);
  clock.advance(1000);
  assert.deepEqual(await permissions(services, id), { crm: [], erp: [], wiki: [] });
  await changePerson(services, operator, id, { department: 'Sales' });
  assert.deepEqual(await permissions(services, id), full);
  clock.set(Date.parse('2026-07-01T00:00:00Z'));
  assert.deepEqual(await permissions(services, id), { crm: [], erp: [], wiki: [] });
  clock.set(now);
  assert.deepEqual(await permissions(services, id), full);

  await applyPolicy(services, operator, policy.replace('customer:read, customer:write', 'customer:write'), 'less');
  assert.deepEqual((await permissions(services, id)).crm, ['customer:write']);
  const link = { person: id, system: 'crm', login: 'ANN', sub: 's', createdAt: now };
  await services.store.write({ changes: [{ kind: 'insert', collection: links, id: 'l', data: link }] });
  assert.equal((await effectiveAccess(services, id)).systems.get('crm')?.claims.preferred_username, 'ANN');
  assert.equal((await effectiveAccess(services, id)).systems.get('erp')?.claims.preferred_username, 'ann@example.com');
  await services.store.write({
    changes: [{ kind: 'update', collection: systems, id: 'crm', set: { enabled: false } }],
  });
  assert.equal((await effectiveAccess(services, id)).systems.get('crm')?.mayEnter, false);

  await disablePerson(services, operator, id);
  const ended = await effectiveAccess(services, id);
  assert.deepEqual([ended.active, ended.roles, ended.systems.get('wiki')?.mayEnter], [false, [], false]);
});

test('hub permissions come by single assignment alone, and only while active', async (t) => {
  const { services, id } = await hub(t);
  await changePerson(services, operator, id, { attributes: { anything: 'hub-owner' } });
  assert.equal((await effectiveAccess(services, id)).hub.size, 0);
  await assignRole(services, operator, id, { role: 'hub-auditor', reason: 'test', until: now + 1000 });
  const { hub: held, roles } = await effectiveAccess(services, id);
  assert.ok(held.has('hub:audit-export') && !held.has('hub:people-write'));
  assert.ok(!roles.includes('hub-auditor'), 'no business role');
  assert.equal((await effectiveAccess(services, id, now + 1000)).hub.size, 0);
  await disablePerson(services, operator, id);
  assert.equal((await effectiveAccess(services, id)).hub.size, 0);
});

test('a person who is not there', async (t) => {
  const { services, id } = await hub(t);
  await assert.rejects(effectiveAccess(services, 'nobody'), { code: 'not-found' });
  await services.store.write({ changes: [{ kind: 'remove', collection: people, id }] });
  await assert.rejects(effectiveAccess(services, id), { code: 'not-found' });
});
