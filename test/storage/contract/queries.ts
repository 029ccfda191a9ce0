import assert from 'node:assert/strict';
import fc from 'fast-check';
import { HubError } from '#domain/errors.ts';
import type { Collection } from '#storage/collection.ts';
import { accessTokens, outbox, people, policyVersions } from '#storage/collections.ts';
import type { Engine, Query } from '#storage/port.ts';
import type { MakeBed } from '../contract.ts';
import { delivery, person } from '../records.ts';
import { bedTests } from './with-bed.ts';

async function ids(engine: Engine, collection: Collection, query: Query): Promise<string[]> {
  return (await engine.find(collection, query)).items.map((item) => item.id);
}

/** Every page of a query, in order. */
async function pages(engine: Engine, collection: Collection, query: Query): Promise<string[][]> {
  const all: string[][] = [];
  let cursor: string | null = null;
  do {
    const page: { items: readonly { id: string }[]; next: string | null } = await engine.find(collection, {
      ...query,
      ...(cursor === null ? {} : { cursor }),
    });
    all.push(page.items.map((item) => item.id));
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

async function fill(engine: Engine, collection: Collection, records: Record<string, object>): Promise<void> {
  const changes = Object.entries(records).map(([id, data]) => ({ kind: 'insert', collection, id, data }) as const);
  await engine.commit({ changes });
}

/** Finding: tests, order, pages; alike for kept and live records. */
export function queryContract(name: string, make: MakeBed): void {
  const test = bedTests(name, make);

  test('equality, lists, prefixes and ranges', async ({ engine }) => {
    await fill(engine, people, {
      a: person('ann', { searchTerms: ['ann', 'smith'], department: 'Sales' }),
      b: person('bob', { searchTerms: ['bob', 'smithers'], department: 'Sales', employeeNumber: '0100' }),
      c: person('carol', {
        searchTerms: ['carol', 'smi\u{10ffff}', 'smythe'],
        department: 'Stock',
        status: 'disabled',
      }),
    });
    const where = (tests: Query['where']) => ids(engine, people, tests === undefined ? {} : { where: tests });
    assert.deepEqual(await where({ department: 'Sales' }), ['a', 'b']);
    assert.deepEqual(await where({ department: 'Sales', status: 'disabled' }), []);
    assert.deepEqual(await where({ department: 'Stock', status: 'disabled' }), ['c']);
    assert.deepEqual(await where({ department: { in: ['Stock', 'Sales', 'None'] } }), ['a', 'b', 'c']);
    assert.deepEqual(await where({ department: { in: [] } }), []);
    assert.deepEqual(await where({ searchTerms: { prefix: 'smith' } }), ['a', 'b']);
    assert.deepEqual(await where({ searchTerms: { prefix: 'smi' }, status: 'active' }), ['a', 'b']);
    assert.deepEqual(await where({ searchTerms: { prefix: 'smi\u{10ffff}' } }), ['c']);
    assert.deepEqual(await where({ sortName: { from: 'b' } }), ['b', 'c']);
    assert.deepEqual(await where({ sortName: { from: 'ann', below: 'bob' } }), ['a']);
    assert.deepEqual(await where({ sortName: { below: 'c' } }), ['a', 'b']);
    assert.deepEqual(await where({ id: { in: ['a', 'c', 'x'] } }), ['a', 'c']);
    assert.deepEqual(await where({ id: { from: 'b' }, status: 'active' }), ['b']);
    assert.deepEqual(await where({ employeeNumber: '0100' }), ['b']);
    assert.deepEqual(await where({ employeeNumber: 100 }), []);
    assert.equal(await engine.count(people), 3);
    assert.equal(await engine.count(people, { department: 'Sales' }), 2);
    assert.equal(await engine.count(people, { searchTerms: { prefix: 's' } }), 3);
  });

  test('an index over several fields serves equality and a range behind it', async ({ engine }) => {
    await fill(engine, outbox, {
      a: delivery('waiting', 10),
      b: delivery('waiting', 20),
      c: delivery('delivered', 5),
      d: delivery('waiting', 30),
    });
    const due = { status: 'waiting', nextAt: { below: 30 } };
    assert.deepEqual(await ids(engine, outbox, { where: due }), ['a', 'b']);
    assert.equal(await engine.count(outbox, due), 2);
    assert.deepEqual(await ids(engine, outbox, { where: { status: 'waiting', nextAt: { from: 20, below: 30 } } }), [
      'b',
    ]);
    assert.deepEqual(await ids(engine, outbox, { where: { status: 'waiting', system: 'erp' } }), []);
  });

  test('numbers are ordered as numbers, and a bound reaches its own kind alone', async ({ engine }) => {
    await fill(engine, policyVersions, {
      a: { number: 10 },
      b: { number: 9 },
      c: { number: '1' },
      d: { number: -2.5 },
    });
    assert.deepEqual(await ids(engine, policyVersions, { sort: 'number' }), ['d', 'b', 'a', 'c']);
    assert.deepEqual(await ids(engine, policyVersions, { sort: '-number', limit: 1, where: { number: { from: 0 } } }), [
      'a',
    ]);
    assert.deepEqual(await ids(engine, policyVersions, { where: { number: { below: 9.5 } } }), ['b', 'd']);
    assert.deepEqual(await ids(engine, policyVersions, { where: { number: { below: '2' } } }), ['c']);
  });

  test('pages follow one another without gap or repetition', async ({ engine }) => {
    const records: Record<string, object> = {};
    for (let n = 0; n < 25; n++) {
      const key = String(n).padStart(2, '0');
      records[key] = person(key, {
        sortName: `name ${n % 4}`,
        searchTerms: ['all', key],
        ...(n % 3 === 0 ? {} : { department: n % 2 === 0 ? 'Sales' : 'Stock' }),
      });
    }
    await fill(engine, people, records);
    const all = Object.keys(records).sort();
    assert.deepEqual(
      (await pages(engine, people, { limit: 10 })).map((page) => page.length),
      [10, 10, 5],
    );
    assert.deepEqual((await pages(engine, people, { limit: 7 })).flat(), all);
    assert.deepEqual((await pages(engine, people, { limit: 5 })).length, 5);
    assert.deepEqual((await pages(engine, people, { sort: '-id', limit: 4 })).flat(), all.toReversed());
    const byName = (await pages(engine, people, { sort: 'sortName', limit: 4 })).flat();
    assert.deepEqual(
      byName,
      all.toSorted((a, b) => (Number(a) % 4) - (Number(b) % 4)),
    );
    const search = { searchTerms: { prefix: 'all' } };
    assert.deepEqual(
      (await pages(engine, people, { where: search, sort: '-sortName', limit: 4 })).flat(),
      byName.toReversed(),
    );
    const byDepartment = (await pages(engine, people, { sort: 'department', limit: 3 })).flat();
    assert.equal(byDepartment.length, 25, 'records without the field are not left out');
    assert.deepEqual(
      byDepartment.slice(0, 9),
      all.filter((id) => Number(id) % 3 === 0),
    );
    assert.deepEqual((await pages(engine, people, { where: { department: 'Sales' }, limit: 2 })).flat().length, 8);
  });

  test('tests that nearly everybody passes give the same answers', async ({ engine }) => {
    const names = Array.from({ length: 1500 }, (_, n) => String(n).padStart(4, '0'));
    const sales = names.filter((name) => Number(name) % 5 === 0);
    const active = sales.filter((name) => Number(name) % 7 !== 0);
    const status = (n: number) => (n % 7 === 0 ? 'disabled' : 'active');
    const department = (n: number) => (n % 5 === 0 ? 'Sales' : 'Stock');
    const records = names.map((name, n) => [name, person(name, { status: status(n), department: department(n) })]);
    await fill(engine, people, Object.fromEntries(records));
    const where = { status: 'active', department: 'Sales' };
    assert.deepEqual((await pages(engine, people, { where, limit: 50 })).flat(), active);
    assert.deepEqual(
      (await pages(engine, people, { where, sort: '-sortName', limit: 100 })).flat(),
      active.toReversed(),
    );
    assert.equal(await engine.count(people, where), active.length);
    assert.equal(await engine.count(people, { status: 'active', department: 'Stock' }), 1285 - active.length);
    assert.deepEqual(await ids(engine, people, { where: { ...where, id: { from: '1490' } } }), ['1490', '1495']);
  });

  test('records that come and go between pages do not disturb the others', async ({ engine }) => {
    await fill(engine, people, Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((id) => [id, person(id)])));
    const first = await engine.find(people, { sort: 'sortName', limit: 2 });
    await engine.commit({
      changes: [
        { kind: 'remove', collection: people, id: 'b' },
        { kind: 'remove', collection: people, id: 'c' },
        { kind: 'insert', collection: people, id: 'aa', data: person('aa') },
      ],
    });
    const second = await engine.find(people, {
      sort: 'sortName',
      limit: 2,
      ...(first.next === null ? {} : { cursor: first.next }),
    });
    assert.deepEqual(
      second.items.map((item) => item.id),
      ['d', 'e'],
    );
    assert.equal(second.next, null);
  });

  test('a cursor of another query, a made-up one and a query without an index are refused', async ({ engine }) => {
    await fill(engine, people, { a: person('a'), b: person('b') });
    const page = await engine.find(people, { limit: 1 });
    assert.ok(page.next !== null);
    const foreign = engine.find(people, { limit: 1, where: { status: 'active' }, cursor: page.next });
    await assert.rejects(foreign, HubError);
    await assert.rejects(engine.find(people, { cursor: 'nonsense' }), HubError);
    await assert.rejects(engine.find(people, { where: { jobTitle: 'x' } }), /no index/);
    await assert.rejects(engine.find(people, { sort: 'jobTitle' }), /no index/);
    await assert.rejects(engine.find(people, { limit: 0 }));
    await assert.rejects(engine.find(people, { limit: 1001 }));
    await assert.rejects(engine.find(accessTokens, { where: { payload: 'x' } }), /no index/);
  });

  test('live records are found like kept ones', async ({ engine }) => {
    const records: Record<string, object> = {};
    for (let n = 0; n < 12; n++) {
      records[`t${String(n).padStart(2, '0')}`] = { payload: { n }, account: `a${n % 3}`, grant: `g${n % 2}` };
    }
    await fill(engine, accessTokens, records);
    assert.deepEqual(await ids(engine, accessTokens, { where: { account: 'a0' } }), ['t00', 't03', 't06', 't09']);
    assert.deepEqual(await ids(engine, accessTokens, { where: { account: 'a0', grant: 'g1' } }), ['t03', 't09']);
    assert.deepEqual(await ids(engine, accessTokens, { where: { account: { in: ['a1', 'a2'] }, grant: 'g0' } }), [
      't02',
      't04',
      't08',
      't10',
    ]);
    assert.equal(await engine.count(accessTokens, { account: { prefix: 'a' } }), 12);
    assert.deepEqual(
      (await pages(engine, accessTokens, { limit: 5 })).map((page) => page.length),
      [5, 5, 2],
    );
    assert.deepEqual((await pages(engine, accessTokens, { where: { grant: 'g0' }, limit: 4 })).flat().length, 6);
    assert.deepEqual((await pages(engine, accessTokens, { sort: '-account', limit: 5 })).flat().slice(0, 4), [
      't11',
      't08',
      't05',
      't02',
    ]);
  });

  test('whatever the strings, order and prefix are those of code points', async ({ engine }) => {
    const strings = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }), {
      minLength: 2,
      maxLength: 12,
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(strings, async (values) => {
        const mark = `${round++}:`;
        const records = values.map((value, at) => [`${mark}${at}`, { payload: {}, account: mark + value }] as const);
        const byPoint = [...values].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        const kept = records.map(([id, { account }]) => [id, person(id, { sortName: account })] as const);
        await fill(engine, accessTokens, Object.fromEntries(records));
        await fill(engine, people, Object.fromEntries(kept));
        const all = { prefix: mark };
        const live = await engine.find(accessTokens, { where: { account: all }, sort: 'account', limit: 1000 });
        assert.deepEqual(
          live.items.map((item) => item.account),
          byPoint.map((value) => mark + value),
        );
        const stood = await engine.find(people, { where: { sortName: all }, sort: 'sortName', limit: 1000 });
        assert.deepEqual(
          stood.items.map((item) => item.sortName),
          byPoint.map((value) => mark + value),
        );
        const [first = ''] = values;
        const expected = values.filter((value) => value.startsWith(first)).length;
        assert.equal(await engine.count(people, { sortName: { prefix: mark + first } }), expected);
        assert.equal(await engine.count(accessTokens, { account: { prefix: mark + first } }), expected);
      }),
      { numRuns: 30 },
    );
  });
}
