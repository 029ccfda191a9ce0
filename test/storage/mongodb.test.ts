import { test } from 'node:test';
import { createSealer } from '#platform/seal.ts';
import { openMongo } from '#storage/mongodb/engine.ts';
import { mongoName, mongoStore, sharedMongo } from '../support/mongo.ts';
import { storageContract } from './contract.ts';

const server = mongoName();
if (server === undefined) test('the storage contract on MongoDB', async (t) => void (await mongoStore(t)));
else {
  storageContract(`MongoDB (${server})`, async (clock) => {
    const url = (await sharedMongo()).database();
    const open = () => openMongo({ url, clock, seal: createSealer('a secret for tests'), callMs: 20_000 });
    let engine = await open();
    return {
      engine,
      async reopen() {
        await engine.close();
        engine = await open();
        return engine;
      },
      close: () => engine.close(),
    };
  });
}
