/** Somebody's last day is over: nothing is issued from its end on, whoever noticed; and what is ended stays ended. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { assignmentsOf } from '#actions/access/reading.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { leaveAfterLastDay } from '#actions/deadlines/leavers.ts';
import { changePerson, disablePerson, enablePerson } from '#actions/people/change.ts';
import { leavePerson } from '#actions/people/leave.ts';
import { leavingProof } from '#actions/people/leaving.ts';
import { manualClock } from '#platform/clock.ts';
import { people, rememberedDevices, sessions } from '#storage/collections.ts';
import { Browser } from '#test/support/browser.ts';
import { operator, passphrase } from '#test/support/hub.ts';
import { aHub, asCrm, ask, type Context, enter, redeem } from './fixture.ts';

const dayMs = 86_400_000;
const start = Date.now();
const yesterday = new Date(start - dayMs).toISOString().slice(0, 10);
const tomorrow = new Date(start + dayMs).toISOString().slice(0, 10);
/** When the last day ends: a minute ahead, since the provider library stamps with the clock of the machine. */
const end = start + 60_000;

async function adaInside(t: Context) {
  const clock = manualClock(start);
  const hub = await aHub(t, { clock });
  const crm = await asCrm(hub);
  const entered = await enter(crm, { email: 'ada@example.com' });
  const tokens = await redeem(crm, entered);
  const { id } = hub.person('ada@example.com');
  const { services } = hub;
  const session = (await services.store.find(sessions, { where: { account: id } })).items[0] ?? assert.fail();
  /** Refresh, userinfo, silent entry and a fresh sign-in, each with whether it gave anything. */
  const gives = async () => ({
    refresh: await client.refreshTokenGrant(crm, tokens.refresh_token ?? '').then(
      () => true,
      () => false,
    ),
    userinfo: await client.fetchUserInfo(crm, tokens.access_token, tokens.claims()?.sub ?? '').then(
      () => true,
      () => false,
    ),
    silent: (await enter(crm, { browser: entered.browser, params: { prompt: 'none' } })).answer.searchParams.has(
      'code',
    ),
  });
  const signsIn = () =>
    enter(crm, { email: 'ada@example.com' }).then(
      () => true,
      () => false,
    );
  return { hub, services, clock, crm, id, gives, signsIn, session };
}

const all = { refresh: true, userinfo: true, silent: true };
const nothing = { refresh: false, userinfo: false, silent: false };

test('from the end of the last day nothing is issued, though no schedule has run; then the schedule ends everything, once', async (t) => {
  const { hub, services, clock, id, gives, signsIn } = await adaInside(t);
  await assignRole(services, operator, id, { role: 'packer', reason: 'helps out' });
  await assignRole(services, operator, id, { role: 'clerk', from: end + dayMs, reason: 'later' });
  await leaveAfterLastDay(services, () => true);
  await changePerson(services, operator, id, { lastDay: yesterday });
  await services.store.write({
    changes: [{ kind: 'update', collection: people, id, where: { lastDay: yesterday }, set: { leavesAt: end } }],
  });
  assert.deepEqual(await gives(), all, 'the day counts to its end');
  clock.set(end - 1);
  assert.deepEqual(await gives(), all);
  clock.set(end);
  assert.deepEqual(await gives(), nothing);
  assert.equal(await signsIn(), false);
  assert.equal((await services.store.get(people, id))?.status, 'active', 'nothing is written yet');

  await Promise.all([1, 2, 3].map(() => leaveAfterLastDay(services, () => true)));
  await leaveAfterLastDay(services, () => true);
  const person = await services.store.get(people, id);
  assert.equal(person?.status, 'disabled');
  assert.equal(person?.leavesAt, undefined);
  const disabled = await hub.events('person.disabled');
  assert.deepEqual(
    disabled.map(({ detail, actor }) => [detail, actor.kind]),
    [[{ why: 'last-day', lastDay: yesterday }, 'hub']],
  );
  assert.equal((await hub.events('session.ended')).length, 1);
  assert.equal((await hub.events('role.withdrawn')).length, 2);
  assert.deepEqual(await assignmentsOf(services.store, id), []);
  const proof = await leavingProof(services, person ?? assert.fail());
  assert.deepEqual([proof.sessions, proof.lastDay, proof.disabledAt !== undefined], [0, yesterday, true]);
});

test('leaving at once ends everything as one act, and letting in again brings none of it back', async (t) => {
  const { hub, services, id, gives, signsIn } = await adaInside(t);
  await assignRole(services, operator, id, { role: 'packer', reason: 'helps out' });
  await leavePerson(services, operator, id, { reason: 'resigned' });
  assert.deepEqual(await gives(), nothing);
  assert.equal((await services.store.find(sessions, { where: { account: id } })).items.length, 0);
  assert.equal(await services.store.count(rememberedDevices, { person: id }), 0);
  assert.deepEqual(
    (await hub.events('person.disabled')).map(({ detail, personal }) => [detail, personal?.detail]),
    [[{ why: 'by-hand', lastDay: null }, { reason: 'resigned' }]],
  );
  await enablePerson(services, operator, id);
  assert.deepEqual(await gives(), nothing);
  assert.deepEqual(await assignmentsOf(services.store, id), []);
  assert.equal(await signsIn(), true);
});

test('a session that was being made while its person was disabled is dead after they are let in again', async (t) => {
  const { services, id, gives, session } = await adaInside(t);
  await disablePerson(services, operator, id);
  // What lost the race: the insert of a sign-in that had found the account active.
  const { id: cookie, version: _, expiresAt, ...data } = session;
  const late = { kind: 'insert', collection: sessions, id: cookie, data, expiresAt: expiresAt ?? 0 } as const;
  await services.store.write({ changes: [late] });
  await enablePerson(services, operator, id);
  assert.equal((await gives()).silent, false);
});

test('a sign-in that was proved before an ending is worth nothing when it is resumed after it', async (t) => {
  const { services, id, crm } = await adaInside(t);
  const browser = new Browser();
  const asked = await ask(crm);
  const page = await browser.follow(asked.url.href);
  const proved = await browser.post(page.url, { identifier: 'ada@example.com', password: passphrase });
  assert.equal(proved.status, 303);
  await disablePerson(services, operator, id);
  await enablePerson(services, operator, id);
  const resumed = await browser.follow(new URL(proved.location ?? '', page.url).href);
  const answer = new URL(resumed.location ?? 'about:blank');
  const got = await redeem(crm, { browser, asked, answer }).then(
    () => true,
    () => false,
  );
  assert.equal(got, false, 'no tokens');
  assert.equal((await enter(crm, { browser, params: { prompt: 'none' } })).answer.searchParams.has('code'), false);
});

test('somebody let in again after their last day has none; one who still has it keeps it', async (t) => {
  const { services, id, signsIn } = await adaInside(t);
  await changePerson(services, operator, id, { lastDay: tomorrow });
  await disablePerson(services, operator, id);
  await enablePerson(services, operator, id);
  assert.equal((await services.store.get(people, id))?.lastDay, tomorrow);
  await changePerson(services, operator, id, { lastDay: yesterday });
  await leaveAfterLastDay(services, () => true);
  await enablePerson(services, operator, id);
  assert.equal((await services.store.get(people, id))?.lastDay, undefined);
  assert.equal(await signsIn(), true);
});
