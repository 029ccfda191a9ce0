/** The hub's patience with a store, over a real one that can be made silent. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { outbox, people } from '#storage/collections.ts';
import { StoreUnavailable } from '#storage/port.ts';
import { type Watched, watched } from '#storage/watch/watched.ts';
import { type Fault, faultySqlite } from '#test/support/faulty-sqlite.ts';
import { newFile, open } from './sqlite-bed.ts';

async function aStore(t: TestContext): Promise<{ store: Watched; fault: Fault }> {
  const fault = faultySqlite(t);
  const engine = await open(newFile());
  t.after(() => engine.close());
  return { store: watched(engine), fault };
}

const record = (id: string) => ({
  changes: [{ kind: 'put' as const, collection: outbox, id, data: { status: 'waiting' } }],
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

test('a silent store is found out once, refuses everything at once, and is served again when it answers', async (t) => {
  const { store, fault } = await aStore(t);
  await store.commit(record('before'));
  fault.mode = 'silent';
  const calls = [
    store.get(people, 'x'),
    store.find(people, {}),
    store.count(people),
    store.commit(record('lost')),
    Array.fromAsync(store.audit.export({})),
  ];
  for (const call of calls.slice(0, 4)) await assert.rejects(call, StoreUnavailable);
  assert.ok(store.silent);
  const since = performance.now();
  await assert.rejects(store.get(people, 'x'), StoreUnavailable);
  await assert.rejects(store.ping(), StoreUnavailable);
  assert.ok(performance.now() - since < 100, 'nobody waits any more');
  fault.mode = 'none';
  await until(() => !store.silent);
  assert.ok((await store.get(outbox, 'before')) !== undefined);
  assert.equal(await store.get(outbox, 'lost'), undefined);
  await calls[4];
});

test('a fault that comes quickly is no silence: what can be read is read', async (t) => {
  const { store, fault } = await aStore(t);
  await store.commit(record('before'));
  fault.mode = 'unwritable';
  await assert.rejects(store.commit(record('lost')), StoreUnavailable);
  await assert.rejects(store.ping(), StoreUnavailable);
  assert.ok((await store.get(outbox, 'before')) !== undefined);
  assert.equal(store.silent, false);
});
