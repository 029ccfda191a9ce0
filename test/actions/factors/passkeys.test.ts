/** Passkeys: our challenge, once, for five minutes, in this flow; this origin, its owner verified, a counter that grows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passkeyCreation, passkeyEnrolment } from '#actions/factors/passkeys/enrol.ts';
import { passkeyRequest } from '#actions/factors/passkeys/prove.ts';
import { recoveryCodesLeft, renewRecoveryCodes } from '#actions/factors/recovery-codes.ts';
import { factorsOf, removeFactor } from '#actions/factors/remove.ts';
import { lostFactorTurn } from '#actions/factors/turn.ts';
import { disablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import type { Services } from '#actions/services.ts';
import { type PasskeyTry, signInWithPasskey } from '#actions/signin/passkey.ts';
import { HubError } from '#domain/errors.ts';
import { manualClock } from '#platform/clock.ts';
import { CommitConflict } from '#storage/port.ts';
import { eventsOf, operator, passphrase, visitor } from '#test/actions/people/support.ts';
import { type Lie, softKey } from '#test/support/authenticator.ts';
import { testServices } from '#test/support/services.ts';
import { signInWithPassword } from '#test/support/sign-in.ts';

const issuer = 'http://localhost:4000';

async function start(t: Parameters<typeof testServices>[0]) {
  const clock = manualClock(Date.parse('2026-03-01T10:00:00Z'));
  const services = await testServices(t, { clock, env: { HUB_ISSUER: issuer } });
  const person = await createPerson(services, operator, { email: 'a@x.example', name: 'Anna', password: passphrase });
  const key = softKey(issuer);
  const options = await passkeyCreation(services, person, 's');
  const answer = key.attest(options);
  const { commit } = await passkeyEnrolment(services, operator, person, { bound: 's', answer, label: 'Key' });
  await services.store.write(commit);
  return { services, person, key, clock };
}

async function signIn(services: Services, given: PasskeyTry): Promise<string> {
  return services.store.unit(async (unit) => {
    const result = await signInWithPasskey(services, visitor(), given);
    if (result.outcome !== 'ok') return result.outcome;
    try {
      await unit.commit();
      return result.amr.join(' ');
    } catch (error) {
      if (error instanceof CommitConflict) return 'refused';
      throw error;
    }
  });
}

const lastCause = async (services: Services) => (await eventsOf(services, 'signin.failed')).at(-1)?.detail?.cause;

test('signs in alone, as two factors', async (t) => {
  const { services, key, person } = await start(t);
  const answer = key.assert(await passkeyRequest(services, 'first:1'));
  assert.equal(await signIn(services, { bound: 'first:1', answer }), 'hwk user mfa');
  const [event] = await eventsOf(services, 'signin.succeeded');
  assert.deepEqual([event?.actor.id, event?.detail], [person.id, { method: 'passkey' }]);
});

test('an answer 20 at once, and once more later: one', async (t) => {
  const { services, key } = await start(t);
  const answer = key.assert(await passkeyRequest(services, 'first:1'));
  const results = await Promise.all(Array.from({ length: 20 }, () => signIn(services, { bound: 'first:1', answer })));
  assert.equal(results.filter((one) => one === 'hwk user mfa').length, 1, results.join());
  await passkeyRequest(services, 'first:1');
  assert.equal(await signIn(services, { bound: 'first:1', answer }), 'refused', 'to another challenge');
});

test('a challenge is of one flow, and of five minutes', async (t) => {
  const { services, key, clock } = await start(t);
  const answer = key.assert(await passkeyRequest(services, 'first:1'));
  await passkeyRequest(services, 'first:2');
  assert.equal(await signIn(services, { bound: 'first:2', answer }), 'refused');
  assert.equal(await signIn(services, { bound: 'first:3', answer }), 'refused');
  clock.advance(5 * 60_000);
  assert.equal(await signIn(services, { bound: 'first:1', answer }), 'refused');
  assert.equal(await lastCause(services), 'challenge-over');
});

const lies: Record<string, Lie> = {
  'another origin': { origin: 'http://localhost:4001' },
  'a look-alike origin': { origin: 'http://localhost:4000.evil.example' },
  'another relying party': { rpId: 'evil.example' },
  'an owner who was not verified': { verified: false },
  'a challenge of its own': { challenge: 'AAAA' },
  'the answer to a creation': { type: 'webauthn.create' },
  'a broken signature': { signature: Buffer.alloc(70, 1) },
  'somebody else’s handle': { userHandle: 'bm9ib2R5' },
};
for (const [name, lie] of Object.entries(lies))
  test(`${name} is refused`, async (t) => {
    const { services, key } = await start(t);
    const answer = key.assert(await passkeyRequest(services, 'first:1'), lie);
    assert.equal(await signIn(services, { bound: 'first:1', answer }), 'refused');
    assert.equal(await lastCause(services), 'wrong-passkey');
  });

test('a counter that does not grow is refused, with an alarm on record', async (t) => {
  const { services, key } = await start(t);
  for (const counter of [7, 7, 3]) {
    const answer = key.assert(await passkeyRequest(services, 'first:1'), { counter });
    await signIn(services, { bound: 'first:1', answer });
  }
  const causes = (await eventsOf(services, 'signin.failed')).map(({ detail }) => detail?.cause);
  assert.deepEqual(causes, ['counter-regressed', 'counter-regressed']);
});

test('unknown, disabled, of somebody else, and nonsense are refused alike', async (t) => {
  const { services, key, person } = await start(t);
  const stranger = softKey(issuer);
  const step = { person: 'somebody-else', amr: ['pwd'], ends: [] };
  const ask = () => passkeyRequest(services, 'first:1');
  for (const answer of [stranger.assert(await ask()), '', 'null', '{"id":1}', '[]', 'x'.repeat(60_000)])
    assert.equal(await signIn(services, { bound: 'first:1', answer }), 'refused');
  const own = key.assert(await ask());
  assert.equal(await signIn(services, { bound: 'first:1', answer: own, step }), 'refused');
  await disablePerson(services, operator, person.id);
  assert.equal(await signIn(services, { bound: 'first:1', answer: key.assert(await ask()) }), 'refused');
  assert.equal(await lastCause(services), 'disabled');
});

test('strangers cannot lock the owner of a passkey out by failing with a password', async (t) => {
  const { services, key } = await start(t);
  for (let index = 0; index < 15; index++)
    await signInWithPassword(services, visitor('198.51.100.1'), { identifier: 'a@x.example', password: 'wrong guess' });
  const answer = key.assert(await passkeyRequest(services, 'first:1'));
  assert.equal(await signIn(services, { bound: 'first:1', answer }), 'hwk user mfa');
});

test('a passkey is made once from one challenge, and only with its owner verified', async (t) => {
  const { services, person } = await start(t);
  const key = softKey(issuer);
  const enrol = (answer: string) => passkeyEnrolment(services, operator, person, { bound: 's', answer, label: 'Key' });
  const invalid = (error: unknown) => error instanceof HubError && error.code === 'invalid';
  const unverified = key.attest(await passkeyCreation(services, person, 's'), { verified: false });
  await assert.rejects(enrol(unverified), invalid);
  const foreign = key.attest(await passkeyCreation(services, person, 's'), { origin: 'https://evil.example' });
  await assert.rejects(enrol(foreign), invalid);
  const answer = key.attest(await passkeyCreation(services, person, 's'));
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => enrol(answer)));
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  await assert.rejects(enrol('nonsense'), invalid);
});

test('twelve enrolments at once never pass eight, and two removals at once leave nothing standing in for the last', async (t) => {
  const { services, person } = await start(t);
  const enrol = async (bound: string): Promise<string> => {
    const answer = softKey(issuer).attest(await passkeyCreation(services, person, bound));
    try {
      const { commit } = await passkeyEnrolment(services, operator, person, { bound, answer, label: bound });
      await services.store.write(commit).catch(lostFactorTurn);
      return 'ok';
    } catch (error) {
      assert.ok(error instanceof HubError, String(error));
      return error.code;
    }
  };
  for (let round = 0; round < 4; round += 1)
    for (const end of await Promise.all([1, 2, 3].map((n) => enrol(`${round}-${n}`))))
      assert.match(end, /^(ok|conflict)$/);
  for (let more = 0; more < 12; more += 1) await enrol(`more-${more}`);
  assert.equal((await factorsOf(services, person.id)).length, 8);
  assert.equal(await enrol('ninth'), 'conflict');

  for (const { id } of (await factorsOf(services, person.id)).slice(2))
    await removeFactor(services, operator, person.id, id);
  await services.store.write((await renewRecoveryCodes(services, operator, person)).commit);
  const last = await factorsOf(services, person.id);
  const removed = await Promise.allSettled(last.map(({ id }) => removeFactor(services, operator, person.id, id)));
  for (const one of removed) if (one.status === 'rejected') assert.equal(one.reason.code, 'conflict');
  const standing = (await factorsOf(services, person.id)).length;
  assert.equal(standing, 1, 'one was asked to look again');
  for (const { id } of await factorsOf(services, person.id)) await removeFactor(services, operator, person.id, id);
  assert.equal(await recoveryCodesLeft(services, person.id), 0, 'codes go with the last factor');
});
