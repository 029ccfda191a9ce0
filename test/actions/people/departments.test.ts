/** Acts by a right that is limited to departments, on somebody who moves away in the same moment: the commit decides. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveAccess } from '#actions/access/effective.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { withdrawRole } from '#actions/assignments/withdraw.ts';
import { resetFactors } from '#actions/factors/reset.ts';
import { changePerson, disablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { passwordId } from '#actions/people/credential.ts';
import { erasePerson } from '#actions/people/erase/erase.ts';
import { keepPreview, previewRecord, shownPreview } from '#actions/people/import/kept-preview.ts';
import { loadRows } from '#actions/people/import/load.ts';
import { planFile } from '#actions/people/import/planned-file.ts';
import { sendLink } from '#actions/recovery/send.ts';
import { askForRole } from '#actions/requests/ask.ts';
import type { Services } from '#actions/services.ts';
import { setPassword } from '#actions/signin/set-password.ts';
import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { credentials, people } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { testServices } from '#test/support/services.ts';

const operator: Origin = { actor: { kind: 'operator' } };

async function limited(t: Parameters<typeof testServices>[0]) {
  const services = await testServices(t);
  const admin = await createPerson(services, operator, { email: 'admin@example.com', name: 'Admin' });
  const departments = ['Sales', 'Service'];
  await assignRole(services, operator, admin.id, { role: 'hub-people-admin', departments, reason: 'looks after them' });
  const sam = await createPerson(services, operator, { email: 'sam@example.com', name: 'Sam', department: 'Sales' });
  const origin: Origin = { actor: { kind: 'person', id: admin.id }, within: departments };
  return { services, admin, sam, origin };
}

/** The services with a move of the person to Finance right before the first write. */
function moving(services: Services, id: string): Services {
  let moved = false;
  const write: Services['store']['write'] = async (commit) => {
    if (!moved) {
      moved = true;
      await changePerson(services, operator, id, { department: 'Finance' });
    }
    return services.store.write(commit);
  };
  return { ...services, store: { ...services.store, write } };
}

const acts: Record<string, (services: Services, origin: Origin, id: string) => Promise<unknown>> = {
  disable: disablePerson,
  change: (services, origin, id) => changePerson(services, origin, id, { jobTitle: 'Clerk' }),
  erase: (services, origin, id) => erasePerson(services, origin, id, { reason: 'gone' }),
  'reset factors': (services, origin, id) => resetFactors(services, origin, id, { which: 'all', reason: 'lost' }),
  'set a password': (services, origin, id) => setPassword(services, origin, id, 'another long horse battery'),
  'send a link': sendLink,
};
for (const [name, act] of Object.entries(acts)) {
  test(`${name}: whoever moves to another department in that moment is not reached`, async (t) => {
    const { services, sam, origin } = await limited(t);
    await assert.rejects(
      act(moving(services, sam.id), origin, sam.id),
      (fault) => fault instanceof CommitConflict || fault instanceof HubError,
    );
    const now = await services.store.get(people, sam.id);
    assert.equal(now?.department, 'Finance');
    assert.equal(now?.status, 'active');
    assert.equal(now?.jobTitle, undefined);
    const events = (await services.store.audit.query({ person: sam.id })).items.map(({ type }) => type);
    assert.deepEqual(events.toSorted(), ['person.changed', 'person.created']);
  });
  test(`${name}: somebody of the department is reached`, async (t) => {
    const { services, sam, origin } = await limited(t);
    await act(services, origin, sam.id);
  });
}

test('a limited role is on record with its departments, given and taken', async (t) => {
  const { services, admin } = await limited(t);
  const [given] = (await services.store.audit.query({ type: 'role.assigned' })).items;
  assert.deepEqual(given?.after?.departments, ['Sales', 'Service']);
  await withdrawRole(services, operator, admin.id, String(given?.after?.assignment));
  const [taken] = (await services.store.audit.query({ type: 'role.withdrawn' })).items;
  assert.deepEqual(taken?.before?.departments, ['Sales', 'Service']);
  const { hubRights } = await effectiveAccess(services, admin.id);
  assert.equal(hubRights.limited.size, 0);
});

