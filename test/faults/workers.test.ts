/** What works behind the requests while the store is away: it rests, it lives, and it goes on. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordRefusal } from '#actions/audit/refused.ts';
import { scheduleCheckpoints } from '#actions/checkpoints/schedule.ts';
import { ensureKeys } from '#actions/keys/ensure.ts';
import { endSessions } from '#actions/sessions/end.ts';
import { outbox, people } from '#storage/collections.ts';
import { faultySqlite } from '#test/support/faulty-sqlite.ts';
import { operator } from '#test/support/hub.ts';
import { testServices } from '#test/support/services.ts';
import { company, signIn, until } from './company.ts';

test('a delivery that cannot be recorded is not made again and again, and is recorded when it can be', async (t) => {
  const fault = faultySqlite(t);
  let ahead = 0;
  const hub = await company(t, { clock: { now: () => Date.now() + ahead } });
  await signIn(hub);
  const [person] = (await hub.services.store.find(people, {})).items;
  hub.desk.beforeAnswer = () => {
    fault.mode = 'unwritable';
  };
  await endSessions(hub.services, operator, person?.id ?? '', 'admin');
  await until(() => hub.heard.length > 0);
  await sleep(1000);
  assert.equal(hub.heard.length, 1, 'no try begins that could not be recorded');
  hub.desk.beforeAnswer = () => {};
  fault.mode = 'none';
  // The try that was under way is over, whatever became of it.
  ahead = 20_000;
  await until(async () => (await hub.events('logout.delivered')).length === 1);
  assert.equal(await hub.services.store.count(outbox, { kind: 'logout', status: 'waiting', nextAt: { from: 0 } }), 0);
});

test('checkpoints of a store that takes nothing do not pile up', async (t) => {
  const fault = faultySqlite(t);
  let now = Date.now();
  const services = await testServices(t, { clock: { now: () => now } });
  await ensureKeys(services, operator);
  const folder = join(services.settings.data, 'checkpoints');
  const schedule = scheduleCheckpoints(services, async () => {});
  now += 120_000;
  fault.mode = 'unwritable';
  await until(() => existsSync(folder));
  await sleep(2500);
  assert.equal(readdirSync(folder).length, 1);
  fault.mode = 'none';
  await schedule.stop();
  assert.equal((await services.store.audit.query({ type: 'audit.checkpointed' })).items.length, 1);
});

test('the count of a folded flood outlives a store that is away when its minute ends', async (t) => {
  const fault = faultySqlite(t);
  let now = Date.now();
  const services = await testServices(t, { clock: { now: () => now } });
  const refusal = { error: 'forbidden', endpoint: 'GET /api/v1/people' } as const;
  for (let n = 0; n < 5; n += 1) await recordRefusal(services, operator, refusal);
  now += 61_000;
  fault.mode = 'unwritable';
  await assert.rejects(recordRefusal(services, operator, refusal));
  fault.mode = 'none';
  await recordRefusal(services, operator, refusal);
  const events = (await services.store.audit.query({ type: 'request.refused' })).items;
  assert.ok(
    events.some(({ detail }) => detail?.count === 4),
    JSON.stringify(events.map(({ detail }) => detail)),
  );
});
