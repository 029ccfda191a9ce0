/** What the embedded store does when its process is killed, its disk is full, or the file is not the one it should be. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyExport } from '#domain/audit/verify.ts';
import { accessTokens, outbox } from '#storage/collections.ts';
import type { Engine } from '#storage/port.ts';
import { newFile, open } from './sqlite-bed.ts';

const worker = new URL('./worker.ts', import.meta.url).pathname;

/** Collects the numbers that the worker says it has; ends with the process. */
function listen(child: ChildProcess): { acknowledged: Set<number>; refused: Set<number>; lines: string[] } {
  const heard = { acknowledged: new Set<number>(), refused: new Set<number>(), lines: [] as string[] };
  assert.ok(child.stdout !== null);
  createInterface(child.stdout).on('line', (line) => {
    heard.lines.push(line);
    const [word, n] = line.split(' ');
    if (word === 'ok') heard.acknowledged.add(Number(n));
    if (word === 'refused') heard.refused.add(Number(n));
  });
  return heard;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, 'it did not happen within 20 s');
    await sleep(10);
  }
}

/** Which numbers stand in the store, having checked that each stands there whole. */
async function wholeNumbers(engine: Engine): Promise<Set<number>> {
  const verification = await verifyExport(engine.audit.export({}));
  assert.deepEqual(verification, { ok: true, events: verification.events, writers: 1 });
  const seen = new Map<number, number>();
  for await (const { detail } of engine.audit.export({})) {
    const n = Number(detail?.n);
    seen.set(n, (seen.get(n) ?? 0) + 1);
  }
  for (const [n, events] of seen) {
    assert.equal(events, 2, `both events of ${n}`);
    assert.ok(await engine.get(outbox, `k${n}`), `the kept record of ${n}`);
    assert.ok(await engine.get(accessTokens, `l${n}`), `the live record of ${n}`);
  }
  assert.equal(await engine.count(outbox), seen.size);
  assert.equal(await engine.count(outbox, { status: 'waiting', nextAt: { from: 0 } }), seen.size);
  assert.equal(await engine.count(accessTokens), seen.size === 0 ? 0 : seen.size + 1);
  return new Set(seen.keys());
}

test('kill -9 under load, five times: what was acknowledged is there, nothing is half', async (t) => {
  const file = newFile();
  let from = 0;
  for (let round = 0; round < 5; round++) {
    const child = spawn(process.execPath, [worker, file, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    const heard = listen(child);
    await until(() => heard.acknowledged.size > 50 * (round + 1));
    await sleep(Math.random() * 30);
    child.kill('SIGKILL');
    await once(child, 'close');
    const engine = await open(file);
    const whole = await wholeNumbers(engine);
    for (const n of heard.acknowledged) assert.ok(whole.has(n), `${n} was acknowledged in round ${round}`);
    await engine.close();
    from = Math.max(...whole) + 1000;
  }
});

test('a full disk refuses commits whole, and the store goes on by itself when there is room again', async (t) => {
  const file = newFile();
  const limited = `ulimit -S -f 900; exec "${process.execPath}" "${worker}" "${file}" 0 8 2`;
  const child = spawn('bash', ['-c', limited], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const heard = listen(child);
  // At first the journal of SQLite alone is full, and opening the file anew makes room.
  await until(() => heard.lines.includes('ping refused'));
  assert.ok(heard.acknowledged.size > 0);
  assert.ok(
    heard.lines.filter((line) => line.startsWith('refused')).every((line) => line.endsWith('StoreUnavailable')),
  );
  const before = heard.acknowledged.size;
  const raised = spawn('prlimit', ['--pid', String(child.pid), '--fsize=unlimited'], { stdio: 'inherit' });
  assert.deepEqual(await once(raised, 'close'), [0, null]);
  await until(() => heard.acknowledged.size > before + 50);
  child.kill('SIGKILL');
  await once(child, 'close');
  const engine = await open(file);
  const whole = await wholeNumbers(engine);
  for (const n of heard.acknowledged) assert.ok(whole.has(n), `${n} was acknowledged`);
  for (const n of heard.refused) assert.ok(!whole.has(n), `${n} was refused`);
  await engine.close();
});
