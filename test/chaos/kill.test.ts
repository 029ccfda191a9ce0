/** `kill -9` of the hub under a load of sign-ins: nothing acknowledged is lost, nothing serves twice. */

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, figure, holds } from '#test/support/figure.ts';
import { place } from '#test/support/hub-process.ts';
import { mongoName, mongoStore } from '#test/support/mongo.ts';
import { assertRecorded, assertSpentOnce } from './checks.ts';
import { writeCompany } from './company.ts';
import { type Load, startLoad, stepsOf, type Trace } from './load.ts';

const kills = Number(process.env.GATEHOUSE_KILLS ?? 4);
const timeout = 120_000 + kills * 30_000;

test(`the hub is killed ${kills} times under load, its store embedded`, { timeout }, async (t) => {
  await killed(t, 'SQLite', {}, kills * 100);
});

test(`the hub is killed ${kills} times under load, on MongoDB (${mongoName() ?? 'none here'})`, {
  timeout,
}, async (t) => {
  const store = await mongoStore(t);
  if (store !== undefined) await killed(t, 'MongoDB', { HUB_STORE: store }, 100 + kills * 20);
});

/** Waits until so many steps of the load were answered: a moment of the hub's own time, however slow the machine is. */
async function underWay(load: Load, steps: number): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end && load.traces.map(stepsOf).reduce(sum, 0) < steps; )
    await sleep(10);
}

const sum = (a: number, b: number): number => a + b;

async function killed(t: TestContext, engine: string, env: Record<string, string>, people: number): Promise<void> {
  const config = await writeCompany(people);
  const at = await place({ HUB_CONFIG: config, ...env });
  t.after(() => {
    at.remove();
    rmSync(dirname(config), { recursive: true, force: true });
  });
  const traces: Trace[] = [];
  let person = -1;
  const next = (): number => {
    person += 1;
    return person % people;
  };
  const restarts: number[] = [];
  let running = await at.start();
  for (let round = 0; round < kills; round += 1) {
    const load = startLoad(at.issuer, { next, atOnce: 8 });
    await underWay(load, Math.random() * 30);
    running.process.kill('SIGKILL');
    await load.stop();
    const began = performance.now();
    running = await at.start();
    restarts.push(performance.now() - began);
    await assertSpentOnce(at.issuer, load.traces);
    traces.push(...load.traces);
  }
  const signedIn = traces.filter((trace) => trace.signedIn);
  assert.ok(signedIn.length > kills, `only ${signedIn.length} sign-ins were acknowledged: no load`);
  const events = await assertRecorded(at, traces, running.stop);
  const refreshed = traces.filter(({ successor }) => successor !== undefined);
  const cases = `${signedIn.length} sign-ins, ${refreshed.length} refreshed, ${events} events`;
  figure(
    t,
    holds(`${kills} kills on ${engine}: acknowledged and lost, spent twice, without event, record broken`, cases),
  );
  figure(t, atMost(`${kills} kills on ${engine}: ready again, the slowest`, Math.max(...restarts), 5000));
}
