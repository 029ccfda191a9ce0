/** Leases over the embedded store, as if it were one that several processes share. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { leases } from '#storage/collections.ts';
import { keepLease, type Lease } from '#storage/leases/lease.ts';
import { alone, enter, StoreInMaintenance, StoreInUse } from '#storage/leases/presence.ts';
import { inTurn } from '#storage/leases/turn.ts';
import type { Engine } from '#storage/port.ts';
import { newFile, open } from '../sqlite-bed.ts';

const quick = { ttlMs: 300, everyMs: 40 };

type Shared = Pick<Engine, 'get' | 'find' | 'commit' | 'ping'>;

async function shared(t: { after(end: () => Promise<void>): void }): Promise<Shared> {
  const engine = await open(newFile());
  t.after(() => engine.close());
  return {
    get: (collection, id) => engine.get(collection, id),
    find: (collection, query) => engine.find(collection, query),
    commit: (commit) => engine.commit(commit),
    ping: () => engine.ping(),
  };
}

async function until(holds: () => boolean, ms = 5000): Promise<void> {
  for (const end = Date.now() + ms; !holds(); await sleep(10)) assert.ok(Date.now() < end, 'it never happened');
}

const holders = (all: readonly Lease[]) => all.filter(({ held }) => held).length;

test('of many one holds it, all the time, and a release hands it on at once', async (t) => {
  const engine = await shared(t);
  const all = Array.from({ length: 8 }, () => keepLease(engine, 'job', quick));
  t.after(async () => void (await Promise.all(all.map((lease) => lease.release()))));
  await until(() => holders(all) === 1);
  const first = all.find(({ held }) => held);
  assert.ok(first);
  for (let look = 0; look < 60; look++) {
    assert.equal(holders(all), 1);
    assert.ok(first.held, 'renewed, not passed round');
    await sleep(10);
  }
  await first.release();
  assert.equal(first.held, false);
  await until(() => holders(all) === 1);
});

test('a holder that dies is followed, and one whose commits no longer arrive stops before the next begins', async (t) => {
  const engine = await shared(t);
  let cut = false;
  const silent: Shared = {
    ...engine,
    commit: (commit) => (cut ? Promise.reject(new Error('the line is dead')) : engine.commit(commit)),
  };
  const dying = keepLease(silent, 'job', quick);
  await until(() => dying.held);
  const heir = keepLease(engine, 'job', quick);
  t.after(async () => {
    await dying.release();
    await heir.release();
  });
  cut = true;
  while (!heir.held) {
    await sleep(1);
    assert.ok(!(dying.held && heir.held), 'never both');
  }
  assert.equal(dying.held, false);
  cut = false;
  await sleep(200);
  assert.equal(dying.held, false, 'who comes back finds it taken');
  assert.equal(heir.held, true);
});

test('clocks that differ by an hour change nothing: nobody compares them', async (t) => {
  const engine = await shared(t);
  const dead = { holder: 'gone/1/x', until: Date.now() + 3_600_000 };
  await engine.commit({ changes: [{ kind: 'insert', collection: leases, id: 'ahead', data: dead }] });
  const heir = keepLease(engine, 'ahead', quick);
  await until(() => heir.held, 2000);
  await heir.release();
  const holder = keepLease(engine, 'behind', quick);
  await until(() => holder.held);
  await engine.commit({ changes: [{ kind: 'update', collection: leases, id: 'behind', set: { until: 1 } }] });
  const other = keepLease(engine, 'behind', quick);
  for (let look = 0; look < 40; look++, await sleep(10)) assert.equal(other.held, false);
  await holder.release();
  await other.release();
});

test('work in turn never overlaps', async (t) => {
  const engine = await shared(t);
  let inside = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    assert.equal(inside, 1);
    await sleep(30);
    inside -= 1;
    done += 1;
  };
  await Promise.all(Array.from({ length: 5 }, () => inTurn(engine, 'start', work)));
  assert.equal(done, 5);
  await assert.rejects(
    inTurn(engine, 'start', () => Promise.reject(new Error('no'))),
    /^Error: no$/,
  );
  await inTurn(engine, 'start', work);
});

test('who works on the whole store is alone with it, and says who is in the way', async (t) => {
  const engine = await shared(t);
  const node = await enter(engine);
  await assert.rejects(alone(engine), StoreInUse);
  await node.leave();
  const one = await alone(engine);
  await assert.rejects(enter(engine), StoreInMaintenance);
  await assert.rejects(alone(engine), StoreInMaintenance);
  await one.leave();
  await (await enter(engine)).leave();
});

test('who died without a word is in nobody’s way for long', async (t) => {
  const engine = await shared(t);
  for (const id of ['node:gone/1/x', 'maintenance']) {
    const data = { holder: 'gone/1/x', until: 0 };
    await engine.commit({ changes: [{ kind: 'insert', collection: leases, id, data }] });
  }
  await (await alone(engine)).leave();
  assert.equal((await engine.find(leases, {})).items.length, 0);
});
