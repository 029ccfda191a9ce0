/** Making, changing, disabling people: what is refused, what is on record, what happens to sessions and to the last owner. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assignRole } from '#actions/assignments/assign.ts';
import { resetFactors } from '#actions/factors/reset.ts';
import { changePerson, disablePerson, enablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { findByLogin } from '#actions/people/find.ts';
import { mergePeople } from '#actions/people/merge/merge.ts';
import type { Services } from '#actions/services.ts';
import { setPassword } from '#actions/signin/set-password.ts';
import type { Origin } from '#domain/audit/event.ts';
import type { HubError } from '#domain/errors.ts';
import { manualClock } from '#platform/clock.ts';
import { credentials, people, sessions } from '#storage/collections.ts';
import { eventsOf, operator, passphrase } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';

const anna = { email: 'anna@x.example', username: 'AKOW', name: 'Anna Kowalska', department: 'Sales' };
const refused =
  (code: string, ...paths: string[]) =>
  (fault: HubError) => {
    assert.equal(fault.code, code);
    if (paths.length > 0)
      assert.deepEqual(
        fault.faults.map(({ path }) => path),
        paths,
      );
    return true;
  };

async function somebody(services: Services, login: string, role?: string): Promise<{ id: string; origin: Origin }> {
  const { id } = await createPerson(services, operator, { email: `${login}@x.example`, name: login });
  if (role !== undefined) await assignRole(services, operator, id, { role, reason: 'test' });
  return { id, origin: { actor: { kind: 'person', id } } };
}

/** A session as the provider library keeps it, without entries. */
async function sessionOf(services: Services, person: string, uid: string): Promise<void> {
  const data = { account: person, uid, payload: { accountId: person, uid, jti: uid } };
  const expiresAt = services.clock.now() + 3_600_000;
  await services.store.engine.commit({
    changes: [{ kind: 'insert', collection: sessions, id: uid, data, expiresAt }],
  });
}

describe('making a person', () => {
  test('leaves one event with the personal values sealed apart', async (t) => {
    const services = await testServices(t);
    const person = await createPerson(services, operator, { ...anna, password: passphrase });
    assert.deepEqual(person.logins, ['anna@x.example', 'akow']);
    const [created, added] = await eventsOf(services);
    assert.deepEqual([created?.type, created?.after], ['person.created', { status: 'active' }]);
    assert.equal(created?.personal?.after?.department, 'Sales');
    assert.deepEqual([added?.type, added?.detail], ['credential.added', { kind: 'password' }]);
    assert.ok(!JSON.stringify([created, added]).includes(passphrase));
    const stored = await services.store.get(credentials, `${person.id}:password`);
    assert.match(stored?.kind === 'password' ? stored.hash : '', /^\$argon2id\$/);
  });

  test("a login is nobody else's, as e-mail or as username, whatever the case; of many at once one is made", async (t) => {
    const services = await testServices(t);
    await createPerson(services, operator, { ...anna, employeeNumber: '7' });
    const cases: [object, string[]][] = [
      [{ email: 'ANNA@x.example' }, ['email']],
      [{ username: 'Anna@X.example' }, ['username']],
      [{ email: 'b@x.example', username: 'akow' }, ['username']],
      [{ email: 'b@x.example', employeeNumber: '7' }, ['employeeNumber']],
    ];
    for (const [input, paths] of cases)
      await assert.rejects(createPerson(services, operator, input), refused('already-exists', ...paths));
    const race = await Promise.allSettled(
      Array.from({ length: 20 }, () => createPerson(services, operator, { email: 'race@x.example' })),
    );
    assert.equal(race.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const one of race) if (one.status === 'rejected') refused('already-exists', 'email')(one.reason);
  });

  test('every fault of the fields at once; a weak password; a hash that is none', async (t) => {
    const services = await testServices(t);
    const attributes = Object.fromEntries([
      ['password', 'x'],
      ['__proto__', 'y'],
    ]);
    await assert.rejects(
      createPerson(services, operator, { email: 'a b@x', username: ' x', name: 'A\u0000', attributes }),
      refused('invalid', 'email', 'username', 'name', 'attributes.__proto__', 'attributes.password'),
    );
    await assert.rejects(createPerson(services, operator, {}), refused('invalid', 'email'));
    const weak = { ...anna, password: 'AnnaKowalska2026' };
    await assert.rejects(createPerson(services, operator, weak), refused('weak-password', 'password'));
    const hash = { ...anna, passwordHash: '$1$abc$def' };
    await assert.rejects(createPerson(services, operator, hash), refused('invalid', 'passwordHash'));
    assert.equal(await services.store.count(people), 0);
  });
});

