/** Groups of groups, and walking a whole directory. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DirectorySettings } from '#actions/directories/port.ts';
import { DirectoryTrouble } from '#actions/directories/port.ts';
import { group, groupDn, person, personDn } from '#test/support/slapd/people.ts';
import { startSlapd } from '#test/support/slapd/start.ts';
import { directoriesOf, entryOf, settingsOf } from './support.ts';

test('groups, direct and through others', async (t) => {
  const slapd = await startSlapd(t, [person('anna'), person('boss'), person('none')]);
  if (slapd === undefined) return;
  // The overlay keeps memberOf for what is added over the wire. ring-a, ring-b and ring-c hold one another.
  await slapd.add([
    group('sales', [personDn('anna')]),
    group('staff', [groupDn('sales'), personDn('boss')]),
    group('everybody', [groupDn('staff')]),
    group('ring-a', [personDn('anna'), groupDn('ring-c')]),
    group('ring-b', [groupDn('ring-a')]),
    group('ring-c', [groupDn('ring-b')]),
    { ...group('żółte, z przecinkiem', [personDn('anna')]), dn: groupDn('żółte\\, z przecinkiem') },
  ]);
  const settings = settingsOf(slapd);
  const directories = directoriesOf(t);
  const groupsOf = async (login: string, groups: Partial<DirectorySettings['groups']>) => {
    const asked = { ...settings, groups: { ...settings.groups, ...groups } };
    const entry = await directories.withGroups(asked, await entryOf(directories, asked, login));
    return entry.attributes.memberOf;
  };
  const direct = ['ring-a', 'sales'];
  const all = ['everybody', 'ring-a', 'ring-b', 'ring-c', 'sales', 'staff'];

  for (const by of ['memberOf', 'search'] as const) {
    await t.test(`by ${by}`, async () => {
      const plain = (await groupsOf('anna', { by, nested: 'no' })) ?? [];
      assert.deepEqual(
        plain.filter((dn) => !dn.startsWith('cn=ż')),
        direct.map(groupDn),
      );
      assert.equal(plain.length, 3);
      const names = await groupsOf('anna', { by, nested: 'walk', value: 'cn' });
      assert.deepEqual(
        names?.filter((name) => !name.startsWith('ż')),
        all,
        'a circle ends where it began',
      );
      assert.equal(names?.length, 7);
      assert.deepEqual(await groupsOf('boss', { by, nested: 'walk', value: 'cn' }), ['everybody', 'staff']);
      assert.deepEqual(await groupsOf('none', { by, nested: 'walk' }), []);
    });
  }

  await t.test('not at all', async () => {
    assert.equal(await groupsOf('anna', { by: 'none' }), undefined);
  });
});

test('a directory of 1,500 is walked in pages of 500', async (t) => {
  const people = Array.from({ length: 1500 }, (_, index) => person(`p${index}`));
  const slapd = await startSlapd(t, people);
  if (slapd === undefined) return;
  const directories = directoriesOf(t);
  const settings = settingsOf(slapd);
  const sizes: number[] = [];
  const subjects = new Set<string>();
  for await (const page of directories.walk(settings)) {
    sizes.push(page.length);
    for (const { subject } of page) subjects.add(subject);
  }
  assert.deepEqual(sizes, [500, 500, 500]);
  assert.equal(subjects.size, 1500);

  // Cut off after the first page: a fault, never a shorter list.
  await assert.rejects(
    (async () => {
      for await (const _ of directories.walk(settings)) await slapd.kill();
    })(),
    DirectoryTrouble,
  );
});
