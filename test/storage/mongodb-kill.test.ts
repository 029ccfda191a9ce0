import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyExport } from '#domain/audit/verify.ts';
import { accessTokens, outbox } from '#storage/collections.ts';
import type { MongoEngine } from '#storage/mongodb/engine.ts';
import { type MongoServer, mongoName, startMongo } from '../support/mongo.ts';
import { beside, openStore } from './mongodb-bed.ts';
import { delivery, event } from './records.ts';

const on = `MongoDB (${mongoName() ?? 'none'})`;

/** Commits without pause on several strands until stopped; says what was acknowledged. */
function load(engine: MongoEngine, strands: number) {
  const acknowledged: number[] = [];
  let next = 0;
  let stopped = false;
  const strand = async (): Promise<void> => {
    while (!stopped) {
      const n = next++;
      try {
        await engine.commit({
          changes: [
            { kind: 'insert', collection: outbox, id: `k${n}`, data: delivery('waiting', n) },
            { kind: 'insert', collection: accessTokens, id: `l${n}`, data: { payload: { n } } },
          ],
          events: [event({ detail: { n } }), event({ detail: { n, second: true } })],
        });
        acknowledged.push(n);
      } catch {
        await sleep(20);
      }
    }
  };
  const running = Promise.all(Array.from({ length: strands }, strand));
  return {
    acknowledged,
    async stop(): Promise<void> {
      stopped = true;
      await running;
    },
  };
}

/** Each commit is there whole or not at all, each acknowledged one is there, and the chains are unbroken. */
async function assertNothingLost(engine: MongoEngine, acknowledged: readonly number[]): Promise<void> {
  const told = new Map<number, number>();
  for await (const { detail } of engine.audit.export({})) {
    const n = Number(detail?.n);
    told.set(n, (told.get(n) ?? 0) + 1);
  }
  for (const n of acknowledged) assert.equal(told.get(n), 2, `events of ${n}`);
  for (const [n, count] of told) assert.equal(count, 2, `events of ${n}`);
  for (const n of told.keys()) {
    assert.ok(await engine.get(outbox, `k${n}`), `kept record of ${n}`);
    assert.ok(await engine.get(accessTokens, `l${n}`), `live record of ${n}`);
  }
  assert.equal(await engine.count(outbox), told.size);
  assert.equal(await engine.count(accessTokens), told.size);
  const verified = await verifyExport(engine.audit.export({}));
  assert.equal(verified.ok, true, JSON.stringify(verified));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

async function survives(server: MongoServer, harm: (engine: MongoEngine, url: string) => Promise<void>) {
  const url = server.database();
  const engine = await openStore(url, { callMs: 1500 });
  const running = load(engine, 8);
  await until(() => running.acknowledged.length >= 20);
  await harm(engine, url);
  const before = running.acknowledged.length;
  await until(() => running.acknowledged.length >= before + 20);
  await running.stop();
  // Read by a patient one: time decides nothing.
  const reader = await openStore(url);
  await assertNothingLost(reader, running.acknowledged);
  // Before the server goes, which they would wait for.
  await Promise.all([engine.close(), reader.close()]);
}

test(`${on}: the server is killed under load and started again: nothing acknowledged is lost`, async (t) => {
  const server = await startMongo(t);
  if (server === undefined) return;
  await survives(server, async () => {
    await server.kill();
    await sleep(300);
    await server.restart();
  });
});

test(`${on}: the primary steps down for five seconds under load: nothing acknowledged is lost`, async (t) => {
  const server = await startMongo(t);
  if (server === undefined) return;
  await survives(server, async (_engine, url) => {
    const db = await beside(t, url);
    // The answer may be lost with the connections that a step-down closes.
    await db.client
      .db('admin')
      .command({ replSetStepDown: 5, force: true })
      .catch(() => {});
  });
});

test(`${on}: a hub that is killed leaves its lanes to the next`, async (t) => {
  const server = await startMongo(t);
  if (server === undefined) return;
  const url = server.database();
  const node = 'hub-1';
  const first = await openStore(url, { node });
  await Promise.all(
    Array.from({ length: 8 }, (_, n) => first.commit({ changes: [], events: [event({ detail: { n } })] })),
  );
  const lanes = Object.keys(await first.audit.heads());
  // Not closed: as after kill -9 it holds its lanes, and its lease has seconds to run.
  const second = await openStore(url, { node });
  await Promise.all(
    Array.from({ length: 8 }, (_, n) => second.commit({ changes: [], events: [event({ detail: { n } })] })),
  );
  assert.deepEqual(Object.keys(await second.audit.heads()), lanes, 'taken over, none added');
  // The first one was alive after all: what it does not know of its lanes any more keeps it from writing to them.
  await first.commit({ changes: [], events: [event({ detail: { n: 99 } })] });
  assert.deepEqual(await verifyExport(second.audit.export({})).then(({ ok, events }) => ({ ok, events })), {
    ok: true,
    events: 17,
  });
  await Promise.all([first.close(), second.close()]);
});

test(`${on}: with three members the primary is killed under load: nothing acknowledged is lost`, async (t) => {
  const server = await startMongo(t, 3);
  if (server === undefined) return;
  await survives(server, () => server.kill());
});
