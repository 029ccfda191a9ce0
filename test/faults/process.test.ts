/** The hub as a process over a store that takes nothing: the command line says so, and a stop ends in time all the same. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { place } from '#test/support/hub-process.ts';
import { notRun } from '#test/support/not-run.ts';
import { smallDisk } from '#test/support/small-disk.ts';
import { until } from './company.ts';

test('a full disk under a hub and its command line', { timeout: 120_000 }, async (t) => {
  const disk = smallDisk(t, 32);
  if (disk === undefined) return notRun(t, 'full disk', 'this user may not mount a small file system');
  const at = await place({ HUB_DATA: join(disk.folder, 'data') });
  t.after(() => at.remove());
  const running = await at.start();
  disk.fill();
  const ready = async () => (await fetch(`${at.issuer}/readyz`)).status;
  const add = (n: number) =>
    at.hub('people', 'add', '--email', `person${n}@example.com`, '--name', `Person ${n}`, '--json');
  let n = 0;
  let ran = await add(n);
  while (ran.code === 0) {
    n += 1;
    ran = await add(n);
  }
  assert.equal(ran.code, 1, ran.err);
  const said = JSON.parse(ran.out);
  assert.equal(said.code, 'store-unavailable', ran.out);
  assert.match(said.message, /cannot be written.*Nothing was changed/);
  await until(async () => (await ready()) === 503);
  const since = performance.now();
  await running.stop();
  assert.ok(performance.now() - since < 10_000, 'gone within ten seconds');
  assert.ok(readdirSync(join(disk.folder, 'data')).includes('spool'));
  disk.free();
  const next = await at.start();
  const listed = await at.hub('people', 'export');
  assert.equal(listed.out.trim().split('\n').length, n + 1, 'a line for each who was added, and the head');
  assert.equal(await next.stop(), 0);
});
