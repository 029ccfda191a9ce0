/** Sign-in by password: who gets in, what is refused alike, and how guessing is slowed. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { credentialsOf } from '#actions/factors/credentials.ts';
import { createPerson } from '#actions/people/create.ts';
import type { Services } from '#actions/services.ts';
import { knownDeviceOf, rememberDevice } from '#actions/signin/device.ts';
import { HubError } from '#domain/errors.ts';
import { manualClock } from '#platform/clock.ts';
import { credentials, people } from '#storage/collections.ts';
import { eventsOf, operator, passphrase, visitor } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';
import { signInWithPassword } from '#test/support/sign-in.ts';

const anna = { email: 'Anna@Hongda.example', username: 'AKOW', name: 'Anna Kowalska', password: passphrase };
const signIn = (services: Services, identifier: string, password: string, more: object = {}, ip?: string) =>
  signInWithPassword(services, visitor(ip), { identifier, password, ...more });

describe('who gets in', () => {
  for (const identifier of ['anna@hongda.example', '  ANNA@hongda.EXAMPLE ', 'akow', 'AKOW'])
    test(`${JSON.stringify(identifier)} is Anna`, async (t) => {
      const services = await testServices(t);
      const person = await createPerson(services, operator, anna);
      const result = await signIn(services, identifier, passphrase);
      assert.equal(result.outcome === 'ok' && result.person.id, person.id);
      const [event] = await eventsOf(services, 'signin.succeeded');
      assert.deepEqual(event?.actor, { kind: 'person', id: person.id });
      assert.equal(event?.personal?.subject, 'Anna Kowalska <Anna@Hongda.example>');
      assert.equal(event?.personal?.ip, '192.0.2.7');
    });

  test('a decomposed password is the composed one', async (t) => {
    const services = await testServices(t);
    await createPerson(services, operator, { ...anna, password: 'żółta łódź płynie nocą'.normalize('NFC') });
    assert.equal((await signIn(services, 'akow', 'żółta łódź płynie nocą'.normalize('NFD'))).outcome, 'ok');
  });

  test('a hash of another product lets in once and is then one of ours', async (t) => {
    const services = await testServices(t);
    const passwordHash = '{SSHA}Sxau/pymWr21P1cPFDstPe7WNKDqHcPYW+udcw==';
    const { id } = await createPerson(services, operator, { email: 'anna@hongda.example', name: 'Anna', passwordHash });
    assert.equal((await signIn(services, 'anna@hongda.example', 'Trąbka 贸易 correct horse')).outcome, 'ok');
    const stored = await services.store.get(credentials, `${id}:password`);
    assert.match(stored?.kind === 'password' ? stored.hash : '', /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.equal((await signIn(services, 'anna@hongda.example', 'Trąbka 贸易 correct horse')).outcome, 'ok');
  });

  test("the success is staged in the request's unit of work and dropped with it", async (t) => {
    const services = await testServices(t);
    await createPerson(services, operator, anna);
    await services.store.unit(async (unit) => {
      assert.equal((await signIn(services, 'akow', passphrase)).outcome, 'ok');
      assert.equal((await eventsOf(services, 'signin.succeeded')).length, 0);
      await unit.commit();
    });
    assert.equal((await eventsOf(services, 'signin.succeeded')).length, 1);
  });
});

test('unknown, disabled, without a password, wrong, empty and huge are refused alike, each with its event', async (t) => {
  const services = await testServices(t);
  await createPerson(services, operator, anna);
  await createPerson(services, operator, { ...anna, email: 'off@hongda.example', username: 'OFF', status: 'disabled' });
  await createPerson(services, operator, { email: 'none@hongda.example', name: 'None' });
  const tries: [string, string, string][] = [
    ['akow', 'wrong horse battery', 'wrong-password'],
    ['off', passphrase, 'disabled'],
    ['none@hongda.example', passphrase, 'no-password'],
    ['nobody@hongda.example', passphrase, 'unknown'],
    ['', '', 'unknown'],
    ['akow', '', 'wrong-password'],
    ['akow', 'x'.repeat(100_000), 'too-long'],
    ['akow', `${passphrase}\0`, 'wrong-password'],
    ['$ne', '{"$gt":""}', 'unknown'],
  ];
  for (const [identifier, password] of tries)
    assert.deepEqual(await signIn(services, identifier, password), { outcome: 'refused' });
  const events = await eventsOf(services, 'signin.failed');
  assert.deepEqual(
    events.map((event) => event.detail?.cause),
    tries.map(([, , cause]) => cause),
  );
  assert.ok(events.every((event) => event.outcome === 'failure' && event.request === 'r-2'));
  const record = JSON.stringify(events);
  assert.ok(!record.includes('nobody@hongda.example'), 'an unknown identifier must not be on record');
  assert.ok(!record.includes(passphrase), 'a password must not be on record');
  const hashes = events
    .filter((event) => event.detail?.cause === 'unknown')
    .map((event) => event.detail?.identifierHash);
  assert.equal(new Set(hashes).size, 3);
});

describe('guessing', () => {
  const guesses = (count: number) => Array.from({ length: count }, (_, index) => `wrong guess number ${index}`);

  test('200 at once, the right one among them: never more than the limit are looked at', async (t) => {
    const services = await testServices(t);
    await createPerson(services, operator, anna);
    const passwords = guesses(200);
    passwords[120] = passphrase;
    const spellings = ['akow', 'AKOW', ' anna@hongda.example', 'ANNA@HONGDA.EXAMPLE'];
    const results = await Promise.all(
      passwords.map((password, index) =>
        signIn(services, spellings[index % 4] ?? '', password, {}, `198.51.100.${index}`),
      ),
    );
    const looked = results.filter((result) => result.outcome !== 'throttled');
    assert.equal(looked.length, 10);
    assert.equal((await eventsOf(services, 'signin.failed', 'signin.succeeded')).length, 10);
    const more = await Promise.all(guesses(50).map((password) => signIn(services, 'akow', password)));
    assert.ok(more.every((result) => result.outcome === 'throttled'));
    const locked = await eventsOf(services, 'signin.locked');
    assert.equal(locked.length, 1, 'a flood is one event a minute');
    assert.equal(locked[0]?.detail?.cause, 'account');
  });

  test('the right password does not open the door for more guesses', async (t) => {
    const services = await testServices(t);
    await createPerson(services, operator, anna);
    let wrong = 0;
    for (let round = 0; round < 20; round++) {
      const [guess, owner] = [
        await signIn(services, 'akow', `guess ${round}`),
        await signIn(services, 'akow', passphrase),
      ];
      if (guess.outcome === 'refused') wrong += 1;
      if (round < 9) assert.equal(owner.outcome, 'ok', `round ${round}`);
    }
    assert.equal(wrong, 10);
  });

  test('the window ends, and the count of a flood is told in its minute', async (t) => {
    const clock = manualClock(Date.parse('2026-03-01T10:00:00Z'));
    const services = await testServices(t, { clock });
    await createPerson(services, operator, anna);
    await Promise.all(guesses(15).map((password) => signIn(services, 'akow', password)));
    const late = await signIn(services, 'akow', passphrase);
    assert.deepEqual(late, { outcome: 'throttled', retryAfter: 900 });
    clock.advance(61_000);
    await signIn(services, 'akow', passphrase);
    assert.deepEqual(
      (await eventsOf(services, 'signin.locked')).map((event) => event.detail?.count),
      [1, 5, 1],
    );
    clock.advance(15 * 60_000);
    assert.equal((await signIn(services, 'akow', passphrase)).outcome, 'ok');
  });

  test('one network is limited over all accounts; an IPv6 network is its first 64 bits', async (t) => {
    const given = await testServices(t);
    const { limits } = given.settings;
    const signin = { ...limits.signin, perNetwork: { count: 12, windowMs: 900_000 } };
    const services = { ...given, settings: { ...given.settings, limits: { ...limits, signin } } };
    const spread = (index: number) =>
      index % 2 === 0 ? `2001:db8:1:2::${index}` : `2001:0db8:0001:0002:ffff::${index}`;
    const results = await Promise.all(
      guesses(20).map((password, index) => signIn(services, `nobody-${index}`, password, {}, spread(index))),
    );
    assert.equal(results.filter((result) => result.outcome === 'refused').length, 12);
    assert.equal((await signIn(services, 'one-more', 'x', {}, '2001:db8:1:2::1')).outcome, 'throttled');
    assert.equal((await signIn(services, 'one-more', 'x', {}, '2001:db8:1:3::1')).outcome, 'refused');
    const locked = await eventsOf(services, 'signin.locked');
    assert.deepEqual(
      locked.map((event) => event.detail?.cause),
      ['network'],
    );
  });

  test('a known device lets the owner in while strangers guess, and has a limit of its own', async (t) => {
    const services = await testServices(t);
    const { id } = await createPerson(services, operator, anna);
    const other = await createPerson(services, operator, { email: 'other@hongda.example', name: 'Other' });
    const knownDevice = rememberDevice(services, undefined, id);
    await Promise.all(guesses(30).map((password) => signIn(services, 'akow', password)));
    assert.equal((await signIn(services, 'akow', passphrase)).outcome, 'throttled');
    assert.equal((await signIn(services, 'akow', passphrase, { knownDevice })).outcome, 'ok');
    const forged = rememberDevice(services, undefined, other.id);
    assert.equal((await signIn(services, 'akow', passphrase, { knownDevice: forged })).outcome, 'throttled');
    for (const password of guesses(10)) await signIn(services, 'akow', password, { knownDevice });
    assert.equal((await signIn(services, 'akow', passphrase, { knownDevice })).outcome, 'throttled');
  });
});

test('the device cookie holds five people, newest first, and is worth nothing when changed', async (t) => {
  const services = await testServices(t);
  let cookie: string | undefined;
  for (const person of ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p6']) cookie = rememberDevice(services, cookie, person);
  assert.equal(knownDeviceOf(services, cookie, 'p1'), undefined);
  for (const person of ['p2', 'p3', 'p4', 'p5', 'p6']) assert.ok(knownDeviceOf(services, cookie, person));
  assert.equal(knownDeviceOf(services, `x${cookie}`, 'p6'), undefined);
  assert.equal(knownDeviceOf(services, 'a.b.c', 'p6'), undefined);
  assert.match(rememberDevice(services, '<script>', 'p1'), /^[\w-]{43}\.[\w-]{22}$/);
});

test('who is disabled while the hash runs stays outside', async (t) => {
  const services = await testServices(t);
  const { id } = await createPerson(services, operator, anna);
  const { hasher } = services;
  const slow: Services = {
    ...services,
    hasher: {
      ...hasher,
      verify: async (hash, password) => {
        const result = await hasher.verify(hash, password);
        await services.store.engine.commit({
          changes: [{ kind: 'update', collection: people, id, set: { status: 'disabled' } }],
        });
        return result;
      },
    },
  };
  assert.deepEqual(await signIn(slow, 'akow', passphrase), { outcome: 'refused' });
  const [event] = await eventsOf(services, 'signin.failed');
  assert.equal(event?.detail?.cause, 'disabled');
});

test('a hash that cannot be renewed now, for want of a slot, still lets in', async (t) => {
  const services = await testServices(t);
  const passwordHash = '{SSHA}Sxau/pymWr21P1cPFDstPe7WNKDqHcPYW+udcw==';
  const { id } = await createPerson(services, operator, { email: 'anna@hongda.example', passwordHash });
  const full = () => Promise.reject(new HubError('busy', undefined, { retryAfter: 1 }));
  const crowded: Services = { ...services, hasher: { ...services.hasher, hash: full } };
  assert.equal((await signIn(crowded, 'anna@hongda.example', 'Trąbka 贸易 correct horse')).outcome, 'ok');
  assert.equal((await credentialsOf(services, id)).password?.hash, passwordHash);
});

test('a try for which there was no slot was no guess', async (t) => {
  const services = await testServices(t);
  await createPerson(services, operator, anna);
  const full = () => Promise.reject(new HubError('busy', undefined, { retryAfter: 1 }));
  const crowded: Services = { ...services, hasher: { ...services.hasher, verify: full } };
  for (let round = 0; round < 15; round++) await assert.rejects(signIn(crowded, 'akow', passphrase), { code: 'busy' });
  assert.equal((await signIn(services, 'akow', passphrase)).outcome, 'ok');
});
