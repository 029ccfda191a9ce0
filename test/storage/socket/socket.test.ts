/** The engine over the local socket keeps the same contract as the one behind it; nobody else gets in; a lost hub is told. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemClock } from '#platform/clock.ts';
import { createSealer } from '#platform/seal.ts';
import { meta } from '#storage/collections.ts';
import { StoreUnavailable } from '#storage/port.ts';
import { socketAddress } from '#storage/socket/address.ts';
import { connectEngine } from '#storage/socket/client.ts';
import { serveEngine } from '#storage/socket/server.ts';
import { openSqlite } from '#storage/sqlite/engine.ts';
import { storageContract } from '../contract.ts';

async function served(folder: string, clock = systemClock) {
  const engine = await openSqlite({ file: join(folder, 'hub.db'), clock, seal: createSealer('a secret for tests') });
  const address = join(folder, 'hub.sock');
  const server = await serveEngine(engine, address);
  const client = await connectEngine(address);
  assert.ok(client);
  return {
    engine: client,
    address,
    async close() {
      await client.close();
      await server.close();
      await engine.close();
    },
  };
}

storageContract('socket', async (clock) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-socket-'));
  let open = await served(folder, clock);
  return {
    engine: open.engine,
    async reopen() {
      await open.close();
      open = await served(folder, clock);
      return open.engine;
    },
    async close() {
      await open.close();
      rmSync(folder, { recursive: true });
    },
  };
});

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-socket-'));
after(() => rmSync(folder, { recursive: true }));

test("only the hub's own user may open the socket", async () => {
  const { address, close } = await served(folder);
  assert.equal(statSync(address).mode & 0o777, 0o600);
  await close();
  assert.equal(await connectEngine(address), undefined);
});

test('a hub that stops leaves no call waiting', async () => {
  const open = await served(folder);
  await open.engine.commit({ changes: [{ kind: 'put', collection: meta, id: 'a', data: { here: true } }] });
  assert.ok(open.engine.changes(meta) > 0, 'counters of the hub travel with each answer');
  const calls = Array.from({ length: 20 }, () => open.engine.get(meta, 'a').catch((error: unknown) => error));
  await open.close();
  for (const answer of await Promise.all(calls)) {
    assert.ok(answer instanceof StoreUnavailable || (answer as { here?: boolean }).here === true);
  }
  await assert.rejects(open.engine.get(meta, 'a'), StoreUnavailable);
});

test('a folder too deep for a socket is told apart', () => {
  assert.equal(socketAddress('/srv/hub', '/'), '/srv/hub/hub.sock');
  assert.equal(socketAddress(`/${'deep/'.repeat(30)}`, `/${'deep/'.repeat(30)}`), 'hub.sock');
  assert.equal(socketAddress(`/${'deep/'.repeat(30)}`, '/'), undefined);
});
