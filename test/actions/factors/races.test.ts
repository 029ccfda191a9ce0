/** What serves once serves once, however many try at the same moment and whatever the counters allow. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialsOf } from '#actions/factors/credentials.ts';
import { recoveryCodesLeft, renewRecoveryCodes } from '#actions/factors/recovery-codes.ts';
import { createPerson } from '#actions/people/create.ts';
import type { Services } from '#actions/services.ts';
import { signInWithCode } from '#actions/signin/second-step.ts';
import { manualClock } from '#platform/clock.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { eventsOf, operator, passphrase, visitor } from '#test/actions/people/support.ts';
import { withFactors } from '#test/support/factors.ts';
import { testServices } from '#test/support/services.ts';

async function start(t: Parameters<typeof testServices>[0]) {
  const clock = manualClock(Date.parse('2026-03-01T10:00:00Z'));
  const given = await testServices(t, { clock });
  const many = { count: 1000, windowMs: 900_000 };
  const limits = { ...given.settings.limits, signin: { perAccount: many, perNetwork: many } };
  const services: Services = { ...given, settings: { ...given.settings, limits } };
  const person = await createPerson(services, operator, { email: 'a@x.example', name: 'Anna', password: passphrase });
  const factors = await withFactors(services, person);
  clock.advance(30_000);
  return { services, person, clock, ...factors };
}

/** As a request does it: everything in one unit, committed at the end. */
async function tryOnce(
  services: Services,
  person: Stored<Person>,
  method: 'totp' | 'recovery-code',
  code: string,
): Promise<boolean> {
  const credentials = await credentialsOf(services, person.id);
  return services.store.unit(async (unit) => {
    const given = { person, credentials, amr: ['pwd'], method, code, ends: [] };
    const { outcome } = await signInWithCode(services, visitor(), given);
    if (outcome !== 'ok') return false;
    try {
      await unit.commit();
      return true;
    } catch (error) {
      assert.ok(error instanceof CommitConflict && error.change.tag === 'factor', String(error));
      return false;
    }
  });
}

/** The counter takes one try, and then those that came meanwhile together: so the twenty go on in the same moment. */
async function twenty(services: Services, person: Stored<Person>, work: () => Promise<boolean>): Promise<boolean[]> {
  const first = tryOnce(services, person, 'totp', '000000');
  const results = await Promise.all(Array.from({ length: 20 }, work));
  assert.equal(await first, false);
  return results;
}

test('the same code of the app 20 at once: one', async (t) => {
  const { services, person, phone } = await start(t);
  const code = phone.code();
  const results = await twenty(services, person, () => tryOnce(services, person, 'totp', code));
  assert.equal(results.filter(Boolean).length, 1);
  assert.equal((await eventsOf(services, 'signin.succeeded')).length, 1);
});

test('a code kills those before it; one step of drift counts, two do not', async (t) => {
  const { services, person, phone, clock } = await start(t);
  assert.equal(await tryOnce(services, person, 'totp', phone.code(60)), false, 'two steps ahead');
  assert.equal(await tryOnce(services, person, 'totp', phone.code(30)), true, 'one step ahead');
  assert.equal(await tryOnce(services, person, 'totp', phone.code()), false, 'now is dead with it');
  clock.advance(120_000);
  assert.equal(await tryOnce(services, person, 'totp', phone.code(-60)), false, 'two steps behind');
  assert.equal(await tryOnce(services, person, 'totp', phone.code(-30)), true, 'one step behind');
});

test('a recovery code 20 at once: one, and nine are left', async (t) => {
  const { services, person, codes } = await start(t);
  const results = await twenty(services, person, () => tryOnce(services, person, 'recovery-code', codes[3] ?? ''));
  assert.equal(results.filter(Boolean).length, 1);
  assert.equal(await recoveryCodesLeft(services, person.id), 9);
});

test('new recovery codes kill the old ones, and are nobody else’s', async (t) => {
  const { services, person, codes } = await start(t);
  const made = await renewRecoveryCodes(services, operator, person);
  await services.store.write(made.commit);
  assert.equal(new Set([...codes, ...made.codes]).size, 20);
  assert.equal(await tryOnce(services, person, 'recovery-code', codes[0] ?? ''), false);
  const other = await createPerson(services, operator, { email: 'b@x.example', name: 'Bo', password: passphrase });
  assert.equal(await tryOnce(services, other, 'recovery-code', made.codes[0] ?? ''), false);
  assert.equal(await tryOnce(services, person, 'recovery-code', made.codes[0] ?? ''), true);
});
