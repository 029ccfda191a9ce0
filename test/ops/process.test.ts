/** The hub as a process: its first start, its stop by signal, its place on the machine. */
import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { place } from '#test/support/hub-process.ts';

test('a first start makes what it needs, prints the one-time address once, and stops cleanly on SIGTERM', async () => {
  const at = await place();
  after(() => at.remove());
  const first = await at.start();
  const data = join(at.folder, 'data');
  assert.equal(statSync(data).mode & 0o777, 0o700);
  assert.equal(statSync(join(data, 'secret')).mode & 0o777, 0o600);
  assert.equal(statSync(join(data, 'hub.sock')).mode & 0o777, 0o600);
  const address = new RegExp(`${at.issuer}/set-up/[\\w-]{43}`).exec(first.printed())?.[0];
  assert.ok(address, first.printed());
  assert.equal((await fetch(address)).status, 200);
  assert.equal(await first.stop(), 0);
  assert.ok(!existsSync(join(data, 'hub.sock')), 'the socket goes with the hub');
  const second = await at.start();
  assert.equal((await fetch(address)).status, 404, 'a newer address replaces the older');
  assert.equal(await second.stop(), 0);
});

test('a second hub on the same store refuses to start and says who has it', async () => {
  const at = await place();
  after(() => at.remove());
  const running = await at.start();
  const rival = await place({ HUB_DATA: join(at.folder, 'data') });
  after(() => rival.remove());
  await assert.rejects(rival.start(), new RegExp(`in use by another hub \\(process ${running.process.pid}`));
  assert.equal((await fetch(`${at.issuer}/readyz`)).status, 200);
  assert.equal(await running.stop(), 0);
});

test('a port that is taken is named, with the setting that chooses another', async () => {
  const at = await place();
  after(() => at.remove());
  const running = await at.start();
  const port = new URL(at.issuer).port;
  const rival = await place({ HUB_PORT: port });
  after(() => rival.remove());
  await assert.rejects(rival.start(), new RegExp(`Port ${port} is already in use.*HUB_PORT`));
  assert.equal(await running.stop(), 0);
});

test('a hub that was killed leaves nothing that keeps the next from starting, or the command line from working', async () => {
  const at = await place();
  after(() => at.remove());
  const killed = await at.start();
  const gone = new Promise((done) => killed.process.once('exit', done));
  killed.process.kill('SIGKILL');
  await gone;
  assert.equal((await at.hub('keys', 'list')).code, 0);
  const next = await at.start();
  assert.equal(await next.stop(), 0);
});

test('production refuses the sample company and names every public secret', async () => {
  const at = await place({ HUB_CONFIG: 'config/demo/hub.yaml', NODE_ENV: 'production' });
  after(() => at.remove());
  const { code, err } = await at.hub('doctor', '--json').then(({ code, out }) => ({ code, err: out }));
  assert.equal(code, 1);
  for (const path of ['secret', 'admin.password', 'systems[0].clientSecret', 'systems[1].clientSecret']) {
    assert.ok(err.includes(path), `${path} is not named: ${err}`);
  }
  await assert.rejects(at.start(), /clientSecret: is a sample secret/);
});
