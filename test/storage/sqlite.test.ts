import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSealer } from '#platform/seal.ts';
import { openSqlite } from '#storage/sqlite/engine.ts';
import { storageContract } from './contract.ts';

storageContract('sqlite', async (clock) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-store-'));
  const seal = createSealer('a secret for tests');
  const open = () => openSqlite({ file: join(folder, 'hub.db'), clock, seal });
  let engine = await open();
  return {
    engine,
    async reopen() {
      await engine.close();
      engine = await open();
      return engine;
    },
    async close() {
      await engine.close();
      rmSync(folder, { recursive: true });
    },
  };
});
