/** Two accounts of one person made one, and taken apart again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignmentsOf } from '#actions/access/reading.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { ownersOf } from '#actions/assignments/owners.ts';
import { linkFor } from '#actions/links/link-for.ts';
import { changePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { mergePeople } from '#actions/people/merge/merge.ts';
import { unmergePeople } from '#actions/people/merge/unmerge.ts';
import { applyPolicy } from '#actions/policy/apply.ts';
import type { Services } from '#actions/services.ts';
import type { HubError } from '#domain/errors.ts';
import { merges, people, systems } from '#storage/collections.ts';
import { linksOf, twoSystems } from '#test/actions/unify/support.ts';
import { dutiesApart } from '#test/support/duties-apart.ts';
import { eventsOf, operator } from './support.ts';

const refused = (code: string) => (fault: HubError) => fault.code === code;
const reason = 'one and the same';

async function enter(services: Services, person: string, system: string): Promise<void> {
  const [who, where] = [await services.store.get(people, person), await services.store.get(systems, system)];
  assert.ok(who !== undefined && where !== undefined);
  await linkFor(services, operator, who, where);
}

async function twoAccounts(t: { after(end: () => Promise<void>): void }) {
  const services = await twoSystems(t);
  await applyPolicy(services, operator, dutiesApart, 'test');
  const one = await createPerson(services, operator, { email: 'anna.lis@f.example', name: 'Anna Lis' });
  const two = await createPerson(services, operator, {
    username: 'lisa',
    name: 'A. Lis',
    employeeNumber: '7001',
    department: 'Sales',
  });
  await enter(services, one.id, 'crm');
  await enter(services, two.id, 'erp');
  return { services, one, two };
}

test('links move with their sub, empty fields are taken, the other is disabled; undoing moves all of it back', async (t) => {
  const { services, one, two } = await twoAccounts(t);
  const [crm, erp] = [(await linksOf(services, one.id)).crm, (await linksOf(services, two.id)).erp];
  const role = await assignRole(services, operator, two.id, { role: 'creditor', reason });
  const merge = await mergePeople(services, operator, one.id, { other: two.id, roles: [role.id], reason });
  assert.deepEqual(await linksOf(services, one.id), { crm, erp });
  assert.deepEqual(await linksOf(services, two.id), {});
  const [kept, gone] = [await services.store.get(people, one.id), await services.store.get(people, two.id)];
  assert.deepEqual([kept?.name, kept?.employeeNumber, kept?.department], ['Anna Lis', '7001', 'Sales']);
  assert.deepEqual([gone?.status, gone?.employeeNumber, gone?.username], ['disabled', undefined, 'lisa']);
  assert.deepEqual(
    (await assignmentsOf(services.store, one.id)).map(({ id }) => id),
    [role.id],
  );

  await changePerson(services, operator, one.id, { department: 'Marketing' });
  const undone = await unmergePeople(services, operator, merge.id, { reason: 'two people after all' });
  assert.deepEqual([undone.state, undone.kept], ['undone', ['survivor.department']]);
  assert.deepEqual([await linksOf(services, one.id), await linksOf(services, two.id)], [{ crm }, { erp }]);
  const [first, second] = [await services.store.get(people, one.id), await services.store.get(people, two.id)];
  assert.deepEqual([first?.employeeNumber, first?.department], [undefined, 'Marketing']);
  assert.deepEqual([second?.status, second?.employeeNumber, second?.department], ['active', '7001', 'Sales']);
  assert.deepEqual(
    (await assignmentsOf(services.store, two.id)).map(({ id }) => id),
    [role.id],
  );
  await assert.rejects(unmergePeople(services, operator, merge.id), refused('conflict'));
  assert.equal((await eventsOf(services, 'person.merged', 'person.unmerged')).length, 2);
});

test('roles come along only when chosen, and a prevent rule refuses them', async (t) => {
  const { services, one, two } = await twoAccounts(t);
  await assignRole(services, operator, one.id, { role: 'seller', reason });
  const role = await assignRole(services, operator, two.id, { role: 'creditor', reason });
  const merging = (roles: string[]) => mergePeople(services, operator, one.id, { other: two.id, roles, reason });
  await assert.rejects(merging([role.id]), refused('separation-breached'));
  assert.equal(await services.store.count(merges), 0);
  assert.equal((await services.store.get(people, two.id))?.status, 'active', 'nothing happened');
  assert.equal((await eventsOf(services, 'conflict.prevented')).length, 1);
  await merging([]);
  assert.deepEqual(
    (await assignmentsOf(services.store, one.id)).map((held) => held.role),
    ['seller'],
  );
});

test('a link that the survivor has of its own stays, and the other one waits', async (t) => {
  const { services, one, two } = await twoAccounts(t);
  await enter(services, two.id, 'crm');
  const [own, other] = [await linksOf(services, one.id), await linksOf(services, two.id)];
  await mergePeople(services, operator, one.id, { other: two.id, reason });
  assert.deepEqual(await linksOf(services, one.id), { crm: own.crm, erp: other.erp });
  assert.deepEqual(await linksOf(services, two.id), { crm: other.crm });
});

test('a stale version, oneself, and the last owner who would be gone are refused', async (t) => {
  const { services, one, two } = await twoAccounts(t);
  const merging = (request: object) => mergePeople(services, operator, one.id, { other: two.id, reason, ...request });
  await assert.rejects(merging({ ifVersion: one.version + 7 }), refused('stale'));
  await assert.rejects(merging({ other: one.id }), refused('invalid'));
  await assert.rejects(merging({ take: ['password'] }), refused('invalid'));
  await assert.rejects(merging({ reason: ' ' }), refused('invalid'));
  const owner = await assignRole(services, operator, two.id, { role: 'hub-owner', reason });
  await assert.rejects(merging({}), refused('last-admin'));
  await merging({ roles: [owner.id] });
  const helpdesk = await createPerson(services, operator, { email: 'h@f.example' });
  await assignRole(services, operator, helpdesk.id, { role: 'hub-helpdesk', reason });
  const origin = { actor: { kind: 'person', id: helpdesk.id } } as const;
  await assert.rejects(mergePeople(services, origin, helpdesk.id, { other: one.id, reason }), refused('forbidden'));
});

test('the last ownership goes neither to a disabled account nor to one that owns the hub only later', async (t) => {
  const { services, one, two } = await twoAccounts(t);
  const merging = (roles: string[]) => mergePeople(services, operator, one.id, { other: two.id, roles, reason });
  const now = await assignRole(services, operator, two.id, { role: 'hub-owner', reason });
  const from = services.clock.now() + 86_400_000;
  const later = await assignRole(services, operator, two.id, { role: 'hub-owner', from, reason });
  await assert.rejects(merging([later.id]), refused('last-admin'));
  await changePerson(services, operator, one.id, { status: 'disabled' });
  await assert.rejects(merging([now.id]), refused('last-admin'));
  assert.deepEqual([...(await ownersOf(services))], [two.id]);
  await changePerson(services, operator, one.id, { status: 'active' });
  await merging([now.id]);
  assert.deepEqual([...(await ownersOf(services))], [one.id]);
});
