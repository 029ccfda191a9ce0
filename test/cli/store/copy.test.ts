/** `hub store copy` as an operator runs it. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { place } from '#test/support/hub-process.ts';

test('a stopped hub moves house, and the new store serves the same people', async () => {
  const at = await place();
  after(() => at.remove());
  const rows = Array.from({ length: 30 }, (_, row) => `p${row}@x.example,P ${row}`).join('\n');
  writeFileSync(join(at.folder, 'people.csv'), `email,name\n${rows}\n`);
  const running = await at.start();
  assert.equal((await at.hub('people', 'import', join(at.folder, 'people.csv'))).code, 0);
  const to = join(at.folder, 'new.db');
  const refused = await at.hub('store', 'copy', '--to', `sqlite:${to}`);
  assert.deepEqual([refused.code, refused.err], [1, 'The hub is running on this store; stop it first.\n']);
  assert.equal(await running.stop(), 0);

  for (const wrong of ['nowhere', `sqlite:${join(at.folder, 'data/hub.db')}`]) {
    assert.equal((await at.hub('store', 'copy', '--to', wrong)).code, 2, wrong);
  }
  const copied = await at.hub('store', 'copy', '--to', `sqlite:${to}`, '--json');
  assert.equal(copied.code, 0, copied.err);
  assert.match(copied.err, /^people: 30 of 30$/m);
  const told = JSON.parse(copied.out);
  assert.deepEqual([told.ok, told.resumed, told.to], [true, false, `sqlite:${to}`]);
  assert.equal(told.collections.find(({ name }: { name: string }) => name === 'people').count, 30);

  const again = await at.hub('store', 'copy', '--to', `sqlite:${to}`);
  assert.equal(again.code, 1);
  assert.match(again.err, /^the target is not empty/);

  const moved = await place({ ...at.env, HUB_STORE: `sqlite:${to}` });
  after(() => moved.remove());
  const { out } = await moved.hub('people', 'export');
  assert.equal(out.trimEnd().split('\n').length, 31);
  const events = await moved.hub('audit', 'export', '--format', 'ndjson', '--type', 'backup.');
  const types = events.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  assert.deepEqual(types.sort(), ['backup.made', 'backup.restored']);
  assert.ok(existsSync(to));
});
