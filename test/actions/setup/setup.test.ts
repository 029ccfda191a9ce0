/** The first owner: by a one-time address, or from the settings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveAccess } from '#actions/access/effective.ts';
import { createPerson } from '#actions/people/create.ts';
import { findByLogin } from '#actions/people/find.ts';
import { completeSetup, ensureSetup, setupIsOpen } from '#actions/setup/setup.ts';
import type { HubError } from '#domain/errors.ts';
import { manualClock } from '#platform/clock.ts';
import { oneTimeLinks } from '#storage/collections.ts';
import { eventsOf, operator, passphrase, visitor } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';
import { signInWithPassword } from '#test/support/sign-in.ts';

const owner = { email: 'boss@x.example', name: 'The Boss', password: passphrase };
const gone = (fault: HubError) => fault.code === 'not-found';
const tokenOf = (path: string | undefined) => path?.replace('/set-up/', '') ?? '';

test('one address makes one owner, however many try at once; looking uses nothing up', async (t) => {
  const services = await testServices(t);
  const path = await ensureSetup(services);
  assert.match(path ?? '', /^\/set-up\/[\w-]{43}$/);
  const token = tokenOf(path);
  for (let looks = 0; looks < 3; looks++) assert.equal(await setupIsOpen(services, token), true);
  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      completeSetup(services, visitor(), token, { ...owner, email: `boss-${index}@x.example` }),
    ),
  );
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const one of tries) if (one.status === 'rejected') assert.ok(gone(one.reason), String(one.reason));
  const types = (await eventsOf(services)).map((event) => event.type);
  assert.deepEqual(types, ['person.created', 'credential.added', 'role.assigned']);
  assert.equal(await setupIsOpen(services, token), false);
  assert.equal(await ensureSetup(services), undefined);
});

test('the owner signs in and may do everything', async (t) => {
  const services = await testServices(t);
  await completeSetup(services, visitor(), tokenOf(await ensureSetup(services)), owner);
  const result = await signInWithPassword(services, visitor(), { identifier: owner.email, password: passphrase });
  assert.equal(result.outcome, 'ok');
  const person = await findByLogin(services, owner.email);
  assert.ok((await effectiveAccess(services, person?.id ?? '')).hub.has('hub:hub-roles-assign'));
});

test('a newer address kills the one before, a day ends it, a weak password does not use it up', async (t) => {
  const clock = manualClock(Date.parse('2026-03-01T10:00:00Z'));
  const services = await testServices(t, { clock });
  const first = tokenOf(await ensureSetup(services));
  const second = tokenOf(await ensureSetup(services));
  assert.equal(await setupIsOpen(services, first), false);
  await assert.rejects(completeSetup(services, visitor(), first, owner), gone);
  await assert.rejects(completeSetup(services, visitor(), 'x'.repeat(43), owner), gone);
  await assert.rejects(completeSetup(services, visitor(), second, { ...owner, password: 'short' }), {
    code: 'weak-password',
  });
  assert.equal(await setupIsOpen(services, second), true);
  clock.advance(24 * 60 * 60 * 1000);
  await assert.rejects(completeSetup(services, visitor(), second, owner), gone);
  // The token itself is nowhere in the store.
  assert.equal(await services.store.get(oneTimeLinks, second), undefined);
});

test('somebody whom an import brought becomes the owner', async (t) => {
  const services = await testServices(t);
  const { id } = await createPerson(services, operator, { email: 'Boss@x.example', name: 'Boss', department: 'Board' });
  await completeSetup(services, visitor(), tokenOf(await ensureSetup(services)), owner);
  const person = await findByLogin(services, owner.email);
  assert.deepEqual([person?.id, person?.department], [id, 'Board']);
});

test('unattended: the settings name the owner, once', async (t) => {
  const env = { HUB_ADMIN_EMAIL: owner.email, HUB_ADMIN_PASSWORD: passphrase };
  const services = await testServices(t, { env });
  assert.equal(await ensureSetup(services), undefined);
  assert.equal(await ensureSetup(services), undefined);
  assert.equal((await eventsOf(services, 'role.assigned')).length, 1);
  const result = await signInWithPassword(services, visitor(), { identifier: owner.email, password: passphrase });
  assert.equal(result.outcome, 'ok');
});

test('unattended: a weak password is refused, naming the setting', async (t) => {
  const services = await testServices(t, { env: { HUB_ADMIN_EMAIL: owner.email, HUB_ADMIN_PASSWORD: 'short' } });
  await assert.rejects(ensureSetup(services), (fault: HubError) => fault.faults[0]?.path === 'admin.password');
});
