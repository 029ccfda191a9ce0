import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { orDemo } from '#settings/demo.ts';

test("the record meant is the demo's only where nothing else is set up or named", (t) => {
  const cwd = mkdtempSync(join(tmpdir(), 'gatehouse-'));
  t.after(() => rmSync(cwd, { recursive: true }));
  const put = (path: string) => {
    mkdirSync(join(cwd, path, '..'), { recursive: true });
    writeFileSync(join(cwd, path), '');
  };
  put('config/demo/hub.yaml');
  assert.deepEqual(orDemo({}, cwd), {}, 'no demo has run here');
  put('data/demo/hub.db');
  assert.deepEqual(orDemo({ HUB_CONFIG: '' }, cwd), { HUB_CONFIG: join(cwd, 'config/demo/hub.yaml') });
  for (const name of ['HUB_CONFIG', 'HUB_DATA', 'HUB_STORE', 'HUB_STORE_FILE'])
    assert.deepEqual(orDemo({ [name]: 'x' }, cwd), { [name]: 'x' });
  put('data/hub.db');
  assert.deepEqual(orDemo({}, cwd), {}, 'a hub of its own has run here');
});