describe('changing a person', () => {
  test('is a merge patch: null removes, what is absent stays, nothing changed is no new version', async (t) => {
    const services = await testServices(t);
    const input = { ...anna, emailVerified: true, attributes: { shift: 'night', team: ['a', 'b'] } };
    const { id } = await createPerson(services, operator, input);
    const patch = { department: null, attributes: { shift: null, floor: '3' } };
    const person = await changePerson(services, operator, id, patch, { ifVersion: 1 });
    assert.deepEqual(
      [person.version, person.department, person.attributes],
      [2, undefined, { floor: '3', team: ['a', 'b'] }],
    );
    assert.equal((await changePerson(services, operator, id, { name: 'Anna Kowalska' })).version, 2);
    const moved = await changePerson(services, operator, id, { email: 'anna@y.example' });
    assert.deepEqual([moved.emailVerified, (await findByLogin(services, 'anna@y.example'))?.id], [false, id]);
    assert.equal(await findByLogin(services, 'anna@x.example'), undefined);
    const [event] = await eventsOf(services, 'person.changed');
    assert.deepEqual(event?.detail, { fields: ['department', 'attributes.floor', 'attributes.shift'] });
  });

  test('an old version is stale, and of two edits at once one wins', async (t) => {
    const services = await testServices(t);
    const { id } = await createPerson(services, operator, anna);
    await changePerson(services, operator, id, { country: 'PL' });
    await assert.rejects(changePerson(services, operator, id, { country: 'CN' }, { ifVersion: 1 }), refused('stale'));
    const edits = await Promise.allSettled(
      ['CN', 'TW', 'DE'].map((country) => changePerson(services, operator, id, { country }, { ifVersion: 2 })),
    );
    assert.equal(edits.filter(({ status }) => status === 'fulfilled').length, 1);
    for (const edit of edits) if (edit.status === 'rejected') refused('stale')(edit.reason);
    await assert.rejects(changePerson(services, operator, 'nobody', {}), refused('not-found'));
  });

  test('edits of different fields without a version all take effect', async (t) => {
    const services = await testServices(t);
    const { id } = await createPerson(services, operator, anna);
    await Promise.all([
      changePerson(services, operator, id, { country: 'CN' }),
      changePerson(services, operator, id, { jobTitle: 'Buyer' }),
      changePerson(services, operator, id, { attributes: { floor: '3' } }),
    ]);
    const person = await services.store.get(people, id);
    assert.deepEqual([person?.country, person?.jobTitle, person?.attributes], ['CN', 'Buyer', { floor: '3' }]);
  });
});

describe('disabling', () => {
  test('ends every session in the same commit; enabling brings none back', async (t) => {
    const services = await testServices(t);
    const { id } = await somebody(services, 'anna');
    await sessionOf(services, id, 's-1');
    await sessionOf(services, id, 's-2');
    await disablePerson(services, operator, id, { reason: 'left the company' });
    assert.equal(await services.store.count(sessions, { account: id }), 0);
    const types = (await eventsOf(services)).map((event) => event.type);
    assert.deepEqual(types.slice(-3), ['person.disabled', 'session.ended', 'session.ended']);
    assert.equal((await enablePerson(services, operator, id)).status, 'active');
    assert.equal(await services.store.count(sessions, { account: id }), 0);
  });

  test('the last owner stays, also when two owners are disabled at the same moment', async (t) => {
    const services = await testServices(t);
    const one = await somebody(services, 'one', 'hub-owner');
    await assert.rejects(disablePerson(services, operator, one.id), refused('last-admin'));
    const two = await somebody(services, 'two', 'hub-owner');
    const both = await Promise.allSettled([one, two].map(({ id }) => disablePerson(services, operator, id)));
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    for (const act of both) if (act.status === 'rejected') refused('last-admin')(act.reason);
  });
});

