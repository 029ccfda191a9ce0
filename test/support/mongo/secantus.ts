import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseIn } from './database.ts';
import { freePorts, Program } from './program.ts';
import type { MongoServer } from './server.ts';

/**
 * SecantusDB: speaks MongoDB's protocol over the real WiredTiger library and announces itself as a replica set of one
 * member. Good for right and wrong, not for speed or elections.
 */
export async function startSecantus(path: string): Promise<MongoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-secantus-'));
  const [port = 0] = await freePorts(1);
  const fixed = ['--host', '127.0.0.1', '--port', String(port), '--storage-path', folder];
  const program = new Program(path, [...fixed, '--sync-on-commit', '--enable-test-commands'], /listening on/, folder);
  await program.start();
  const address = `mongodb://127.0.0.1:${port}/`;
  return {
    name: 'SecantusDB',
    address,
    members: 1,
    database: () => databaseIn(address),
    kill: () => program.kill(),
    restart: (more) => program.start(more),
    stop: () => program.end(),
  };
}
