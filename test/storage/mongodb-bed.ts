import type { TestContext } from 'node:test';
import mongoose from 'mongoose';
import { type Clock, systemClock } from '#platform/clock.ts';
import { createSealer } from '#platform/seal.ts';
import { type MongoEngine, type MongoOptions, openMongo } from '#storage/mongodb/engine.ts';

/** Longer than the hub's own, because here the machine may be busy with other tests and time decides nothing. */
const callMs = 20_000;

export function openStore(
  url: string,
  more: Partial<MongoOptions> & { secret?: string; clock?: Clock } = {},
): Promise<MongoEngine> {
  const { secret, ...options } = more;
  const seal = createSealer(secret ?? 'a secret for tests');
  return openMongo({ url, clock: systemClock, seal, callMs, ...options });
}

/** The database beside the engine: for looking at it, breaking it and setting fail points. */
export async function beside(t: Pick<TestContext, 'after'>, url: string): Promise<mongoose.mongo.Db> {
  const connection = await mongoose.createConnection(url, { serverSelectionTimeoutMS: 30_000 }).asPromise();
  t.after(() => connection.close());
  return connection.getClient().db(connection.name);
}

/** What `failCommand` is to do, as MongoDB's own drivers are tested: https://github.com/mongodb/mongo/wiki/The-failCommand-fail-point */
interface FailPoint {
  readonly failCommands: readonly string[];
  readonly closeConnection?: boolean;
  readonly errorCode?: number;
  readonly errorLabels?: readonly string[];
  readonly blockConnection?: boolean;
  readonly blockTimeMS?: number;
}

export async function failNext(db: mongoose.mongo.Db, times: number, data: FailPoint): Promise<void> {
  const admin = db.client.db('admin');
  await admin.command({ configureFailPoint: 'failCommand', mode: { times }, data });
}

export async function failNoMore(db: mongoose.mongo.Db): Promise<void> {
  await db.client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' });
}
