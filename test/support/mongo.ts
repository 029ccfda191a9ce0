import type { TestContext } from 'node:test';
import { databaseIn } from './mongo/database.ts';
import { type Found, findServer, remedy } from './mongo/find.ts';
import { startMongod } from './mongo/mongod.ts';
import { startSecantus } from './mongo/secantus.ts';
import type { MongoServer } from './mongo/server.ts';
import { notRun } from './not-run.ts';

export type { MongoServer } from './mongo/server.ts';

type Ends = Pick<TestContext, 'after'>;

/**
 * A MongoDB server of this test's own, gone with it: what `HUB_TEST_MONGO` names, else a throw-away replica set of `mongod`,
 * else SecantusDB. Undefined, and the test reported as not run, where there is none.
 *
 * @param members how many members of a replica set the test needs; only a `mongod` gives three
 */
export async function startMongo(t: TestContext, members: 1 | 3 = 1): Promise<MongoServer | undefined> {
  const found = findServer();
  if (found === undefined) {
    notRun(t, 'MongoDB', remedy);
    return undefined;
  }
  if (members === 3 && found.kind !== 'mongod') {
    notRun(t, 'MongoDB with three members', 'set MONGOD to the path of a mongod, or put one on the PATH');
    return undefined;
  }
  return open(found, members, t);
}

let shared: Promise<MongoServer> | undefined;

/**
 * Address of an empty database of this test's own, on one server that all tests of the file share. Undefined, and the test
 * reported as not run, where there is no server.
 */
export async function mongoStore(t: TestContext): Promise<string | undefined> {
  const found = findServer();
  if (found === undefined) {
    notRun(t, 'MongoDB', remedy);
    return undefined;
  }
  return (await sharedMongo()).database();
}

/** The server that the tests of this file share. @throws Error when there is none; `mongoName` says so before. */
export function sharedMongo(): Promise<MongoServer> {
  const found = findServer();
  if (found === undefined) throw new Error(remedy);
  // Ends with the process, not with whichever test asked first.
  shared ??= open(found, 1, { after: () => {} });
  return shared;
}

/** What the tests of this machine run on, for their titles; undefined where there is none. */
export function mongoName(): MongoServer['name'] | undefined {
  return findServer()?.kind;
}

async function open(found: Found, members: 1 | 3, ends: Ends): Promise<MongoServer> {
  const server =
    found.kind === 'HUB_TEST_MONGO'
      ? given(found.where)
      : found.kind === 'mongod'
        ? await startMongod(found.where, members)
        : await startSecantus(found.where);
  ends.after(() => server.stop());
  return server;
}

/** A server that somebody else runs: nothing of it is started, killed or stopped here. */
function given(address: string): MongoServer {
  const not = () => Promise.reject(new Error('HUB_TEST_MONGO is not ours to stop'));
  return {
    name: 'HUB_TEST_MONGO',
    address,
    members: 1,
    database: () => databaseIn(address),
    kill: not,
    restart: not,
    stop: () => Promise.resolve(),
  };
}
