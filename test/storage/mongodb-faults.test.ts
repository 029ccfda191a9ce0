import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { verifyExport } from '#domain/audit/verify.ts';
import { accessTokens, authorizationCodes, outbox, throttles } from '#storage/collections.ts';
import type { MongoEngine } from '#storage/mongodb/engine.ts';
import type { Change, Commit } from '#storage/port.ts';
import { CommitConflict } from '#storage/port.ts';
import { mongoName, mongoStore } from '../support/mongo.ts';
import { beside, failNext, failNoMore, openStore } from './mongodb-bed.ts';
import { delivery, event } from './records.ts';

/** What a hub writes: several changes with events, one live record alone, one kept record, events alone, a spending. */
const kinds: Readonly<Record<string, (n: number) => Commit>> = {
  'a sign-in': (n) => ({
    changes: [
      { kind: 'insert', collection: accessTokens, id: `t${n}`, data: { payload: { n } } },
      { kind: 'update', collection: authorizationCodes, id: 'c', add: { consumed: 1 } },
    ],
    events: [event({ detail: { n } }), event({ detail: { n }, personal: { ip: '10.0.0.1' } })],
  }),
  'one live record': (n) => ({
    changes: [{ kind: 'insert', collection: accessTokens, id: `t${n}`, data: { payload: { n } } }],
  }),
  'one live record counted': () => ({
    changes: [{ kind: 'update', collection: authorizationCodes, id: 'c', add: { consumed: 1 } }],
  }),
  'one kept record': (n) => ({
    changes: [{ kind: 'insert', collection: outbox, id: `t${n}`, data: delivery('waiting', n) }],
  }),
  'events alone': (n) => ({ changes: [], events: [event({ detail: { n } })] }),
};

/** Every command that a commit is made of, the reads that it may need included. */
const commands = ['bulkWrite', 'insert', 'update', 'commitTransaction', 'abortTransaction', 'findAndModify', 'find'];
const unknown = ['UnknownTransactionCommitResult'];
/** Faults of the line and of the server, and where they can befall a commit. */
const faults = [
  ['the connection closes', { closeConnection: true }, commands],
  ['a transient error', { errorCode: 112, errorLabels: ['TransientTransactionError'] }, commands.slice(0, 4)],
  ['a step-down', { errorCode: 189 }, commands],
  ['an unknown commit result', { errorCode: 64, errorLabels: unknown }, ['commitTransaction']],
] as const;

async function open(t: TestContext): Promise<{ engine: MongoEngine; url: string } | undefined> {
  const url = await mongoStore(t);
  if (url === undefined) return undefined;
  const engine = await openStore(url);
  t.after(() => engine.close());
  await engine.commit({
    changes: [{ kind: 'insert', collection: authorizationCodes, id: 'c', data: { payload: {} } }],
  });
  return { engine, url };
}

/** Every acknowledged act is there once, with its events and no others; nothing that was refused is. */
async function assertWhole(engine: MongoEngine, done: number, { changes, events = [] }: Commit): Promise<void> {
  const inserted = changes.find(({ kind }) => kind === 'insert');
  if (inserted !== undefined) assert.equal(await engine.count(inserted.collection), done);
  const counted = changes.some(({ kind }) => kind === 'update');
  if (counted) assert.equal((await engine.get(authorizationCodes, 'c'))?.consumed, done);
  const verified = await verifyExport(engine.audit.export({}));
  assert.equal(verified.ok, true, JSON.stringify(verified));
  assert.equal(verified.events, done * events.length);
}

for (const [kind, commit] of Object.entries(kinds)) {
  test(`MongoDB (${mongoName() ?? 'none'}): ${kind} holds once, whatever befalls any of its commands`, async (t) => {
    const opened = await open(t);
    if (opened === undefined) return;
    const { engine, url } = opened;
    const db = await beside(t, url);
    let done = 0;
    for (const [fault, data, at] of faults) {
      for (const command of at) {
        for (const times of [1, 3]) {
          await failNext(db, times, { failCommands: [command], ...data });
          const outcome = await engine.commit(commit(done)).then(
            () => undefined,
            (error: unknown) => error,
          );
          await failNoMore(db);
          assert.equal(outcome, undefined, `${fault}, ${times} times at ${command}: ${String(outcome)}`);
          done++;
        }
      }
    }
    await assertWhole(engine, done, commit(0));
    assert.ok(Object.keys(await engine.audit.heads()).length <= 16);
  });
}

test(`MongoDB (${mongoName() ?? 'none'}): a code is spent once though connections close all the while`, async (t) => {
  const opened = await open(t);
  if (opened === undefined) return;
  const { engine, url } = opened;
  const db = await beside(t, url);
  for (let round = 0; round < 10; round++) {
    const id = `code${round}`;
    await engine.commit({ changes: [{ kind: 'insert', collection: authorizationCodes, id, data: { payload: {} } }] });
    const spend: Change = {
      kind: 'update',
      collection: authorizationCodes,
      id,
      where: { consumed: null },
      set: { consumed: 1 },
    };
    await failNext(db, 5, { failCommands: ['commitTransaction', 'bulkWrite'], closeConnection: true });
    const tries = Array.from({ length: 8 }, (_, racer) =>
      engine.commit({ changes: [spend], events: [event({ detail: { round, racer } })] }),
    );
    const results = await Promise.allSettled(tries);
    await failNoMore(db);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1, `round ${round}`);
    for (const result of results) {
      if (result.status === 'rejected') assert.ok(result.reason instanceof CommitConflict, String(result.reason));
    }
  }
  assert.deepEqual((await verifyExport(engine.audit.export({}))).ok, true);
  assert.equal((await engine.audit.query({ limit: 100 })).items.length, 10);
});

test(`MongoDB (${mongoName() ?? 'none'}): counters and races for new records lose nothing to transient errors`, async (t) => {
  const opened = await open(t);
  if (opened === undefined) return;
  const { engine, url } = opened;
  const db = await beside(t, url);
  await failNext(db, 20, { failCommands: ['bulkWrite', 'commitTransaction'], ...faults[1][1] });
  const add: Change = { kind: 'put', collection: throttles, id: 't', data: { count: 1, since: 1 } };
  await Promise.all(Array.from({ length: 12 }, () => engine.commit({ changes: [add], events: [event()] })));
  await failNoMore(db);
  assert.equal((await engine.get(throttles, 't'))?.version, 12);
  assert.equal((await verifyExport(engine.audit.export({}))).events, 12);
});
