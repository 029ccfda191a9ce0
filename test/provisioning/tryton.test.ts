/** Joiners, movers and leavers in two databases of a real Tryton, as Tryton says: the hub is never asked what stands there. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { assignRole } from '#actions/assignments/assign.ts';
import { changePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { leavePerson } from '#actions/people/leave.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { applyProvisioning } from '#actions/provisioning/apply.ts';
import { driftOf } from '#actions/provisioning/drift.ts';
import { planProvisioning } from '#actions/provisioning/plan.ts';
import { shownPlan } from '#actions/provisioning/shown.ts';
import type { Services } from '#actions/services.ts';
import { createSystem } from '#actions/systems/create.ts';
import type { Origin } from '#domain/audit/event.ts';
import { startAccounts } from '#provisioning/accounts.ts';
import type { SystemInput } from '#settings/system.ts';
import { systemSettings } from '#test/support/hub.ts';
import { testServices } from '#test/support/services.ts';
import type { TrytonDatabase, TrytonUser } from '#test/support/tryton/rpc.ts';
import { startTryton, type Tryton } from '#test/support/tryton.ts';

const operator: Origin = { actor: { kind: 'operator' } };
const policy = `
version: 1
domains:
  opportunity: { title: Opportunities, sides: [crm, erp], actions: [write] }
  order: { title: Orders, sides: [crm, erp], actions: [read, write] }
roles:
  sales:
    title: Sales
    grants: { crm: [opportunity:write, order:write], erp: [order:write] }
  buyer:
    title: Buyer
    grants: { erp: [order:read] }
assign:
  - { role: sales, when: { department: Sales } }
  - { role: buyer, when: { department: Purchasing } }
`;

function system(id: 'crm' | 'erp', tryton: Tryton, more: object = {}): Partial<SystemInput> {
  return {
    ...{
      id,
      title: id,
      side: id,
      clientSecret: 'long enough for a secret',
      redirectUris: [`http://127.0.0.1:1/${id}`],
    },
    settings: {
      nativeRoles: { 'opportunity:write': ['Sale Opportunity'], 'order:write': ['Sales'], 'order:read': ['Purchase'] },
    },
    provisioning: {
      ...{ connector: 'tryton', url: tryton.url, database: id, login: 'admin', password: tryton.password },
      ...{ mode: 'on', accounts: 'create', roles: 'replace', check: '0s', ...more },
    },
  };
}

/** Waits until Tryton says so; a hub that never gets there fails the test by its own time-out. */
async function until(
  database: TrytonDatabase,
  login: string,
  holds: (user: TrytonUser | undefined) => boolean,
): Promise<TrytonUser | undefined> {
  for (;;) {
    // Read while it writes, Tryton may miss a row that it has just seen.
    const users = await database.users().catch(() => undefined);
    const user = users?.get(login);
    if (users !== undefined && holds(user)) return user;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function company(t: TestContext, tryton: Tryton, more: object = {}): Promise<Services> {
  const services = await testServices(t);
  for (const id of ['crm', 'erp'] as const)
    await createSystem(services, operator, systemSettings(system(id, tryton, more)), 'console');
  await publishPolicy(services, operator, { text: policy, reason: 'for the test' });
  return services;
}

const person = (email: string, department: string) => ({ email, name: email.split('@')[0] ?? '', department });

test('a joiner, a mover and a leaver are carried into both databases', { timeout: 120_000 }, async (t) => {
  const tryton = await startTryton(t);
  if (tryton === undefined) return;
  const services = await company(t, tryton);
  const accounts = startAccounts(services);
  try {
    const anna = await createPerson(services, operator, person('anna@example.com', 'Sales'));
    const began = Date.now();
    const inCrm = await until(tryton.crm, 'anna@example.com', (user) => user?.groups.length === 2);
    const inErp = await until(tryton.erp, 'anna@example.com', (user) => user?.groups.length === 1);
    t.diagnostic(`a joiner stood in both after ${Date.now() - began} ms`);
    assert.deepEqual([inCrm?.groups, inCrm?.active], [['Sale Opportunity', 'Sales'], true]);
    assert.deepEqual([inErp?.groups, inErp?.email], [['Sales'], 'anna@example.com']);

    await changePerson(services, operator, anna.id, { department: 'Purchasing' });
    await until(tryton.erp, 'anna@example.com', (user) => user?.groups.join() === 'Purchase');
    const moved = await until(tryton.crm, 'anna@example.com', (user) => user?.active === false);
    assert.deepEqual(moved?.groups, [], 'no right is left in the CRM');

    await changePerson(services, operator, anna.id, { department: 'Sales' });
    await until(tryton.crm, 'anna@example.com', (user) => user?.active === true && user.groups.length === 2);
    await leavePerson(services, operator, anna.id);
    for (const database of [tryton.crm, tryton.erp])
      await until(database, 'anna@example.com', (user) => user?.active === false && user.groups.length === 0);

    const left = shownPlan(await planProvisioning(services, operator, 'erp'));
    assert.deepEqual([left.create, left.change, left.disable, left.faults], [[], [], [], []]);
    const { items } = await services.store.audit.query({ person: anna.id, type: 'provision.applied', order: 'newest' });
    assert.deepEqual(items[0]?.after, { found: { active: false, roles: [] } });
  } finally {
    await accounts.stop();
  }
});

test('what was given by hand is drift, and goes or stays as the system says; strangers are left alone', {
  timeout: 120_000,
}, async (t) => {
  const tryton = await startTryton(t);
  if (tryton === undefined) return;
  for (const roles of ['replace', 'add-only'] as const) {
    await t.test(roles, async (t) => {
      const services = await company(t, tryton, { roles });
      const login = `${roles}@example.com`;
      const { id } = await createPerson(services, operator, person(login, 'Sales'));
      const accounts = startAccounts(services);
      try {
        await until(tryton.erp, login, (user) => user?.groups.join() === 'Sales');
        await tryton.erp.giveGroup(login, 'Accounting');
        await tryton.erp.call('model.res.user.create', [{ login: `stranger-${roles}`, name: 'Stranger' }]);
        const drift = shownPlan(await driftOf(services, operator, 'erp'));
        assert.deepEqual(
          drift.change.filter((one) => one.login === login),
          [{ person: login, id, login, add: [], remove: ['Accounting'] }],
        );
        assert.ok(drift.unmanaged.some((one) => one.login === `stranger-${roles}`));
        assert.ok(
          !drift.unmanaged.some((one) => one.login === 'admin'),
          'the own account of the connection is not listed',
        );
        await applyProvisioning(services, operator, 'erp');
        if (roles === 'replace') await until(tryton.erp, login, (user) => user?.groups.join() === 'Sales');
        else assert.deepEqual((await tryton.erp.users()).get(login)?.groups, ['Accounting', 'Sales']);
        assert.equal((await tryton.erp.users()).get(`stranger-${roles}`)?.active, true);
      } finally {
        await accounts.stop();
      }
    });
  }
});

test('an assignment by itself, and a product that was away, are carried', { timeout: 120_000 }, async (t) => {
  const tryton = await startTryton(t);
  if (tryton === undefined) return;
  const services = await company(t, tryton);
  const accounts = startAccounts(services);
  try {
    const { id } = await createPerson(services, operator, person('bert@example.com', 'Purchasing'));
    await until(tryton.erp, 'bert@example.com', (user) => user?.groups.join() === 'Purchase');
    await tryton.kill();
    await assignRole(services, operator, id, { role: 'sales', reason: 'helps out' });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await tryton.again();
    await until(tryton.erp, 'bert@example.com', (user) => user?.groups.join() === 'Purchase,Sales');
    await until(tryton.crm, 'bert@example.com', (user) => user?.groups.length === 2);
  } finally {
    await accounts.stop();
  }
});
