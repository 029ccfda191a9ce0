/** Checkpoints: when one is taken, that idleness takes none, what they tell of leavers, and which old ones may go. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { endingsAfter } from '#actions/checkpoints/endings.ts';
import { checkpointFolder, newestCheckpoint, thinCheckpoints } from '#actions/checkpoints/folder.ts';
import { scheduleCheckpoints } from '#actions/checkpoints/schedule.ts';
import { takeCheckpoint } from '#actions/checkpoints/take.ts';
import { ensureKeys } from '#actions/keys/ensure.ts';
import { listKeys } from '#actions/keys/list.ts';
import { allKeys } from '#actions/keys/stored.ts';
import { disablePerson, enablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { readCheckpoint, verifyCheckpoint } from '#domain/audit/checkpoint.ts';
import { draft, type Origin } from '#domain/audit/event.ts';
import { verifyExport } from '#domain/audit/verify.ts';
import { manualClock } from '#platform/clock.ts';
import { testServices } from '#test/support/services.ts';

const hub: Origin = { actor: { kind: 'hub' } };
const start = Date.UTC(2026, 10, 22, 12);

async function ready(t: TestContext) {
  const clock = manualClock(start);
  const services = await testServices(t, { clock });
  await ensureKeys(services, hub);
  const act = () => services.store.write({ changes: [], events: [draft(hub, 'policy.published', 'success')] });
  return { clock, services, act };
}

test('a checkpoint verifies with the public keys and finds a cut tail in an export', async (t) => {
  const { services } = await ready(t);
  const taken = await takeCheckpoint(services, hub);
  assert.equal(newestCheckpoint(services.settings)?.file, taken.file);
  const keys = (await allKeys(services)).map((key) => ({ ...key.publicJwk, kid: key.id, alg: key.alg }));
  assert.equal((await verifyCheckpoint(taken.jws, { keys })).at, taken.at);
  const events = await Array.fromAsync(services.store.audit.export({}));
  assert.equal(events.at(-1)?.type, 'audit.checkpointed');
  const whole = (async function* () {
    yield* events;
  })();
  assert.equal((await verifyExport(whole, { checkpoint: taken.jws, jwks: { keys } })).ok, true);
  const cut = (async function* () {
    yield* events.slice(0, 2);
  })();
  assert.equal((await verifyExport(cut, { checkpoint: taken.jws, jwks: { keys } })).ok, false);
  assert.equal((await listKeys(services)).length, 2);
});

test('the schedule takes one a minute or a thousand events, at the stop, and none while nothing happens', async (t) => {
  const { services, clock, act } = await ready(t);
  const sent: number[] = [];
  t.mock.timers.enable({ apis: ['setInterval'] });
  const schedule = scheduleCheckpoints(services, async (taken) => {
    sent.push(taken.events);
  });
  // What a look of the schedule sets off goes to the disk: waited for where something is to come, and for a while where not.
  const second = async (expected = sent.length) => {
    t.mock.timers.tick(1000);
    do await new Promise((resolve) => setTimeout(resolve, 20));
    while (sent.length < expected);
  };
  await second();
  assert.deepEqual(sent, [], 'neither a minute nor a thousand events');
  clock.advance(60_000);
  await second(1);
  assert.deepEqual(sent, [4], 'the minute is over, and there were events');
  for (let minute = 0; minute < 3; minute++) {
    clock.advance(60_000);
    await second();
  }
  assert.equal(sent.length, 1, 'the record of a checkpoint asks for no further one');
  for (let event = 0; event < 1000; event++) await act();
  await second(2);
  assert.equal(sent.length, 2, 'a thousand events do not wait for the minute');
  await act();
  await schedule.stop();
  assert.equal(sent.length, 3, 'a stop leaves nothing uncovered');
});

test('checkpoints tell who was disabled since an older state, as it stood at the end', async (t) => {
  const { services, clock } = await ready(t);
  const person = async (name: string) => (await createPerson(services, hub, { name, email: `${name}@example.com` })).id;
  const [leaver, returner, stayer] = [await person('leaver'), await person('returner'), await person('stayer')];
  const heads = await services.store.audit.heads();
  await takeCheckpoint(services, hub);
  for (const id of [leaver, returner]) await disablePerson(services, hub, id);
  clock.advance(60_000);
  await takeCheckpoint(services, hub);
  await enablePerson(services, hub, returner);
  clock.advance(60_000);
  await takeCheckpoint(services, hub);
  const { disabled, enabled } = endingsAfter(services.settings, heads);
  assert.deepEqual([disabled, enabled], [[leaver], [returner]]);
  assert.ok(![...disabled, ...enabled].includes(stayer));
  assert.deepEqual(endingsAfter(services.settings, await services.store.audit.heads()), { disabled: [], enabled: [] });
});

test('of days long past the last checkpoint stays, and each that tells of a leaver', async (t) => {
  const { services } = await ready(t);
  const folder = checkpointFolder(services.settings);
  mkdirSync(folder, { recursive: true });
  const write = (at: string, told: object = {}) => {
    const payload = Buffer.from(JSON.stringify({ at, heads: {}, ...told })).toString('base64url');
    writeFileSync(join(folder, `${at.replaceAll(':', '-')}.jws`), `e30.${payload}.x\n`);
  };
  write('2026-11-10T08:00:00.000Z');
  write('2026-11-10T09:00:00.000Z', { people: { disabled: ['somebody'], enabled: [] } });
  write('2026-11-10T10:00:00.000Z');
  write('2026-11-11T08:00:00.000Z');
  write('2026-11-22T08:00:00.000Z');
  write('2026-11-22T09:00:00.000Z');
  thinCheckpoints(services.settings, start);
  const kept = readdirSync(folder).map((name) => name.slice(0, 13));
  assert.deepEqual(kept.sort(), ['2026-11-10T09', '2026-11-10T10', '2026-11-11T08', '2026-11-22T08', '2026-11-22T09']);
  assert.equal(readCheckpoint(newestCheckpoint(services.settings)?.jws ?? '').at, '2026-11-22T09:00:00.000Z');
});
