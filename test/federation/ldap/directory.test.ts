/** Finding somebody in a real directory and proving their password. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directoryPassword, peopleBase, person, personDn } from '#test/support/slapd/people.ts';
import { startSlapd } from '#test/support/slapd/start.ts';
import { directoriesOf, entryOf, settingsOf } from './support.ts';

/** 00112233-4455-6677-8899-aabbccddeeff as Active Directory keeps it. */
const guid = Buffer.from('33221100554477668899aabbccddeeff', 'hex');

test('finding and binding', async (t) => {
  const slapd = await startSlapd(t, [
    { dn: `ou=elsewhere,${peopleBase}`, objectClass: 'organizationalUnit', ou: 'elsewhere' },
    person('anna', { departmentNumber: 'Sales' }),
    person('zażółć', { cn: '李 明', objectGUID: guid }),
    person('off', { userAccountControl: '514' }),
    person('over', { accountExpires: '131000000000000000' }),
    { ...person('twin'), dn: `cn=one,${peopleBase}`, cn: 'one' },
    { ...person('twin'), dn: `cn=two,${peopleBase}`, cn: 'two' },
    { ...person('with, comma'), dn: `cn=Müller\\, Jörg,${peopleBase}`, cn: 'Müller, Jörg' },
  ]);
  if (slapd === undefined) return;
  const settings = settingsOf(slapd);
  const directories = directoriesOf(t);

  await t.test('the right password is right, others are wrong, an empty one is never sent', async () => {
    const anna = await entryOf(directories, settings, 'anna');
    assert.match(anna.subject, /^[\da-f-]{36}$/);
    assert.deepEqual(anna.attributes.departmentNumber, ['Sales']);
    assert.equal(anna.attributes.userPassword, undefined);
    assert.deepEqual(await directories.bind(settings, anna, directoryPassword), { outcome: 'right' });
    assert.deepEqual(await directories.bind(settings, anna, 'wrong'), { outcome: 'wrong' });
    assert.deepEqual(await directories.bind(settings, anna, ''), { outcome: 'wrong' });
    assert.deepEqual(await directories.bind(settings, { ...anna, dn: '' }, 'x'), { outcome: 'wrong' });
  });

  await t.test('what is typed is a value and nothing else', async () => {
    for (const login of [
      '*',
      'anna)(uid=*',
      '*)(uid=*',
      'a*',
      'anna)(|(uid=*',
      'anna\0',
      '\\61nna',
      'anna\\',
      '(',
      ')',
    ])
      assert.deepEqual(await directories.find(settings, login), { outcome: 'none' }, login);
  });

  await t.test('names of every script, in login, value and place', async () => {
    const entry = await entryOf(directories, { ...settings, subject: 'objectGUID' }, 'zażółć');
    assert.equal(entry.subject, '00112233-4455-6677-8899-aabbccddeeff');
    assert.deepEqual(entry.attributes.cn, ['李 明']);
    assert.equal((await directories.bind(settings, entry, directoryPassword)).outcome, 'right');
    const comma = await entryOf(directories, settings, 'with, comma');
    assert.equal((await directories.bind(settings, comma, directoryPassword)).outcome, 'right');
  });

  await t.test('of two that answer to one name nobody is tried', async () => {
    assert.deepEqual(await directories.find(settings, 'twin'), { outcome: 'several', count: 2 });
    assert.deepEqual(await directories.find({ ...settings, subject: 'objectGUID' }, 'anna'), { outcome: 'nameless' });
  });

  await t.test('an account that is off or over is refused after its password was right', async () => {
    for (const [login, trouble] of [
      ['off', 'directory-disabled'],
      ['over', 'directory-expired'],
    ] as const) {
      const entry = await entryOf(directories, settings, login);
      assert.deepEqual(await directories.bind(settings, entry, 'wrong'), { outcome: 'wrong' });
      const bound = await directories.bind(settings, entry, directoryPassword);
      assert.deepEqual(bound, { outcome: 'refused', trouble, proved: true });
    }
  });

  await t.test('an entry that was moved keeps its id', async () => {
    const before = await entryOf(directories, settings, 'anna');
    await slapd.move(personDn('anna'), `uid=anna,ou=elsewhere,${peopleBase}`);
    const after = await entryOf(directories, settings, 'anna');
    assert.notEqual(after.dn, before.dn);
    assert.equal(after.subject, before.subject);
    assert.equal((await directories.bind(settings, after, directoryPassword)).outcome, 'right');
    assert.deepEqual(
      await directories.bind(settings, before, directoryPassword),
      { outcome: 'wrong' },
      'nobody is there',
    );
  });

  await t.test('two hundred binds at once take turns', async () => {
    const anna = await entryOf(directories, settings, 'anna');
    const tries = Array.from({ length: 200 }, (_, index) => (index === 150 ? directoryPassword : `guess ${index}`));
    const bound = await Promise.all(tries.map((password) => directories.bind(settings, anna, password)));
    assert.deepEqual(
      bound.flatMap(({ outcome }, index) => (outcome === 'right' ? [index] : [])),
      [150],
    );
  });
});
