/** A last day: who may have one, when it ends, what is asked about days to come, and what a file of people says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveAccess } from '#actions/access/effective.ts';
import { assignmentsOf } from '#actions/access/reading.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { leaveAfterLastDay } from '#actions/deadlines/leavers.ts';
import { changePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { importPeople } from '#actions/people/import/import.ts';
import { previewImport } from '#actions/people/import/preview.ts';
import { leavePerson } from '#actions/people/leave.ts';
import { mergePeople } from '#actions/people/merge/merge.ts';
import { applyPolicy } from '#actions/policy/apply.ts';
import { askForRole } from '#actions/requests/ask.ts';
import { approveRequest } from '#actions/requests/decide.ts';
import { beginStep, pendingStep } from '#actions/signin/step.ts';
import type { HubError } from '#domain/errors.ts';
import { manualClock } from '#platform/clock.ts';
import { accessRequests, people } from '#storage/collections.ts';
import { eventsOf, operator, passphrase, visitor } from '#test/actions/people/support.ts';
import { withFactors } from '#test/support/factors.ts';
import { testServices } from '#test/support/services.ts';
import { signInWithPassword } from '#test/support/sign-in.ts';

const policy = `
version: 1
domains: { customer: { title: Customers, sides: [crm], actions: [write] } }
roles: { seller: { title: Seller, grants: { crm: ['customer:write'] } } }
assign: [{ role: seller, when: { department: Sales } }]
`;
const noon = Date.UTC(2026, 10, 22, 12);
const hour = 3_600_000;
const always = () => true;

async function company(t: Parameters<typeof testServices>[0], env: Record<string, string> = {}) {
  const clock = manualClock(noon);
  const services = await testServices(t, { clock, env });
  await applyPolicy(services, operator, policy, 'test');
  const fields = { email: 'anna@x.example', name: 'Anna', department: 'Sales', password: passphrase };
  const { id } = await createPerson(services, operator, fields);
  return { services, clock, id };
}

test('the rights of a day to come end with the last day, and with them the cached answer of today', async (t) => {
  const { services, clock, id } = await company(t);
  await changePerson(services, operator, id, { lastDay: '2026-11-22' });
  const at = async (ms?: number) => (await effectiveAccess(services, id, ms)).roles;
  assert.deepEqual(await at(), ['seller']);
  assert.deepEqual(await at(noon + 12 * hour - 1), ['seller']);
  assert.deepEqual(await at(noon + 12 * hour), []);
  clock.set(noon + 12 * hour - 1);
  assert.deepEqual(await at(), ['seller']);
  clock.advance(1);
  assert.deepEqual(await at(), []);
});

test('a day that does not exist is a fault at its field; null takes the last day away', async (t) => {
  const { services, id } = await company(t);
  for (const lastDay of ['2026-02-30', 'tomorrow', '2026-11-22T00:00:00Z'])
    await assert.rejects(
      changePerson(services, operator, id, { lastDay }),
      (fault: HubError) => fault.faults[0]?.path === 'lastDay',
    );
  await changePerson(services, operator, id, { lastDay: '2026-12-31' });
  assert.equal((await services.store.get(people, id))?.leavesAt, Date.UTC(2027, 0, 1));
  await changePerson(services, operator, id, { lastDay: null });
  assert.equal((await services.store.get(people, id))?.leavesAt, undefined);
});

test('the last owner of the hub gets no last day, and one who has one does not count', async (t) => {
  const { services, id } = await company(t);
  const other = await createPerson(services, operator, { email: 'olga@x.example', name: 'Olga' });
  await assignRole(services, operator, id, { role: 'hub-owner', reason: 'runs it' });
  await assert.rejects(changePerson(services, operator, id, { lastDay: '2026-12-31' }), { code: 'last-admin' });
  const file = 'email,lastDay\nanna@x.example,2026-12-31\n';
  const { faults } = await importPeople(services, operator, file);
  assert.match(faults[0]?.message ?? '', /last owner/);
  await assignRole(services, operator, other.id, { role: 'hub-owner', reason: 'runs it' });
  await changePerson(services, operator, id, { lastDay: '2026-12-31' });
  await assert.rejects(leavePerson(services, operator, other.id), { code: 'last-admin' });
});

test('a file of people brings last days; the preview says so, and one that is over loses everything', async (t) => {
  const { services, clock, id } = await company(t);
  const file = 'email,department,lastDay\nanna@x.example,Sales,2026-11-21\nbob@x.example,Sales,2026-13-01\n';
  const { preview } = await previewImport(services, operator, file, { skipBad: true });
  assert.deepEqual(preview.people[0]?.fields, [{ field: 'lastDay', before: null, after: '2026-11-21' }]);
  assert.deepEqual(preview.people[0]?.permissions.losses, [{ system: 'crm', permission: 'customer:write' }]);
  assert.deepEqual(
    preview.faults.map(({ line, path }) => [line, path]),
    [[3, 'lastDay']],
  );
  await importPeople(services, operator, file, { skipBad: true });
  assert.deepEqual((await effectiveAccess(services, id)).roles, []);
  await leaveAfterLastDay(services, always);
  assert.equal((await services.store.get(people, id))?.status, 'disabled');
  clock.advance(hour);
  const again = await importPeople(services, operator, 'email,department,lastDay\nanna@x.example,Sales,2026-11-21\n');
  assert.equal(again.unchanged, 1);
});

test('the day ends by the clocks of the company, also after another zone was configured', async (t) => {
  const { services, id } = await company(t, {});
  await changePerson(services, operator, id, { lastDay: '2026-11-22' });
  const moved = { ...services, settings: { ...services.settings, timeZone: 'Asia/Shanghai' } };
  await leaveAfterLastDay(moved, always);
  assert.equal((await services.store.get(people, id))?.leavesAt, Date.UTC(2026, 10, 22, 16));
});

test('an open request ends with its person: no approval of tomorrow gives the role', async (t) => {
  const { services, id } = await company(t);
  const asked = { person: id, role: 'seller', reason: 'wants it', until: noon + 48 * hour };
  const request = await askForRole(services, { actor: { kind: 'person', id } }, asked);
  await leavePerson(services, operator, id);
  assert.equal((await services.store.get(accessRequests, request.id))?.state, 'withdrawn');
  const decision = { ifVersion: request.version, reason: 'fine', digest: request.digest };
  await assert.rejects(approveRequest(services, operator, request.id, decision));
  assert.equal((await eventsOf(services, 'access.withdrawn')).length, 1);
});

test('a pending second step does not outlive a disable and enable', async (t) => {
  const { services, id } = await company(t);
  const person = (await services.store.get(people, id)) ?? assert.fail();
  await withFactors(services, person);
  const signing = await signInWithPassword(services, visitor(), { identifier: 'anna@x.example', password: passphrase });
  assert.ok(signing.outcome === 'second-step');
  await beginStep(services, 'an-interaction', signing.person, signing.password);
  assert.ok((await pendingStep(services, 'an-interaction')) !== undefined);
  await changePerson(services, operator, id, { status: 'disabled' });
  // Also one that is noted by a sign-in which had looked before.
  await beginStep(services, 'late', signing.person, signing.password);
  await changePerson(services, operator, id, { status: 'active' });
  assert.equal(await pendingStep(services, 'an-interaction'), undefined);
  assert.equal(await pendingStep(services, 'late'), undefined);
});

test('the account that stays in a merge does not inherit a last day', async (t) => {
  const { services, id } = await company(t);
  const old = await createPerson(services, operator, { email: 'old@x.example', name: 'Anna', lastDay: '2026-01-31' });
  await mergePeople(services, operator, id, { other: old.id, reason: 'the same' });
  assert.equal((await services.store.get(people, id))?.lastDay, undefined);
  assert.deepEqual((await effectiveAccess(services, id)).roles, ['seller']);
});

test('two who let somebody leave at the same moment end everything once', async (t) => {
  const { services, id } = await company(t);
  await assignRole(services, operator, id, { role: 'seller', reason: 'too' });
  await Promise.all([leavePerson(services, operator, id), leavePerson(services, operator, id)]);
  assert.equal((await eventsOf(services, 'person.disabled')).length, 1);
  assert.equal((await eventsOf(services, 'role.withdrawn')).length, 1);
  assert.deepEqual(await assignmentsOf(services.store, id), []);
});

test('a role given while somebody leaves is taken with the rest, or refused: none is left', async (t) => {
  const { services, id } = await company(t);
  for (let round = 0; round < 5; round += 1) {
    await Promise.allSettled([
      leavePerson(services, operator, id),
      assignRole(services, operator, id, { role: 'seller', reason: `round ${round}` }),
    ]);
    const left = await assignmentsOf(services.store, id);
    // Given after they left, to somebody disabled: then it is on record as such, and by nobody's oversight.
    const events = (await eventsOf(services, 'role.assigned', 'person.disabled')).map(({ type }) => type);
    if (left.length > 0) assert.equal(events.at(-1), 'role.assigned');
    await leavePerson(services, operator, id);
    await changePerson(services, operator, id, { status: 'active' });
  }
});
