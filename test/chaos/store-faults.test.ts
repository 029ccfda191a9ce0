/**
 * One hub under sign-ins while its MongoDB is made to fail in every way that a fail point knows, steps down and is killed. Nothing
 * acknowledged is lost, nothing serves twice, nothing is held without its record, and the hub is well again by itself.
 */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import { atMost, figure, holds } from '#test/support/figure.ts';
import { place } from '#test/support/hub-process.ts';
import { failPoints } from '#test/support/mongo/fail-points.ts';
import { mongoName, startMongo } from '#test/support/mongo.ts';
import { notRun } from '#test/support/not-run.ts';
import { assertRecorded, assertSpentOnce } from './checks.ts';
import { writeCompany } from './company.ts';
import { startLoad, type Trace, wellAgain } from './load.ts';
import { type Scene, scenes } from './scenes.ts';

const long = process.env.GATEHOUSE_LONG !== undefined;
const people = 400;
/** Asked for; how many the machine carries with its store is told. More at once would only wait longer. */
const perSecond = 20;
const atOnce = 6;

test(`a hub under sign-ins while its store fails (${mongoName() ?? 'none here'})`, {
  timeout: 1_200_000,
}, async (t) => {
  const server = await startMongo(t);
  if (server === undefined) return;
  if (server.name === 'HUB_TEST_MONGO') return notRun(t, 'faults of the store', 'HUB_TEST_MONGO is not ours to break');
  const config = await writeCompany(people);
  const at = await place({ HUB_CONFIG: config, HUB_STORE: server.database() });
  const points = await failPoints(server.address);
  t.after(async () => {
    await points.close();
    at.remove();
    rmSync(dirname(config), { recursive: true, force: true });
  });
  const running = await at.start();
  let person = -1;
  const next = (): number => {
    person += 1;
    return person % people;
  };
  const traces: Trace[] = [];
  const times: Record<Scene['kind'], number[]> = { 'fail points': [], 'stepped down': [], killed: [] };
  t.diagnostic(`without a fault a whole way takes ${Math.round(await wellAgain(at.issuer, next, traces))} ms`);
  const began = performance.now();
  for (const scene of scenes(server, points, long)) {
    const load = startLoad(at.issuer, { next, atOnce, perSecond });
    await scene.run();
    const back = await wellAgain(at.issuer, next, traces);
    await load.stop();
    t.diagnostic(
      `${scene.name}: well after ${Math.round(back)} ms, ${acknowledged(load.traces)} sign-ins acknowledged`,
    );
    times[scene.kind].push(back);
    await assertSpentOnce(at.issuer, load.traces);
    traces.push(...load.traces);
  }
  const rate = acknowledged(traces) / ((performance.now() - began) / 1000);
  assert.equal(running.process.exitCode, null, 'it is the same hub still');
  const events = await assertRecorded(at, traces, running.stop);
  const cases = `${acknowledged(traces)} sign-ins (${rate.toFixed(1)}/s carried), ${events} events`;
  figure(
    t,
    holds('faults of MongoDB under load: acknowledged and lost, spent twice, without event, record broken', cases),
  );
  for (const [kind, all] of Object.entries(times)) tell(t, kind, all);
});

function tell(t: TestContext, kind: string, all: readonly number[]): void {
  figure(t, atMost(`MongoDB ${kind} (${all.length} scenes): sign-ins again, the slowest`, Math.max(...all), 5000));
}

function acknowledged(traces: readonly Trace[]): number {
  return traces.filter(({ signedIn }) => signedIn).length;
}