test('somebody with rights in the hub is changed only by those who hold as much', async (t) => {
  const services = await testServices(t);
  const owner = await somebody(services, 'owner', 'hub-owner');
  const admin = await somebody(services, 'admin', 'hub-people-admin');
  const desk = await somebody(services, 'desk', 'hub-helpdesk');
  const anybody = await somebody(services, 'anybody');
  const acts: [string, (origin: Origin, id: string) => Promise<unknown>][] = [
    ['password', (origin, id) => setPassword(services, origin, id, passphrase)],
    ['e-mail', (origin, id) => changePerson(services, origin, id, { email: `${id}@evil.example` })],
    ['disable', (origin, id) => disablePerson(services, origin, id)],
  ];
  for (const [name, act] of acts) {
    await assert.rejects(act(admin.origin, owner.id), refused('forbidden'), `admin, ${name} of the owner`);
    await assert.rejects(act(desk.origin, admin.id), refused('forbidden'), `help desk, ${name} of the admin`);
    await assert.rejects(act(desk.origin, owner.id), refused('forbidden'), `help desk, ${name} of the owner`);
  }
  await assert.rejects(setPassword(services, anybody.origin, desk.id, passphrase), refused('forbidden'));
  const token: Origin = { actor: { kind: 'system', id: 'automation' } };
  await assert.rejects(setPassword(services, token, desk.id, passphrase), refused('forbidden'));
  await setPassword(services, desk.origin, anybody.id, passphrase);
  await setPassword(services, admin.origin, desk.id, passphrase);
  await setPassword(services, owner.origin, admin.id, passphrase);
  const events = await eventsOf(services, 'credential.added');
  assert.deepEqual(
    events.map((event) => event.actor.id),
    [desk.id, admin.id, owner.id],
  );
  assert.equal(events[0]?.personal?.actor, 'desk <desk@x.example>');
});

test('rights in the hub that wait, for a disabled account or a day to come, protect like those in force', async (t) => {
  const clock = manualClock(Date.now());
  const services = await testServices(t, { clock });
  const owner = await somebody(services, 'owner', 'hub-owner');
  const admin = await somebody(services, 'admin', 'hub-people-admin');
  const desk = await somebody(services, 'desk', 'hub-helpdesk');
  const former = await somebody(services, 'former', 'hub-owner');
  await disablePerson(services, owner.origin, former.id);
  const coming = await somebody(services, 'coming');
  const from = clock.now() + 86_400_000;
  await assignRole(services, operator, coming.id, { role: 'hub-owner', from, reason: 'from tomorrow' });
  const token: Origin = { actor: { kind: 'system', id: 'automation' } };
  for (const { id } of [former, coming]) {
    for (const { origin } of [admin, desk, { origin: token }]) {
      await assert.rejects(setPassword(services, origin, id, passphrase), refused('forbidden'));
      if (origin !== token)
        await assert.rejects(resetFactors(services, origin, id, { which: 'all' }), refused('forbidden'));
    }
    await assert.rejects(changePerson(services, admin.origin, id, { email: 'mine@x.example' }), refused('forbidden'));
  }
  await assert.rejects(enablePerson(services, admin.origin, former.id), refused('forbidden'));
  await enablePerson(services, owner.origin, former.id);
  const past = await somebody(services, 'past');
  await assignRole(services, operator, past.id, { role: 'hub-owner', until: from, reason: 'until tomorrow' });
  clock.advance(2 * 86_400_000);
  await setPassword(services, desk.origin, past.id, passphrase);
});

test('an API token moves nobody with rights in the hub to another address, where reset links would go', async (t) => {
  const services = await testServices(t);
  const owner = await somebody(services, 'owner', 'hub-owner');
  const anybody = await somebody(services, 'anybody');
  const token: Origin = { actor: { kind: 'system', id: 'automation' } };
  await assert.rejects(changePerson(services, token, owner.id, { email: 'mine@x.example' }), refused('forbidden'));
  await assert.rejects(
    mergePeople(services, token, owner.id, { other: anybody.id, take: ['email'], reason: 'one person' }),
    refused('forbidden'),
  );
  await changePerson(services, token, owner.id, { department: 'Board' });
  await changePerson(services, token, anybody.id, { email: 'moved@x.example' });
});
