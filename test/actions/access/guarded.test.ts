/** Separation rules hold against accumulation by different roads, against races, and leave their record. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SeparationBreached } from '#actions/access/separation.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { changePerson, disablePerson, enablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { applyPolicy } from '#actions/policy/apply.ts';
import type { Services } from '#actions/services.ts';
import { manualClock } from '#platform/clock.ts';
import { assignments } from '#storage/collections.ts';
import { eventsOf, operator } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';

const policy = (mode: string, more = '') => `version: 1
domains:
  customer: { sides: [crm], actions: [write] }
  credit: { sides: [erp], actions: [approve] }
roles:
  seller: { grants: { crm: [customer:write] } }
  controller: { grants: { erp: [credit:approve] } }
assign:
  - { role: seller, when: { department: Sales } }
${more}
separation:
  - id: customer-credit
    conflict: [{ system: crm, permission: "customer:write" }, { system: erp, permission: "credit:approve" }]
    mode: ${mode}
`;
const now = Date.parse('2026-06-01T00:00:00Z');

async function hub(t: TestContext, mode: 'prevent' | 'warn' = 'prevent'): Promise<Services> {
  const services = await testServices(t, { clock: manualClock(now) });
  await applyPolicy(services, operator, policy(mode), 'start');
  return services;
}

async function person(services: Services, department = 'Stores'): Promise<string> {
  return (await createPerson(services, operator, { email: `p${++people}@example.com`, department })).id;
}
let people = 0;

const give = (services: Services, id: string, role: string, period: { from?: number; until?: number } = {}) =>
  assignRole(services, operator, id, { role, reason: 'test', ...period });

test('the second half of a conflict is refused by whichever road it comes', async (t) => {
  const services = await hub(t);
  const byHand = await person(services);
  await give(services, byHand, 'seller');
  await assert.rejects(give(services, byHand, 'controller'), SeparationBreached);

  const byAttribute = await person(services);
  await give(services, byAttribute, 'controller');
  await assert.rejects(changePerson(services, operator, byAttribute, { department: 'Sales' }), SeparationBreached);

  await changePerson(services, operator, byAttribute, { department: 'Stores' });
  const held = await services.store.find(assignments, { where: { person: byHand } });
  assert.deepEqual(
    held.items.map(({ role }) => role),
    ['seller'],
  );
  const prevented = await eventsOf(services, 'conflict.prevented');
  assert.deepEqual(
    prevented.map(({ outcome, subject, detail }) => [outcome, subject?.id, detail?.separation, detail?.act]),
    [
      ['denied', byHand, 'customer-credit', 'role.assigned'],
      ['denied', byAttribute, 'customer-credit', 'person.changed'],
    ],
  );
});

test('a rule of mode warn lets the act pass and records it with it', async (t) => {
  const services = await hub(t, 'warn');
  const id = await person(services);
  await give(services, id, 'seller');
  await give(services, id, 'controller');
  const [accepted, ...more] = await eventsOf(services, 'conflict.accepted');
  assert.deepEqual([accepted?.subject?.id, accepted?.detail?.separation, more.length], [id, 'customer-credit', 0]);
});

test('a breach that comes later by itself is refused when it is written down', async (t) => {
  const services = await hub(t);
  const day = 86_400_000;
  const id = await person(services);
  await give(services, id, 'seller', { from: now + day, until: now + 3 * day });
  await assert.rejects(give(services, id, 'controller', { until: now + 2 * day }), SeparationBreached);
  await give(services, id, 'controller', { until: now + day });
  await give(services, id, 'controller', { from: now + 3 * day });
});

test('who comes back is looked at again', async (t) => {
  const services = await hub(t);
  const id = await person(services, 'Sales');
  await disablePerson(services, operator, id);
  await give(services, id, 'controller');
  await assert.rejects(enablePerson(services, operator, id), SeparationBreached);
});

test('two admins giving the two halves at the same moment: one of them is refused', async (t) => {
  const services = await hub(t);
  for (let round = 0; round < 20; round++) {
    const id = await person(services);
    const results = await Promise.allSettled([
      give(services, id, 'seller'),
      give(services, id, 'controller'),
      changePerson(services, operator, id, { department: 'Sales' }),
    ]);
    const held = await services.store.find(assignments, { where: { person: id } });
    const roles = held.items.map(({ role }) => role);
    assert.ok(results.some(({ status }) => status === 'rejected'));
    assert.ok(!roles.includes('controller') || (!roles.includes('seller') && results[2].status === 'rejected'));
    for (const result of results)
      if (result.status === 'rejected') assert.ok(result.reason instanceof SeparationBreached);
  }
});

test('an assignment and a policy that do not go together, at the same moment: one of them is refused', async (t) => {
  const services = await hub(t);
  for (let round = 0; round < 10; round++) {
    const id = await person(services, `D${round}`);
    const next = policy('prevent', `  - { role: seller, when: { department: D${round} } }`);
    const [given, applied] = await Promise.allSettled([
      give(services, id, 'controller'),
      applyPolicy(services, operator, next, 'race'),
    ]);
    assert.deepEqual([given.status, applied.status].toSorted(), ['fulfilled', 'rejected']);
    await applyPolicy(services, operator, policy('prevent', `# ${round}`), 'back');
  }
});
