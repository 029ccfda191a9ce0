import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutSecrets } from '#platform/store-address.ts';
import { UnfitServer } from '#storage/mongodb/connection.ts';
import { StoreUnavailable } from '#storage/port.ts';
import { StoreOlder, StoreTooNew, WrongSecret } from '#storage/refusals.ts';
import { mongoName, mongoStore, startMongo } from '../support/mongo.ts';
import { beside, openStore } from './mongodb-bed.ts';
import { event } from './records.ts';

const on = `MongoDB (${mongoName() ?? 'none'})`;

test(`${on}: what is not fit to serve is refused at the start, with the remedy`, async (t) => {
  const url = await mongoStore(t);
  if (url === undefined) return;
  const engine = await openStore(url);
  await engine.commit({ changes: [], events: [event()] });
  const heads = await engine.audit.heads();
  await engine.assertNotOlderThan(heads);
  const [[writer = '', head] = []] = Object.entries(heads);
  const later = { [writer]: { seq: (head?.seq ?? 0) + 1, hash: 'x' } };
  await assert.rejects(engine.assertNotOlderThan(later), StoreOlder);
  await assert.rejects(engine.backup(), /mongodump.*store copy/);
  await engine.close();

  await assert.rejects(openStore(url, { secret: 'another' }), WrongSecret);
  const facts = (await beside(t, url)).collection<{ _id: string; value: string }>('facts');
  await facts.updateOne({ _id: 'schema:people' }, { $set: { value: '99' } });
  await assert.rejects(openStore(url), StoreTooNew);
});

test(`${on}: a new epoch drops what is live and goes on under new writers`, async (t) => {
  const url = await mongoStore(t);
  if (url === undefined) return;
  const engine = await openStore(url);
  t.after(() => engine.close());
  await engine.commit({ changes: [], events: [event()] });
  const before = Object.keys(await engine.audit.heads());
  assert.equal(await engine.beginNewEpoch(event({ type: 'backup.restored' })), 2);
  const after = await engine.audit.heads();
  assert.equal(Object.keys(after).length, before.length + 1);
});

test(`${on}: a standalone is refused with the command that makes it a set`, async (t) => {
  const server = await startMongo(t);
  if (server === undefined) return;
  if (server.name !== 'SecantusDB') return t.skip('a mongod is started as a set');
  await server.kill();
  await server.restart(['--standalone']);
  await assert.rejects(openStore(server.database()), (error) => {
    assert.ok(error instanceof UnfitServer, String(error));
    assert.match(error.message, /--replSet hub.*rs\.initiate\(\)/);
    return true;
  });
});

test('an address is told without its password and options, a server that is not there in time', async () => {
  const url = 'mongodb://hub:p%40ss@127.0.0.1:1/hub?authSource=admin&tlsCertificateKeyFilePassword=x';
  assert.equal(withoutSecrets(url), 'mongodb://127.0.0.1:1/hub');
  await assert.rejects(openStore(url, { callMs: 500 }), (error) => {
    assert.ok(error instanceof StoreUnavailable, String(error));
    assert.doesNotMatch(error.message, /p%40ss|p@ss|Password=x/);
    return true;
  });
});
