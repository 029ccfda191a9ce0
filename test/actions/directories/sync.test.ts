/** Bringing the people of a directory up to date without their signing in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInByForm } from '#actions/directories/sign-in.ts';
import { planSync } from '#actions/directories/sync/plan.ts';
import { getDirectory, syncDirectory } from '#actions/directories/sync/sync.ts';
import { createPerson } from '#actions/people/create.ts';
import { findByLogin } from '#actions/people/find.ts';
import type { Services } from '#actions/services.ts';
import { changeSource } from '#actions/sources/change.ts';
import { sourceSettingsOf } from '#actions/sources/record.ts';
import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { people } from '#storage/collections.ts';
import { testServices } from '#test/support/services.ts';
import { directoryPassword, group, groupDn, peopleBase, person, personDn } from '#test/support/slapd/people.ts';
import { addSource } from '#test/support/slapd/source.ts';
import { startSlapd } from '#test/support/slapd/start.ts';

const operator: Origin = { actor: { kind: 'operator' } };
const plan = async (services: Services) => planSync(services, await getDirectory(services, 'ad'));
const refusal = async (work: Promise<unknown>) => {
  const fault = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(fault instanceof HubError, String(fault));
  return fault.code;
};

test('a directory of 600 is walked, previewed and done', async (t) => {
  const count = 600;
  const slapd = await startSlapd(t, [
    ...Array.from({ length: count }, (_, index) => person(`p${index}`, { departmentNumber: 'Sales' })),
    person('taken', { mail: 'boss@example.com' }),
    person('ended', { userAccountControl: '514' }),
    { dn: `ou=elsewhere,${peopleBase}`, objectClass: 'organizationalUnit', ou: 'elsewhere' },
  ]);
  if (slapd === undefined) return;
  const services = await testServices(t);
  const source = await addSource(services, slapd);
  await createPerson(services, operator, { email: 'boss@example.com' });

  const first = await plan(services);
  assert.deepEqual([first.seen, first.appear.length, first.linked], [count + 2, count, 0]);
  assert.deepEqual(
    first.left.map(({ label, because }) => [label, because]),
    [['boss@example.com', 'taken']],
    'nobody is matched by an address',
  );
  assert.equal(await services.store.count(people, {}), 1, 'a preview writes nothing');
  const made = await syncDirectory(services, operator, 'ad', { previewed: first.digest });
  assert.deepEqual([made.created, made.changed, made.disabled, made.skipped.length], [count, 0, 0, 1]);
  const again = await syncDirectory(services, operator, 'ad');
  assert.deepEqual([again.created, again.changed, again.unchanged], [0, 0, count]);

  await t.test('what changed there changes here, and who only moved stays the same', async () => {
    await slapd.set(personDn('p1'), 'departmentNumber', ['Finance']);
    await slapd.add([group('sales', [personDn('p2')])]);
    await slapd.move(personDn('p3'), `uid=p3,ou=elsewhere,${peopleBase}`);
    const next = await plan(services);
    assert.deepEqual(next.change.map(({ label, fields }) => [label, fields]).sort(), [
      ['p1@example.com', ['department']],
      ['p2@example.com', ['attributes.groups']],
    ]);
    assert.equal(next.gone.length, 0);
    await slapd.set(personDn('p4'), 'departmentNumber', ['Finance']);
    assert.equal(await refusal(syncDirectory(services, operator, 'ad', { previewed: next.digest })), 'stale');
    assert.equal((await syncDirectory(services, operator, 'ad')).changed, 3);
    const p2 = await findByLogin(services, 'p2');
    assert.deepEqual(p2?.attributes.groups, [groupDn('sales')]);
  });

  await t.test('who is gone is disabled only when asked for, and never many by accident', async () => {
    await slapd.remove(personDn('p5'));
    await slapd.set(personDn('p6'), 'userAccountControl', ['514']);
    const next = await plan(services);
    assert.deepEqual(next.gone.map(({ label, why }) => [label, why]).sort(), [
      ['p5@example.com', 'missing'],
      ['p6@example.com', 'ended'],
    ]);
    assert.deepEqual((await syncDirectory(services, operator, 'ad')).kept, 2);
    assert.equal((await findByLogin(services, 'p5'))?.status, 'active');
    const done = await syncDirectory(services, operator, 'ad', { disableGone: true });
    assert.deepEqual([done.disabled, done.kept], [2, 0]);
    assert.equal((await findByLogin(services, 'p6'))?.status, 'disabled');

    // A base that holds hardly anybody.
    const settings = sourceSettingsOf(services, await getDirectory(services, 'ad'));
    const narrow = { ...settings, everybody: '(uid=p7)' } as typeof settings;
    await changeSource(services, operator, narrow);
    assert.equal(await refusal(syncDirectory(services, operator, 'ad', { disableGone: true })), 'conflict');
    assert.equal(await services.store.count(people, { status: 'active' }), count - 2 + 1);
    const [event] = (await services.store.audit.query({ type: 'source.synced', order: 'newest', limit: 1 })).items;
    assert.deepEqual([event?.detail?.source, event?.detail?.disabled], ['ad', 2]);
    await changeSource(services, operator, settings);
  });

  await t.test('a walk that breaks off changes nothing', async () => {
    const { directories } = services;
    const walk = directories.walk;
    directories.walk = async function* (directory) {
      for await (const page of walk.call(directories, directory)) {
        yield page;
        await slapd.kill();
      }
    };
    const before = await services.store.count(people, { status: 'active' });
    const gone = { disableGone: true, confirmGone: true };
    assert.equal(await refusal(syncDirectory(services, operator, 'ad', gone)), 'directory-away');
    assert.equal(await services.store.count(people, { status: 'active' }), before);
    directories.walk = walk;
    await slapd.again();
  });

  await t.test('somebody whom a sync made signs in by the directory', async () => {
    const result = await services.store.unit(async (unit) => {
      const typed = { identifier: 'p8', password: directoryPassword, interaction: 'i' };
      const done = await signInByForm(services, operator, typed);
      await unit.commit();
      return done;
    });
    assert.equal(result.outcome, 'ok');
    assert.equal(source.id, 'ad');
  });
});
