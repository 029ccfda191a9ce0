/** The file of the embedded store: who may open it, what it looks like after a while, copies of it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyExport } from '#domain/audit/verify.ts';
import { manualClock } from '#platform/clock.ts';
import { accessTokens, meta, people, sessions, throttles } from '#storage/collections.ts';
import { StoreUnavailable } from '#storage/port.ts';
import { StoreOlder, StoreTooNew, WrongSecret } from '#storage/refusals.ts';
import { StoreLocked } from '#storage/sqlite/lock.ts';
import { event, person } from './records.ts';
import { newFile, open } from './sqlite-bed.ts';

const worker = new URL('./worker.ts', import.meta.url).pathname;

test('a second process is refused, told who holds the store, and let in after a kill -9', async (t) => {
  const file = newFile();
  const child = spawn(process.execPath, [worker, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await once(createInterface(child.stdout), 'line');
  await assert.rejects(open(file), (error: unknown) => {
    assert.ok(error instanceof StoreLocked);
    assert.match(error.message, new RegExp(`process ${child.pid}, since .*stop the other one`));
    return true;
  });
  child.kill('SIGKILL');
  await once(child, 'close');
  const engine = await open(file);
  await assert.rejects(open(file), StoreLocked, 'within one process too');
  await assert.rejects(open(file), StoreLocked, 'and the refusal has not loosened the lock');
  await engine.close();
  await (await open(file)).close();
});

test('nobody else on the machine can read the files', async () => {
  const file = newFile();
  const engine = await open(file);
  await engine.commit({ changes: [], events: [event()] });
  for (const name of ['', '-wal', '-shm', '.lock']) assert.equal(statSync(file + name).mode & 0o777, 0o600, name);
  await engine.close();
});

test('beside a running hub the file can be read, not written', async () => {
  const file = newFile();
  const engine = await open(file);
  await engine.commit({
    changes: [{ kind: 'insert', collection: people, id: 'p', data: person('p') }],
    events: [event()],
  });
  const reader = await open(file, { readOnly: true });
  assert.equal((await reader.get(people, 'p'))?.name, 'p');
  await engine.commit({
    changes: [{ kind: 'update', collection: people, id: 'p', set: { name: 'new' } }],
    events: [event({ system: 'crm' })],
  });
  assert.equal((await reader.get(people, 'p'))?.name, 'new');
  assert.equal((await reader.audit.query({ system: 'crm' })).items.length, 1, 'what is not indexed yet is found too');
  assert.equal((await engine.audit.query({ system: 'crm' })).items.length, 1);
  assert.equal((await reader.audit.query({ system: 'crm' })).items.length, 1);
  await assert.rejects(reader.commit({ changes: [] }), StoreUnavailable);
  await reader.close();
  await engine.close();
  await assert.rejects(engine.get(people, 'other'), StoreUnavailable);
  await assert.rejects(engine.commit({ changes: [] }), StoreUnavailable);
});

test('a store of a newer hub and a store of another secret are not opened, and stay as they are', async () => {
  const file = newFile();
  await (await open(file)).close();
  await assert.rejects(open(file, { secret: 'another' }), WrongSecret);
  const change = (sql: string) => {
    const db = new DatabaseSync(file);
    db.exec(sql);
    db.close();
  };
  change("UPDATE facts SET value = '99' WHERE name = 'schema:people'");
  await assert.rejects(
    open(file),
    (error: unknown) => error instanceof StoreTooNew && /people is of version 99/.test(error.message),
  );
  change("UPDATE facts SET value = '1' WHERE name = 'schema:people'; PRAGMA user_version = 99");
  await assert.rejects(open(file), StoreTooNew);
  change('PRAGMA user_version = 1');
  await (await open(file)).close();
});

test('a copy taken under load is whole, and opens', async () => {
  const file = newFile();
  const engine = await open(file);
  let running = true;
  let count = 0;
  const load = (async () => {
    while (running) {
      await engine.commit({
        changes: [
          { kind: 'insert', collection: sessions, id: `s${count++}`, data: { payload: { x: 'y'.repeat(1000) } } },
        ],
        events: [event()],
      });
    }
  })();
  while (count < 500) await new Promise(setImmediate);
  const before = count - 1;
  const copy = newFile();
  await engine.backup(copy);
  const after = count;
  running = false;
  await load;
  await assert.rejects(engine.backup(copy), /never overwrites/);
  await engine.close();
  const restored = await open(copy);
  const held = await restored.count(sessions);
  assert.ok(held >= before && held <= after, `${before} <= ${held} <= ${after}`);
  assert.deepEqual(await verifyExport(restored.audit.export({})), { ok: true, events: held, writers: 1 });
  await restored.close();
});

test('a restored copy begins a new epoch: nothing live is left, the record goes on under a new writer', async () => {
  const file = newFile();
  const engine = await open(file);
  await engine.commit({
    changes: [
      { kind: 'insert', collection: people, id: 'p', data: person('p') },
      { kind: 'insert', collection: sessions, id: 's', data: { payload: {}, uid: 'u' } },
      { kind: 'insert', collection: throttles, id: 't', data: { count: 1, since: 1 } },
    ],
    events: [event()],
  });
  const copy = newFile();
  await engine.backup(copy);
  await engine.commit({ changes: [], events: [event({ detail: { since: 'the backup' } })] });
  const heads = await engine.audit.heads();
  await engine.assertNotOlderThan(heads);
  await engine.close();

  let restored = await open(copy);
  await assert.rejects(restored.assertNotOlderThan(heads), StoreOlder);
  assert.equal(await restored.beginNewEpoch(event({ type: 'backup.restored' })), 2);
  for (const reopened of [false, true]) {
    if (reopened) {
      await restored.close();
      restored = await open(copy);
    }
    assert.equal(await restored.get(sessions, 's'), undefined);
    assert.equal((await restored.find(sessions, { where: { uid: 'u' } })).items.length, 0);
    assert.equal(await restored.count(throttles), 0);
    assert.ok(await restored.get(people, 'p'));
    assert.equal((await restored.get(meta, 'epoch'))?.number, 2);
    const events = await Array.fromAsync(restored.audit.export({}));
    assert.deepEqual(
      events.map(({ type, seq }) => [type, seq]),
      [
        ['session.started', 1],
        ['backup.restored', 1],
      ],
    );
    assert.deepEqual(await verifyExport(restored.audit.export({})), { ok: true, events: 2, writers: 2 });
    assert.equal(Object.keys(await restored.audit.heads()).length, 2);
    await restored.assertNotOlderThan(await restored.audit.heads());
  }
  assert.equal(await restored.beginNewEpoch(event({ type: 'backup.restored' })), 3);
  await restored.close();
});

test('the journal is shortened while commits go on, and nothing living is lost', async () => {
  const file = newFile();
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const engine = await open(file, { clock });
  const text = 'x'.repeat(20_000);
  const size = () => {
    const db = new DatabaseSync(file, { readOnly: true });
    const row = db.prepare('SELECT sum(length(body)) AS size FROM journal').get();
    db.close();
    return Number(row?.size);
  };
  let largest = 0;
  for (let round = 0; round < 25; round++) {
    const writes = Array.from({ length: 40 }, (_, n) =>
      engine.commit({
        changes: [
          { kind: 'put', collection: sessions, id: `s${n}`, data: { payload: { round, text } } },
          {
            kind: 'insert',
            collection: accessTokens,
            id: `t${round}-${n}`,
            data: { payload: { text } },
            expiresAt: clock.now(),
          },
          ...(round === 0 ? [] : [{ kind: 'remove', collection: accessTokens, id: `t${round - 1}-${n}` } as const]),
        ],
      }),
    );
    await Promise.all(writes);
    await engine.tidy();
    largest = Math.max(largest, size());
  }
  assert.ok(largest < 13_000_000, `the journal stayed below 13 MB of 40 MB written: ${largest}`);
  await engine.close();
  const again = await open(file, { clock });
  assert.equal(await again.count(sessions), 40);
  assert.equal(await again.count(accessTokens), 40);
  for (let n = 0; n < 40; n++) assert.deepEqual((await again.get(sessions, `s${n}`))?.payload, { round: 24, text });
  clock.advance(11 * 60_000);
  await again.tidy();
  assert.equal(await again.count(accessTokens), 0, 'what expired long ago is swept');
  assert.equal(await again.count(sessions), 40);
  await again.close();
  const last = await open(file, { clock });
  assert.equal(await last.count(accessTokens), 0);
  await last.close();
});

test('when live records have used up their room, new ones are refused and old ones can still end', async () => {
  const file = newFile();
  const engine = await open(file, { liveRoom: 100_000 });
  const insert = (id: string) =>
    engine.commit({
      changes: [{ kind: 'insert', collection: sessions, id, data: { payload: { x: 'x'.repeat(10_000) } } }],
    });
  for (let n = 0; n < 5; n++) await insert(`s${n}`);
  await assert.rejects(insert('more'), StoreUnavailable);
  await engine.commit({ changes: [{ kind: 'insert', collection: throttles, id: 't', data: { count: 1, since: 1 } }] });
  await engine.commit({ changes: [{ kind: 'update', collection: sessions, id: 's0', set: { account: 'a' } }] });
  await engine.commit({ changes: [{ kind: 'remove', collection: sessions, id: 's1' }] });
  await insert('more');
  await engine.close();
  assert.ok(existsSync(file));
});

test('while another process holds the file, the event loop goes on and commits wait, though not for ever', async () => {
  const file = newFile();
  const engine = await open(file);
  const insert = (id: string) =>
    engine.commit({
      changes: [{ kind: 'insert', collection: sessions, id, data: { payload: {} } }],
      events: [event()],
    });
  await insert('before');
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  const waiting = [insert('a'), insert('b')];
  for (let turn = 0; turn < 3; turn++) await sleep(30);
  assert.ok(await engine.get(sessions, 'before'), 'reading goes on');
  assert.equal(await engine.get(sessions, 'a'), undefined);
  other.exec('ROLLBACK');
  await Promise.all(waiting);
  assert.ok(await engine.get(sessions, 'a'));

  other.exec('BEGIN IMMEDIATE');
  const refused = insert('c');
  await sleep(600);
  await assert.rejects(engine.ping(), StoreUnavailable);
  await assert.rejects(refused, StoreUnavailable);
  const late = insert('d');
  other.exec('ROLLBACK');
  other.close();
  await late;
  await engine.ping();
  assert.equal(await engine.get(sessions, 'c'), undefined);
  assert.deepEqual(await verifyExport(engine.audit.export({})), { ok: true, events: 4, writers: 1 });
  await engine.close();
});
