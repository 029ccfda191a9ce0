import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPerson } from '#actions/people/create.ts';
import type { Services } from '#actions/services.ts';
import { changeOwnPassword } from '#actions/signin/change-password.ts';
import type { HubError } from '#domain/errors.ts';
import { sessions } from '#storage/collections.ts';
import { eventsOf, operator, passphrase, visitor } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';
import { signInWithPassword } from '#test/support/sign-in.ts';

const next = 'another otter reads the maps';
const refused = (code: string, path: string) => (fault: HubError) =>
  fault.code === code && fault.faults[0]?.path === path;

async function anna(t: { after(end: () => Promise<void>): void }) {
  const services = await testServices(t);
  const input = { email: 'anna@x.example', name: 'Anna Kowalska', password: passphrase };
  const { id } = await createPerson(services, operator, input);
  for (const uid of ['here', 'elsewhere']) {
    const data = { account: id, uid, payload: { accountId: id, uid, jti: uid } };
    const expiresAt = services.clock.now() + 3_600_000;
    await services.store.engine.commit({
      changes: [{ kind: 'insert', collection: sessions, id: uid, data, expiresAt }],
    });
  }
  return { services, id, origin: { ...visitor(), actor: { kind: 'person' as const, id }, session: 'here' } };
}
const signsIn = async (services: Services, password: string) =>
  (await signInWithPassword(services, visitor(), { identifier: 'anna@x.example', password })).outcome;

test('the new password works, the old one does not, and only the session at hand stays', async (t) => {
  const { services, id, origin } = await anna(t);
  await changeOwnPassword(services, origin, id, { current: passphrase, next });
  assert.deepEqual([await signsIn(services, next), await signsIn(services, passphrase)], ['ok', 'refused']);
  const { items } = await services.store.find(sessions, { where: { account: id } });
  assert.deepEqual(
    items.map(({ uid }) => uid),
    ['here'],
  );
  const types = (await eventsOf(services)).map((event) => event.type);
  assert.deepEqual(types.slice(2, 4), ['credential.reset', 'session.ended']);
});

test('what is refused names its field and changes nothing', async (t) => {
  const { services, id, origin } = await anna(t);
  const change = (current: string, wanted: string) =>
    changeOwnPassword(services, origin, id, { current, next: wanted });
  await assert.rejects(change('wrong horse', next), refused('wrong-password', 'current'));
  await assert.rejects(change(passphrase, 'short'), refused('weak-password', 'next'));
  await assert.rejects(change(passphrase, 'Anna Kowalska 2026'), refused('weak-password', 'next'));
  await assert.rejects(change(passphrase, passphrase), refused('weak-password', 'next'));
  assert.equal(await signsIn(services, passphrase), 'ok');
  assert.equal((await eventsOf(services, 'credential.reset')).length, 0);
});

test('guesses here and at the sign-in form are counted together', async (t) => {
  const { services, id, origin } = await anna(t);
  for (let guess = 0; guess < 5; guess++) {
    await signsIn(services, `guess ${guess}`);
    await assert.rejects(
      changeOwnPassword(services, origin, id, { current: `guess ${guess}`, next }),
      refused('wrong-password', 'current'),
    );
  }
  assert.equal(await signsIn(services, passphrase), 'throttled');
  await assert.rejects(changeOwnPassword(services, origin, id, { current: passphrase, next }), {
    code: 'too-many-tries',
  });
  const doors = (await eventsOf(services, 'signin.locked')).map((event) => event.detail?.door);
  assert.deepEqual(doors, ['sign-in']);
});

test('of two changes at the same moment one wins', async (t) => {
  const { services, id, origin } = await anna(t);
  const wanted = [next, 'yet another otter reads maps'];
  const done = await Promise.allSettled(
    wanted.map((one) => changeOwnPassword(services, origin, id, { current: passphrase, next: one })),
  );
  assert.deepEqual(done.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
});
