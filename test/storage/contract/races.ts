import assert from 'node:assert/strict';
import { authorizationCodes, people, replayMarks, throttles } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { CommitConflict } from '#storage/port.ts';
import type { MakeBed } from '../contract.ts';
import { event, person } from '../records.ts';
import { bedTests } from './with-bed.ts';

/** What security.md means by "spent once": twenty at a time, exactly one succeeds, and stays so. */
export function raceContract(name: string, make: MakeBed): void {
  const test = bedTests(name, make);
  const races: [string, (round: number, racer: number) => Change][] = [
    [
      'a code is spent once',
      (round) => ({
        kind: 'update',
        collection: authorizationCodes,
        id: `code${round}`,
        where: { consumed: null },
        set: { consumed: 1 },
      }),
    ],
    [
      'a mark is made once',
      (round) => ({ kind: 'insert', collection: replayMarks, id: `jti${round}`, data: { payload: {} } }),
    ],
    [
      'a version is replaced once',
      (round, racer) => ({
        kind: 'replace',
        collection: authorizationCodes,
        id: `code${round}`,
        ifVersion: 1,
        data: { payload: { racer } },
      }),
    ],
    [
      'a login is taken once',
      (round, racer) => ({
        kind: 'insert',
        collection: people,
        id: `${round}-${racer}`,
        data: person(`r${round}n${racer}`, { logins: [`login${round}`] }),
      }),
    ],
    [
      'a record is removed once',
      (round) => ({ kind: 'remove', collection: authorizationCodes, id: `code${round}`, ifVersion: 1 }),
    ],
  ];

  for (const [title, change] of races) {
    test(`${title} in 20 rounds of 20`, async (bed) => {
      for (let round = 0; round < 20; round++) {
        const code = { payload: {}, grant: 'g' };
        const { engine } = bed;
        await engine.commit({
          changes: [{ kind: 'insert', collection: authorizationCodes, id: `code${round}`, data: code }],
        });
        const tries = Array.from({ length: 20 }, async (_, racer) => {
          // Some start in the same turn, some in later ones.
          if (racer % 3 === 0) await new Promise(setImmediate);
          await engine.commit({
            changes: [change(round, racer)],
            events: [event({ detail: { round, racer } })],
          });
        });
        const results = await Promise.allSettled(tries);
        assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1, `round ${round}`);
        for (const result of results)
          if (result.status === 'rejected') assert.ok(result.reason instanceof CommitConflict, String(result.reason));
      }
      const { items } = await bed.engine.audit.query({ limit: 1000 });
      assert.equal(items.length, 20, 'a refused commit leaves no event');
      const again = await bed.reopen();
      await assert.rejects(again.commit({ changes: [change(3, 50)] }), CommitConflict);
    });
  }

  test('no addition is lost', async ({ engine }) => {
    await engine.commit({ changes: [{ kind: 'put', collection: throttles, id: 't', data: { count: 0, since: 1 } }] });
    const add: Change = { kind: 'update', collection: throttles, id: 't', add: { count: 1 } };
    await Promise.all(Array.from({ length: 200 }, () => engine.commit({ changes: [add] })));
    assert.equal((await engine.get(throttles, 't'))?.count, 200);
  });

  test('a refused commit does not hurt its neighbours in time', async ({ engine }) => {
    const insert = (id: string): Change => ({ kind: 'insert', collection: replayMarks, id, data: { payload: {} } });
    const results = await Promise.allSettled([
      engine.commit({ changes: [insert('a')] }),
      engine.commit({ changes: [insert('b'), insert('a')] }),
      engine.commit({ changes: [insert('b')], events: [event()] }),
      engine.commit({ changes: [insert('c'), insert('b')], events: [event()] }),
      engine.commit({ changes: [insert('c')] }),
    ]);
    assert.deepEqual(
      results.map((result) => result.status),
      ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal(await engine.count(replayMarks), 3);
    assert.equal((await engine.audit.query({})).items.length, 1);
  });
}
