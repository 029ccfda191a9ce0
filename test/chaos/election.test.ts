/** Three members, their primary killed while people sign in. Only a `mongod` has members that can elect another. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, figure, holds } from '#test/support/figure.ts';
import { place } from '#test/support/hub-process.ts';
import { startMongo } from '#test/support/mongo.ts';
import { assertRecorded, assertSpentOnce } from './checks.ts';
import { writeCompany } from './company.ts';
import { startLoad, type Trace, wellAgain } from './load.ts';

const rounds = process.env.GATEHOUSE_LONG === undefined ? 1 : 5;

test(`the primary of three is killed ${rounds} times under load`, { timeout: 600_000 }, async (t) => {
  const server = await startMongo(t, 3);
  if (server === undefined) return;
  const people = 200;
  const config = await writeCompany(people);
  const at = await place({ HUB_CONFIG: config, HUB_STORE: server.database() });
  t.after(() => {
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
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const load = startLoad(at.issuer, { next, atOnce: 10, perSecond: 20 });
    await sleep(2000);
    await server.kill();
    times.push(await wellAgain(at.issuer, next, traces));
    await load.stop();
    await server.restart();
    await assertSpentOnce(at.issuer, load.traces);
    traces.push(...load.traces);
  }
  const events = await assertRecorded(at, traces, running.stop);
  const signedIn = traces.filter((trace) => trace.signedIn).length;
  figure(
    t,
    holds(
      'primary killed: acknowledged and lost, spent twice, without event',
      `${signedIn} sign-ins, ${events} events`,
    ),
  );
  figure(t, atMost(`primary killed (${rounds} times): sign-ins again, the slowest`, Math.max(...times), 15_000));
});
