/** Who breaches what as things stand: one walk over everybody for as long as nothing changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignRole } from '#actions/assignments/assign.ts';
import { withdrawRole } from '#actions/assignments/withdraw.ts';
import { createPerson } from '#actions/people/create.ts';
import { standingConflicts } from '#actions/policy/conflicts.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { manualClock } from '#platform/clock.ts';
import { people } from '#storage/collections.ts';
import { operator } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';

const policy = (mode: string, until = '') => `
version: 1
domains:
  customer: { title: Customers, sides: [crm], actions: [write] }
  credit: { title: Credit, sides: [erp], actions: [approve] }
roles:
  seller: { title: Seller, grants: { crm: [customer:write] } }
  controller: { title: Controller, grants: { erp: [credit:approve] } }
assign:
  - { role: seller, when: { department: Sales }${until} }
separation:
  - id: apart
    title: Apart
    conflict: [{ system: crm, permission: customer:write }, { system: erp, permission: credit:approve }]
    mode: ${mode}
`;

test('the walk is made once, and again after whatever may change the answer', async (t) => {
  const clock = manualClock(Date.parse('2026-05-01T12:00:00Z'));
  const services = await testServices(t, { clock });
  await publishPolicy(services, operator, { text: policy('warn'), reason: 'for the test' });
  const ada = await createPerson(services, operator, { name: 'Ada', email: 'ada@example.com', department: 'Sales' });
  const find = t.mock.method(services.store.engine, 'find');
  const walks = () => find.mock.calls.filter(({ arguments: [collection] }) => collection === people).length;
  const breaching = async () => (await standingConflicts(services)).map(({ person }) => person);

  assert.deepEqual(await breaching(), []);
  const once = walks();
  assert.ok(once > 0);
  assert.deepEqual(await Promise.all([breaching(), breaching(), breaching()]), [[], [], []]);
  assert.equal(walks(), once, 'nothing changed');

  const from = clock.now() + 60_000;
  const given = { role: 'controller', reason: 'stands in', from, until: from + 60_000 };
  await assignRole(services, operator, ada.id, given);
  assert.deepEqual(await breaching(), [], 'not yet in force');
  clock.set(from);
  assert.deepEqual(await breaching(), ['ada@example.com'], 'a date was reached');
  clock.set(from + 59_999);
  const kept = walks();
  assert.deepEqual(await breaching(), ['ada@example.com']);
  assert.equal(walks(), kept);
  clock.set(from + 60_000);
  assert.deepEqual(await breaching(), []);

  const role = await assignRole(services, operator, ada.id, { role: 'controller', reason: 'for good' });
  assert.deepEqual(await breaching(), ['ada@example.com'], 'an assignment was made');
  await publishPolicy(services, operator, { text: policy('warn', ', until: 2026-05-02'), reason: 'ends' });
  assert.equal((await standingConflicts(services)).length, 1);
  clock.set(Date.parse('2026-05-02T00:00:00Z'));
  assert.deepEqual(await breaching(), [], 'a rule of the policy ended');
  await publishPolicy(services, operator, { text: policy('prevent').replace('Sales', 'Nowhere'), reason: 'other' });
  await withdrawRole(services, operator, ada.id, role.id);
  await createPerson(services, operator, { name: 'Eve', email: 'eve@example.com', department: 'Nowhere' });
  assert.deepEqual(await breaching(), []);
});
