/** Who may take factors from whom, and what goes with them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignRole } from '#actions/assignments/assign.ts';
import { credentialsOf } from '#actions/factors/credentials.ts';
import { endStandIns } from '#actions/factors/new-epoch.ts';
import { recoveryCodesLeft } from '#actions/factors/recovery-codes.ts';
import { isRemembered, rememberBrowser, rememberedOf } from '#actions/factors/remembered.ts';
import { resetFactors } from '#actions/factors/reset.ts';
import { disablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import type { Services } from '#actions/services.ts';
import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { manualClock } from '#platform/clock.ts';
import { sessions } from '#storage/collections.ts';
import { eventsOf, operator, passphrase, visitor } from '#test/actions/people/support.ts';
import { withFactors } from '#test/support/factors.ts';
import { testServices } from '#test/support/services.ts';

async function person(services: Services, name: string, role?: string) {
  const made = await createPerson(services, operator, { email: `${name}@x.example`, name, password: passphrase });
  if (role !== undefined) await assignRole(services, operator, made.id, { role, reason: 'for the test' });
  await withFactors(services, made);
  return made;
}

const as = (id: string): Origin => ({ actor: { kind: 'person', id } });
const forbidden = (error: unknown) => error instanceof HubError && error.code === 'forbidden';

test('the help desk resets people without rights in the hub, and nobody above itself', async (t) => {
  const services = await testServices(t);
  const desk = await person(services, 'desk', 'hub-helpdesk');
  const anna = await person(services, 'anna');
  const owner = await person(services, 'owner', 'hub-owner');
  const auditor = await person(services, 'auditor', 'hub-auditor');
  const all = { which: 'all', reason: 'lost the phone' };
  for (const [actor, target] of [
    [as(desk.id), owner],
    [as(desk.id), auditor],
    [as(anna.id), desk],
    [as(anna.id), anna],
    [as(auditor.id), anna],
    [{ actor: { kind: 'system', id: 'robot' } } satisfies Origin, auditor],
  ] as const)
    await assert.rejects(resetFactors(services, actor, target.id, all), forbidden);
  assert.equal(await resetFactors(services, as(desk.id), anna.id, all), 1);
  assert.equal(await resetFactors(services, as(owner.id), desk.id, all), 1);
});

test('a reset takes factors, codes, browsers and sessions in one commit, and is on record with its reason', async (t) => {
  const services = await testServices(t);
  const anna = await person(services, 'anna');
  const kept = await rememberBrowser(services, visitor(), undefined, anna.id);
  const now = services.clock.now();
  const session = { payload: {}, account: anna.id, uid: 'u', startedAt: now, seenAt: now, endsAt: now + 1000 };
  await services.store.write({
    changes: [...kept.changes, { kind: 'insert', collection: sessions, id: 's', data: session }],
  });
  assert.equal(await isRemembered(services, kept.cookie, anna.id), true);
  await resetFactors(services, operator, anna.id, { which: 'all', reason: 'lost the phone' });
  const left = await credentialsOf(services, anna.id);
  assert.deepEqual([left.totp, left.passkeys.length, left.password !== undefined], [undefined, 0, true]);
  assert.equal(await recoveryCodesLeft(services, anna.id), 0);
  assert.equal(await isRemembered(services, kept.cookie, anna.id), false);
  assert.equal(await services.store.get(sessions, 's'), undefined);
  const [event] = await eventsOf(services, 'credential.reset');
  assert.deepEqual(event?.detail, { kind: 'second-factors', taken: ['totp'], by: 'another' });
  assert.equal(event?.personal?.detail?.reason, 'lost the phone');
});

test('a remembered browser is one person’s, for thirty days, and forgotten with a disabled account', async (t) => {
  const clock = manualClock(Date.parse('2026-03-01T10:00:00Z'));
  const services = await testServices(t, { clock });
  const anna = await person(services, 'anna');
  const bo = await person(services, 'bo');
  const first = await rememberBrowser(services, visitor(), undefined, anna.id);
  const both = await rememberBrowser(services, visitor(), first.cookie, bo.id);
  await services.store.write({ changes: [...first.changes, ...both.changes] });
  assert.equal(await isRemembered(services, both.cookie, anna.id), true);
  assert.equal(await isRemembered(services, both.cookie, bo.id), true);
  assert.equal(await isRemembered(services, first.cookie, bo.id), false);
  await disablePerson(services, operator, bo.id);
  assert.equal((await rememberedOf(services, bo.id)).length, 0);
  clock.advance(30 * 24 * 60 * 60_000);
  assert.equal(await isRemembered(services, both.cookie, anna.id), false);
});

test('a restored backup brings no recovery code and no remembered browser back', async (t) => {
  const services = await testServices(t);
  const anna = await person(services, 'anna');
  const kept = await rememberBrowser(services, visitor(), undefined, anna.id);
  await services.store.write({ changes: kept.changes });
  await endStandIns(services);
  assert.equal(await recoveryCodesLeft(services, anna.id), 0);
  assert.equal(await isRemembered(services, kept.cookie, anna.id), false);
  assert.ok((await credentialsOf(services, anna.id)).totp !== undefined, 'the factor itself stays');
});
