import assert from 'node:assert/strict';
import type { Collection } from '#storage/collection.ts';
import { authorizationCodes, links, oneTimeLinks, people, sessions, systems, throttles } from '#storage/collections.ts';
import { type Change, CommitConflict, type ConflictReason, type Engine } from '#storage/port.ts';
import type { MakeBed } from '../contract.ts';
import { event, person } from '../records.ts';
import { bedTests } from './with-bed.ts';

async function refused(
  engine: Engine,
  changes: Change[],
  reason: ConflictReason,
  index?: string,
): Promise<CommitConflict> {
  const fault = await engine.commit({ changes }).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(fault instanceof CommitConflict, `a conflict was expected, not ${String(fault)}`);
  assert.equal(fault.reason, reason);
  assert.equal(fault.index, index);
  return fault;
}

const put = (id: string, data: object, expiresAt?: number): Change => ({
  kind: 'put',
  collection: sessions,
  id,
  data,
  ...(expiresAt === undefined ? {} : { expiresAt }),
});

/** What each change asks for, what it does, and that a commit is all or nothing. */
export function conditionContract(name: string, make: MakeBed): void {
  const test = bedTests(name, make);

  const lives: [string, Collection][] = [
    ['kept', systems],
    ['live', oneTimeLinks],
  ];
  for (const [life, collection] of lives) {
    test(`insert, replace, put and remove of a ${life} record`, async ({ engine }) => {
      const data = life === 'kept' ? { clientId: 'a', side: 'crm' } : { purpose: 'reset', person: 'p', used: false };
      const base = { collection, id: 'one' };
      await engine.commit({ changes: [{ ...base, kind: 'insert', data }] });
      assert.deepEqual(await engine.get(collection, 'one'), { ...data, id: 'one', version: 1 });
      await refused(engine, [{ ...base, kind: 'insert', data }], 'exists');

      await engine.commit({ changes: [{ ...base, kind: 'replace', ifVersion: 1, data: { ...data, extra: 1 } }] });
      assert.deepEqual(await engine.get(collection, 'one'), { ...data, extra: 1, id: 'one', version: 2 });
      await refused(engine, [{ ...base, kind: 'replace', ifVersion: 1, data }], 'stale');
      await refused(engine, [{ ...base, id: 'other', kind: 'replace', ifVersion: 1, data }], 'missing');

      await engine.commit({ changes: [{ ...base, kind: 'put', data }] });
      assert.deepEqual(await engine.get(collection, 'one'), { ...data, id: 'one', version: 3 });

      await refused(engine, [{ ...base, kind: 'remove', ifVersion: 2 }], 'stale');
      await engine.commit({ changes: [{ ...base, kind: 'remove', ifVersion: 3 }] });
      assert.equal(await engine.get(collection, 'one'), undefined);
      await refused(engine, [{ ...base, kind: 'remove', ifVersion: 3 }], 'missing');
      await engine.commit({ changes: [{ ...base, kind: 'remove' }] });
    });
  }

  test('an update goes by its condition, sets, unsets and adds', async ({ engine }) => {
    const base = { collection: authorizationCodes, id: 'c', kind: 'update' } as const;
    await refused(engine, [{ ...base, set: { a: 1 } }], 'missing');
    await engine.commit({
      changes: [{ ...base, kind: 'insert', data: { payload: { a: [1, { b: null }] }, grant: 'g' }, expiresAt: 4e12 }],
    });
    const tagged = await refused(engine, [{ ...base, where: { grant: 'other' }, set: {}, tag: 'spend' }], 'condition');
    assert.equal(tagged.change.tag, 'spend');
    await refused(engine, [{ ...base, where: { consumed: 5 }, set: {} }], 'condition');
    await engine.commit({ changes: [{ ...base, where: { grant: 'g', consumed: null }, set: { consumed: 7 } }] });
    assert.deepEqual(await engine.get(authorizationCodes, 'c'), {
      payload: { a: [1, { b: null }] },
      grant: 'g',
      consumed: 7,
      id: 'c',
      version: 2,
      expiresAt: 4e12,
    });
    await refused(engine, [{ ...base, where: { consumed: null }, set: { consumed: 8 } }], 'condition');
    await engine.commit({ changes: [{ ...base, unset: ['grant'], add: { consumed: 3, uses: 1 }, expiresAt: 5e12 }] });
    assert.deepEqual(await engine.get(authorizationCodes, 'c'), {
      payload: { a: [1, { b: null }] },
      consumed: 10,
      uses: 1,
      id: 'c',
      version: 3,
      expiresAt: 5e12,
    });
  });

  test('a removal may have a condition', async ({ engine }) => {
    await engine.commit({ changes: [put('s', { payload: {}, account: 'a' })] });
    const remove = { kind: 'remove', collection: sessions, id: 's' } as const;
    await refused(engine, [{ ...remove, where: { account: 'b' } }], 'condition');
    await engine.commit({ changes: [{ ...remove, where: { account: 'a' } }] });
    await refused(engine, [{ ...remove, where: { account: 'a' } }], 'missing');
  });

  test('what was read can be handed back whole, and belongs to the reader', async ({ engine }) => {
    const data = { payload: { entries: { crm: 1 } }, account: 'a' };
    await engine.commit({ changes: [put('s', data)] });
    data.payload.entries.crm = 99;
    const read = await engine.get(sessions, 's');
    assert.ok(read !== undefined);
    (read.payload.entries as Record<string, number>).crm = 77;
    assert.deepEqual((await engine.get(sessions, 's'))?.payload, { entries: { crm: 1 } });
    await engine.commit({ changes: [{ kind: 'replace', collection: sessions, id: 's', ifVersion: 1, data: read }] });
    assert.deepEqual(await engine.get(sessions, 's'), {
      payload: { entries: { crm: 77 } },
      account: 'a',
      id: 's',
      version: 2,
    });
  });

  test('names that objects have by birth are names like others', async ({ engine }) => {
    const attributes = JSON.parse('{"constructor":"x","__proto__":"y","toString":["z"]}');
    await engine.commit({
      changes: [{ kind: 'insert', collection: people, id: 'p', data: person('p', { attributes }) }],
    });
    await engine.commit({ changes: [{ kind: 'update', collection: people, id: 'p', set: { department: 'Sales' } }] });
    const read = await engine.get(people, 'p');
    assert.deepEqual(Object.entries(read?.attributes ?? {}), Object.entries(attributes));
    assert.equal(await engine.get(people, '__proto__'), undefined);
  });

  test('a unique value is held once, also as one element of a list', async ({ engine }) => {
    const insert = (id: string, data: object): Change => ({ kind: 'insert', collection: people, id, data });
    await engine.commit({ changes: [insert('ann', person('ann'))] });
    await refused(engine, [insert('eve', person('eve', { logins: ['eve', 'ann'] }))], 'unique', 'logins');
    await engine.commit({ changes: [insert('bob', person('bob'))] });
    const rename = (id: string, logins: string[]): Change => ({
      kind: 'update',
      collection: people,
      id,
      set: { logins },
    });
    await refused(engine, [rename('bob', ['bob', 'ann'])], 'unique', 'logins');
    await engine.commit({ changes: [rename('ann', ['ann2'])] });
    await engine.commit({ changes: [rename('bob', ['bob', 'ann'])] });
    assert.equal((await engine.find(people, { where: { logins: 'ann' } })).items[0]?.id, 'bob');
    assert.equal((await engine.find(people, { where: { logins: 'ann@hongda.example' } })).items.length, 0);
    await engine.commit({ changes: [{ kind: 'remove', collection: people, id: 'bob' }] });
    await engine.commit({ changes: [rename('ann', ['ann', 'bob'])] });
  });

  test('records without the field do not meet in a unique index', async ({ engine }) => {
    const link = (id: string, more: object): Change => ({
      kind: 'insert',
      collection: links,
      id,
      data: { person: id, system: 'crm', sub: id, createdAt: 1, ...more },
    });
    await engine.commit({ changes: [link('a', {}), link('b', {})] });
    await engine.commit({ changes: [link('c', { login: 'x' })] });
    await refused(engine, [link('d', { login: 'x' })], 'unique', 'systemLogin');
    await engine.commit({ changes: [link('d', { login: 'x', system: 'erp' })] });
    await refused(engine, [link('e', { person: 'a' })], 'unique', 'personSystem');
  });

  test('a unique value is held once among live records too', async ({ engine }) => {
    await engine.commit({ changes: [put('s1', { payload: {}, uid: 'u' })] });
    await refused(engine, [put('s2', { payload: {}, uid: 'u' })], 'unique', 'uid');
    await engine.commit({
      changes: [{ kind: 'remove', collection: sessions, id: 's1' }, put('s2', { payload: {}, uid: 'u' })],
    });
    assert.equal((await engine.find(sessions, { where: { uid: 'u' } })).items[0]?.id, 's2');
  });

  test('a commit is all or nothing, events included', async ({ engine }) => {
    await engine.commit({ changes: [put('held', { payload: {}, uid: 'u' })] });
    const before = [engine.changes(people), engine.changes(sessions)];
    const faulty: Change[] = [
      { kind: 'insert', collection: people, id: 'p', data: person('p') },
      put('s1', { payload: {}, account: 'p', uid: 'free' }),
      { kind: 'remove', collection: sessions, id: 'held' },
      { kind: 'update', collection: sessions, id: 'nobody', set: {} },
    ];
    await assert.rejects(engine.commit({ changes: faulty, events: [event()] }), CommitConflict);
    assert.equal(await engine.get(people, 'p'), undefined);
    assert.equal(await engine.get(sessions, 's1'), undefined);
    assert.ok(await engine.get(sessions, 'held'));
    assert.equal((await engine.find(people, { where: { logins: 'p' } })).items.length, 0);
    assert.deepEqual((await engine.audit.query({})).items, []);
    assert.deepEqual([engine.changes(people), engine.changes(sessions)], before);
    await engine.commit({ changes: [put('s2', { payload: {}, uid: 'free' })] });
  });

  test('later changes of a commit see the earlier ones', async ({ engine }) => {
    await engine.commit({
      changes: [
        { kind: 'insert', collection: throttles, id: 't', data: { count: 1, since: 1 } },
        { kind: 'update', collection: throttles, id: 't', where: { count: 1 }, add: { count: 1 } },
        { kind: 'replace', collection: throttles, id: 't', ifVersion: 2, data: { count: 5, since: 2 } },
      ],
    });
    assert.deepEqual(await engine.get(throttles, 't'), { count: 5, since: 2, id: 't', version: 3 });
    await engine.commit({
      changes: [
        { kind: 'insert', collection: people, id: 'p', data: person('p') },
        { kind: 'update', collection: people, id: 'p', set: { logins: ['q'] } },
        { kind: 'insert', collection: people, id: 'p2', data: person('p') },
        { kind: 'remove', collection: people, id: 'p' },
      ],
    });
    assert.equal((await engine.find(people, { where: { logins: 'p' } })).items[0]?.id, 'p2');
    assert.equal((await engine.find(people, { where: { logins: 'q' } })).items.length, 0);
  });

  test('what was committed is read at once, and after opening again', async (bed, clock) => {
    const { engine } = bed;
    const expiresAt = clock.now() + 60_000;
    await engine.commit({
      changes: [
        { kind: 'insert', collection: people, id: 'p', data: person('zoë', { name: '小明 🙂' }) },
        put('s', { payload: { t: '小明 🙂 \u2028"\n' }, account: 'p', uid: 'u' }, expiresAt),
        put('gone', { payload: {} }),
      ],
    });
    await engine.commit({ changes: [{ kind: 'remove', collection: sessions, id: 'gone' }] });
    await engine.commit({ changes: [{ kind: 'update', collection: sessions, id: 's', set: { client: 'crm' } }] });
    for (const open of [() => engine, () => bed.reopen()]) {
      const held = await open();
      assert.equal((await held.get(people, 'p'))?.name, '小明 🙂');
      assert.equal((await held.find(people, { where: { logins: 'zoë' } })).items.length, 1);
      assert.deepEqual((await held.find(sessions, { where: { account: 'p' } })).items, [
        { payload: { t: '小明 🙂 \u2028"\n' }, account: 'p', uid: 'u', client: 'crm', id: 's', version: 2, expiresAt },
      ]);
      assert.equal(await held.get(sessions, 'gone'), undefined);
      await refused(held, [put('s2', { payload: {}, uid: 'u' })], 'unique', 'uid');
    }
  });

  test('an expired record is still returned: its reader has to see a replay', async ({ engine }, clock) => {
    await engine.commit({ changes: [put('s', { payload: {} }, clock.now() + 1000)] });
    clock.advance(2000);
    assert.equal((await engine.get(sessions, 's'))?.expiresAt, clock.now() - 1000);
    await refused(engine, [{ kind: 'insert', collection: sessions, id: 's', data: { payload: {} } }], 'exists');
  });

  test('each commit raises the counter of what it touches, and no other', async ({ engine }) => {
    const [before, other] = [engine.changes(sessions), engine.changes(people)];
    await engine.commit({ changes: [put('s', { payload: {} })] });
    assert.ok(engine.changes(sessions) > before);
    assert.equal(engine.changes(people), other);
    await engine.ping();
  });
}
