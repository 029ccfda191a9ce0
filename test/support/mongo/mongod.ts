import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mongoose from 'mongoose';
import { databaseIn } from './database.ts';
import { freePorts, Program } from './program.ts';
import type { MongoServer } from './server.ts';

const set = 'hub';

interface Hello {
  readonly isWritablePrimary?: boolean;
}

/** A throw-away replica set of one or three members on free ports, its files in a temporary folder. */
export async function startMongod(path: string, count: 1 | 3): Promise<MongoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-mongod-'));
  const ports = await freePorts(count);
  const members = ports.map((port) => {
    const dbpath = join(folder, String(port));
    mkdirSync(dbpath);
    const args = ['--replSet', set, '--port', `${port}`, '--bind_ip', '127.0.0.1', '--dbpath', dbpath];
    const testing = ['--setParameter', 'enableTestCommands=1'];
    return { port, program: new Program(path, [...args, ...testing], /Waiting for connections/i, dbpath) };
  });
  await Promise.all(members.map(({ program }) => program.start()));
  const hosts = ports.map((port, _id) => ({ _id, host: `127.0.0.1:${port}` }));
  await admin(ports[0] ?? 0, { replSetInitiate: { _id: set, members: hosts } });
  const address = `mongodb://${hosts.map(({ host }) => host).join(',')}/?replicaSet=${set}`;
  let killed: Program | undefined;
  await primaryOf(ports);
  return {
    name: 'mongod',
    address,
    members: count,
    database: () => databaseIn(address),
    async kill() {
      const port = await primaryOf(ports);
      killed = members.find((member) => member.port === port)?.program;
      await killed?.kill();
    },
    async restart(more) {
      await killed?.start(more);
      await primaryOf(ports);
    },
    async stop() {
      await Promise.all(members.map(({ program }) => program.end()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until one of them may write. */
async function primaryOf(ports: readonly number[]): Promise<number> {
  for (;;) {
    for (const port of ports) {
      const hello = await admin<Hello>(port, { hello: 1 }).catch((): Hello => ({}));
      if (hello.isWritablePrimary === true) return port;
    }
    await sleep(100);
  }
}

async function admin<R>(port: number, command: Record<string, unknown>): Promise<R> {
  const options = { directConnection: true, serverSelectionTimeoutMS: 1000 };
  const connection = await mongoose.createConnection(`mongodb://127.0.0.1:${port}/`, options).asPromise();
  try {
    return (await connection.getClient().db('admin').command(command)) as R;
  } finally {
    await connection.close();
  }
}