test('a limited role gives no right over everybody; two of them add up, and a whole one takes the limit away', async (t) => {
  const { services, admin } = await limited(t);
  const rights = async () => (await effectiveAccess(services, admin.id)).hubRights;
  assert.equal((await rights()).everywhere.size, 0);
  assert.deepEqual([...((await rights()).limited.get('hub:people-write') ?? [])], ['Sales', 'Service']);
  assert.equal((await rights()).limited.has('hub:policy-read'), false);
  await assignRole(services, operator, admin.id, { role: 'hub-helpdesk', departments: ['Finance'], reason: 'too' });
  assert.deepEqual([...((await rights()).limited.get('hub:sessions-end') ?? [])], ['Sales', 'Service', 'Finance']);
  assert.deepEqual([...((await rights()).limited.get('hub:people-write') ?? [])], ['Sales', 'Service']);
  await assignRole(services, operator, admin.id, { role: 'hub-helpdesk', reason: 'for all' });
  assert.equal((await rights()).everywhere.has('hub:sessions-end'), true);
  assert.equal((await rights()).limited.has('hub:sessions-end'), false);
  assert.equal((await rights()).limited.has('hub:people-write'), true);
});

test('departments go with the two roles about people alone, and are named', async (t) => {
  const { services, sam } = await limited(t);
  for (const [role, departments] of [
    ['hub-owner', ['Sales']],
    ['hub-auditor', ['Sales']],
    ['hub-helpdesk', []],
    ['hub-helpdesk', [' ']],
  ] as const)
    await assert.rejects(
      assignRole(services, operator, sam.id, { role, departments, reason: 'why' }),
      (fault) => fault instanceof HubError && fault.faults[0]?.path === 'departments',
      role,
    );
});

test('somebody without a department, and of one that only begins alike, is out of reach', async (t) => {
  const { services, origin } = await limited(t);
  for (const department of [undefined, 'Sales Support', 'sales']) {
    const email = `p${department?.length ?? 0}${department?.[0] ?? ''}@example.com`;
    const other = await createPerson(services, operator, {
      email,
      name: 'Other',
      ...(department ? { department } : {}),
    });
    await assert.rejects(disablePerson(services, origin, other.id), { code: 'forbidden' });
    await assert.rejects(askForRole(services, origin, { person: other.id, role: 'x', reason: 'why' }), {
      code: 'forbidden',
    });
  }
});

test('a preview that was made with a wider right is not there for a limited one', async (t) => {
  const { services, origin } = await limited(t);
  const { within: _, ...wide } = origin;
  const file = Buffer.from('email,name,department\nsam@example.com,Sam,Sales\nfi@example.com,Fi,Finance\n');
  const kept = await keepPreview(services, wide, 'people.csv', file, {});
  await assert.rejects(previewRecord(services, origin, kept.id), { code: 'not-found' });
  const own = await keepPreview(services, origin, 'people.csv', file, {});
  const { faults } = await shownPreview(services, await previewRecord(services, origin, own.id));
  assert.deepEqual(
    faults.map(({ line, path }) => [line, path]),
    [[3, 'department']],
  );
});

test('a file gives no first password to somebody who moves away in the same moment', async (t) => {
  const { services, sam, origin } = await limited(t);
  const csv = 'email,password\nsam@example.com,a long and good enough one\n';
  const file = await planFile(services, origin, csv, {});
  assert.deepEqual(
    file.planned.map(({ givesPassword }) => givesPassword),
    [true],
  );
  await changePerson(services, operator, sam.id, { department: 'Finance' });
  await assert.rejects(loadRows(file.plan, file.planned), { code: 'conflict' });
  assert.equal(await services.store.get(credentials, passwordId(sam.id)), undefined);
});
