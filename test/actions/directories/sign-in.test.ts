/** Signing in with the password of a directory: who is asked, what is counted, what is told and what is on record. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FormSignIn, type FormSignInResult, signInByForm } from '#actions/directories/sign-in.ts';
import { changePerson, disablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import type { Services } from '#actions/services.ts';
import { changeSource } from '#actions/sources/change.ts';
import { identitiesOf } from '#actions/sources/identities.ts';
import { linkIdentity } from '#actions/sources/meet.ts';
import { sourceSettingsOf } from '#actions/sources/record.ts';
import type { AuditEvent, Origin } from '#domain/audit/event.ts';
import { people } from '#storage/collections.ts';
import { testServices } from '#test/support/services.ts';
import { directoryPassword, group, groupDn, peopleBase, person, personDn } from '#test/support/slapd/people.ts';
import { addSource } from '#test/support/slapd/source.ts';
import { startSlapd } from '#test/support/slapd/start.ts';

const operator: Origin = { actor: { kind: 'operator' } };
const door: Origin = { actor: { kind: 'hub' }, ip: '192.0.2.7' };
const localPassword = 'correct horse battery staple';

const typed = (services: Services, identifier: string, password: string, more: Partial<FormSignIn> = {}) =>
  services.store.unit(async (unit): Promise<FormSignInResult> => {
    const result = await signInByForm(services, door, { identifier, password, interaction: 'i', ...more });
    await unit.commit();
    return result;
  });

const events = async (services: Services, type: string): Promise<AuditEvent[]> =>
  (await services.store.audit.query({ type })).items.toReversed();

const inAs = (result: FormSignInResult) => {
  assert.equal(result.outcome, 'ok', JSON.stringify(result));
  return result.outcome === 'ok' ? result.person : assert.fail();
};

test('sign-in by a directory', async (t) => {
  const slapd = await startSlapd(t, [
    person('anna', { departmentNumber: 'Sales', displayName: 'Anna Nowak', givenName: 'Anna' }),
    person('bob'),
    person('carl', { mail: 'taken@example.com' }),
    person('off', { userAccountControl: '514' }),
    person('reset', { objectClass: 'adLike', userAccountControl: String(512 + 0x80_0000) }),
    { ...person('twin'), dn: `cn=one,${peopleBase}`, cn: 'one' },
    { ...person('twin'), dn: `cn=two,${peopleBase}`, cn: 'two' },
    { dn: `ou=elsewhere,${peopleBase}`, objectClass: 'organizationalUnit', ou: 'elsewhere' },
  ]);
  if (slapd === undefined) return;
  await slapd.add([group('sales', [personDn('anna')])]);

  await t.test(
    'the first sign-in makes a person, the next finds and updates them, wherever the entry is',
    async (t) => {
      const services = await testServices(t);
      await addSource(services, slapd);
      const first = inAs(await typed(services, 'anna', directoryPassword));
      assert.deepEqual(
        [first.email, first.username, first.name, first.department],
        ['anna@example.com', 'anna', 'Anna Nowak', 'Sales'],
      );
      assert.deepEqual(first.attributes, { groups: [groupDn('sales')] });
      await slapd.set(personDn('anna'), 'departmentNumber', ['Finance']);
      await slapd.move(personDn('anna'), `uid=anna,ou=elsewhere,${peopleBase}`);
      const second = inAs(await typed(services, ' ANNA@example.com ', directoryPassword));
      assert.deepEqual([second.id, second.department], [first.id, 'Finance']);
      await slapd.move(`uid=anna,ou=elsewhere,${peopleBase}`, personDn('anna'));
      await slapd.set(personDn('anna'), 'departmentNumber', ['Sales']);
      const [made] = await events(services, 'signin.succeeded');
      assert.deepEqual(made?.detail, { method: 'ldap', source: 'ad' });
      assert.equal((await identitiesOf(services, first.id)).length, 1);
      const record = JSON.stringify(await events(services, ''));
      assert.ok(!record.includes(directoryPassword), 'the password is nowhere');
    },
  );

  await t.test('what is wrong answers alike, and only the record knows why', async (t) => {
    const services = await testServices(t);
    await addSource(services, slapd);
    for (const [login, password, cause] of [
      ['anna', 'wrong', 'wrong-password'],
      ['anna', '', 'unknown'],
      ['nobody', 'x', 'unknown'],
      ['*', directoryPassword, 'unknown'],
      ['*)(uid=*', directoryPassword, 'unknown'],
      ['anna)(uid=anna', directoryPassword, 'unknown'],
      ['twin', directoryPassword, 'directory-several'],
      ['off', directoryPassword, 'directory-disabled'],
    ] as const) {
      assert.deepEqual(await typed(services, login, password), { outcome: 'refused' }, login);
      assert.equal((await events(services, 'signin.failed')).at(-1)?.detail?.cause, cause, login);
    }
    assert.equal(await services.store.count(people, {}), 0);
    assert.deepEqual(await typed(services, 'reset', 'wrong'), { outcome: 'refused' });
    assert.deepEqual(await typed(services, 'reset', directoryPassword), { outcome: 'password-change' });
  });

  await t.test('an account of the same address is not taken over; linked, it takes both passwords', async (t) => {
    const services = await testServices(t);
    const source = await addSource(services, slapd);
    const local = await createPerson(services, operator, { email: 'taken@example.com', password: localPassword });
    const result = await typed(services, 'carl', directoryPassword);
    assert.equal(result.outcome === 'unlinked' && result.because, 'taken');
    // Under the account's own login the directory's password is nothing, although the directory knows the address.
    assert.deepEqual(await typed(services, 'taken@example.com', directoryPassword), { outcome: 'refused' });
    assert.equal(inAs(await typed(services, 'taken@example.com', localPassword)).id, local.id);
    assert.ok(result.outcome === 'unlinked');
    await linkIdentity(services, operator, local, result.proved);
    for (const [login, password] of [
      ['carl', directoryPassword],
      ['taken@example.com', directoryPassword],
      ['taken@example.com', localPassword],
    ] as const)
      assert.equal(inAs(await typed(services, login, password)).id, local.id, login);
    // The source is switched off: the hub's own password alone.
    await changeSource(services, operator, sourceSettingsOf(services, source), { enabled: false });
    assert.deepEqual(await typed(services, 'taken@example.com', directoryPassword), { outcome: 'refused' });
    assert.equal(inAs(await typed(services, 'taken@example.com', localPassword)).id, local.id);
  });

  await t.test('who is disabled here stays out, and nobody is made where creating is off', async (t) => {
    const services = await testServices(t);
    const source = await addSource(services, slapd);
    const anna = inAs(await typed(services, 'anna', directoryPassword));
    await disablePerson(services, operator, anna.id);
    const asked: string[] = [];
    const { directories } = services;
    const bind = directories.bind;
    directories.bind = (directory, entry, password) => {
      asked.push(entry.dn);
      return bind.call(directories, directory, entry, password);
    };
    assert.deepEqual(await typed(services, 'anna', directoryPassword), { outcome: 'refused' });
    assert.equal((await events(services, 'signin.failed')).at(-1)?.detail?.cause, 'disabled');
    assert.ok(!asked.includes(personDn('anna')), 'the password does not leave for somebody who is ended here');
    await changeSource(services, operator, { ...sourceSettingsOf(services, source), create: false });
    const bob = await typed(services, 'bob', directoryPassword);
    assert.equal(bob.outcome === 'unlinked' && bob.because, 'create-off');
  });

  await t.test('mail domains choose the directory', async (t) => {
    const services = await testServices(t);
    await addSource(services, slapd, { domains: ['example.com'] });
    await addSource(services, slapd, { id: 'other', url: 'ldaps://localhost:1', domains: ['other.example'] });
    inAs(await typed(services, 'anna@example.com', directoryPassword));
    assert.deepEqual(await typed(services, 'anna@elsewhere.example', directoryPassword), { outcome: 'refused' });
    const away = await typed(services, 'anna@other.example', directoryPassword);
    assert.deepEqual(away, { outcome: 'directory-away', title: 'Company directory' });
  });

  await t.test(
    'a directory that is away answers alike for all whom it could know, and never stops the hub’s own',
    async (t) => {
      const services = await testServices(t);
      await addSource(services, slapd, { url: 'ldaps://localhost:1' });
      await createPerson(services, operator, { email: 'own@example.com', password: localPassword });
      const away = { outcome: 'directory-away', title: 'Company directory' };
      assert.deepEqual(await typed(services, 'anna', directoryPassword), away);
      assert.deepEqual(await typed(services, 'own@example.com', 'wrong'), away);
      inAs(await typed(services, 'own@example.com', localPassword));
      const [failed] = await events(services, 'signin.failed');
      assert.deepEqual([failed?.detail?.cause, failed?.detail?.source], ['directory-away', 'ad']);
    },
  );

  await t.test(
    'two hundred guesses at once, the right one among them: no more reach the directory than may',
    async (t) => {
      const services = await testServices(t, { env: { HUB_LIMITS_SIGNIN_PERNETWORK: '1000/15m' } });
      await addSource(services, slapd);
      const anna = inAs(await typed(services, 'anna', directoryPassword));
      let asked = 0;
      const { directories } = services;
      const bind = directories.bind;
      directories.bind = (...given) => {
        asked += 1;
        return bind.apply(directories, given);
      };
      // By every name that finds the entry, known here or not.
      await changePerson(services, operator, anna.id, { username: 'somebody' });
      const logins = ['anna', 'ANNA', 'anna@example.com', ' Anna@Example.com'];
      const tries = Array.from({ length: 200 }, (_, index) => {
        const password = index === 190 ? directoryPassword : `guess ${index}`;
        return typed(services, logins[index % logins.length] ?? '', password);
      });
      const outcomes = (await Promise.all(tries)).map(({ outcome }) => outcome);
      assert.ok(asked <= 10, `${asked} reached the directory`);
      assert.equal(outcomes.filter((outcome) => outcome === 'refused').length, 10);
      assert.equal(outcomes.filter((outcome) => outcome === 'throttled').length, 190);
    },
  );
});
