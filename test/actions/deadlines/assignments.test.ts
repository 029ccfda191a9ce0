/** An assignment that ends leaves its record once, gives nothing from its instant on, and stays as history. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveAccess } from '#actions/access/effective.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { withdrawRole } from '#actions/assignments/withdraw.ts';
import { expireAssignments } from '#actions/deadlines/assignments.ts';
import { createPerson } from '#actions/people/create.ts';
import { applyPolicy } from '#actions/policy/apply.ts';
import type { HubError } from '#domain/errors.ts';
import { assignments } from '#storage/collections.ts';
import { eventsOf, operator } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';

const policy = `
version: 1
domains:
  customer: { title: Customers, sides: [crm], actions: [write] }
roles:
  seller: { title: Seller, grants: { crm: ['customer:write'] } }
`;
const reason = 'holiday cover';
const day = 86_400_000;
const held = () => true;

test('role.expired comes once, however many look at the same moment and again later', async (t) => {
  let now = Date.now();
  const services = await testServices(t, { clock: { now: () => now } });
  await applyPolicy(services, operator, policy, 'test');
  const { id } = await createPerson(services, operator, { email: 'anna@x.example', name: 'Anna' });
  const given = await assignRole(services, operator, id, { role: 'seller', until: now + day, reason });
  await expireAssignments(services, held);
  assert.deepEqual(await eventsOf(services, 'role.expired'), []);

  now += day;
  assert.deepEqual((await effectiveAccess(services, id)).roles, [], 'it gives nothing before anybody looked');
  await Promise.all([1, 2, 3, 4].map(() => expireAssignments(services, held)));
  now += 60 * day;
  await expireAssignments(services, held);
  const [event, ...more] = await eventsOf(services, 'role.expired');
  assert.deepEqual(more, []);
  assert.deepEqual(event?.before, {
    assignment: given.id,
    role: 'seller',
    until: new Date(given.until ?? 0).toISOString(),
  });
  assert.equal(event?.subject?.id, id);

  assert.ok((await services.store.get(assignments, given.id)) !== undefined, 'history stays');
  const withdrawn = withdrawRole(services, operator, id, given.id);
  await assert.rejects(withdrawn, (fault: HubError) => fault.code === 'conflict');
  assert.ok((await services.store.get(assignments, given.id)) !== undefined);
});

test('one that was withdrawn before its end leaves no second record, and who lost the lease writes nothing', async (t) => {
  let now = Date.now();
  const services = await testServices(t, { clock: { now: () => now } });
  await applyPolicy(services, operator, policy, 'test');
  const { id } = await createPerson(services, operator, { email: 'anna@x.example', name: 'Anna' });
  const given = await assignRole(services, operator, id, { role: 'seller', until: now + day, reason });
  await withdrawRole(services, operator, id, given.id);
  await assignRole(services, operator, id, { role: 'seller', until: now + 2 * day, reason });
  now += 3 * day;
  await expireAssignments(services, () => false);
  assert.deepEqual(await eventsOf(services, 'role.expired'), []);
  await expireAssignments(services, held);
  assert.equal((await eventsOf(services, 'role.expired')).length, 1);
});
