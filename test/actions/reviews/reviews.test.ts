/** Access reviews: what is asked of whom, what a decision does, what it is bound to, how a review ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignRole } from '#actions/assignments/assign.ts';
import { withdrawRole } from '#actions/assignments/withdraw.ts';
import { changePerson } from '#actions/people/change.ts';
import { erasePerson } from '#actions/people/erase/erase.ts';
import { leavePerson } from '#actions/people/leave.ts';
import { applyPolicy } from '#actions/policy/apply.ts';
import { closeReview } from '#actions/reviews/close.ts';
import { keepAll } from '#actions/reviews/decide.ts';
import { countsOf } from '#actions/reviews/list.ts';
import { openReview } from '#actions/reviews/open.ts';
import { prepareReview } from '#actions/reviews/prepare.ts';
import { previewReview } from '#actions/reviews/preview.ts';
import { refreshReview } from '#actions/reviews/refresh.ts';
import { lookAtReviews } from '#actions/reviews/schedule.ts';
import { undoDecision } from '#actions/reviews/undo.ts';
import type { Origin } from '#domain/audit/event.ts';
import type { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { assignments, outbox, type ReviewItem, reviewItems } from '#storage/collections.ts';
import { eventsOf, operator } from '#test/actions/people/support.ts';
import { company, day, held, idOf, policy } from './support.ts';

const refused = (code: string) => (fault: HubError) => fault.code === code;

test('it asks about every assignment and every role that rules give, each of the right reviewer', async (t) => {
  const { services, begin, itemsIn, itemOf, given, anna, ben, boss, admin, reviewOf } = await company(t);
  const preview = await previewReview(services, given);
  const id = await begin();
  const items = await itemsIn(id);
  assert.equal((await reviewOf(id)).state, 'open');
  assert.equal(items.length, 5);
  assert.deepEqual([preview.items, preview.people, preview.byRule, preview.nobody], [5, 3, 1, 1]);
  for (const [who, role, reviewer] of [
    [anna, 'seller', idOf(boss)],
    [anna, 'reader', idOf(boss)],
    [ben, 'creditor', idOf(boss)],
    // Nobody of those who are asked may give a role of the hub.
    [admin, 'hub-people-admin', ''],
  ] as const)
    assert.equal((await itemOf(id, who, role)).reviewer, reviewer, role);
  assert.equal((await itemOf(id, anna, 'reader')).assignment, undefined);
  const [event] = await eventsOf(services, 'review.opened');
  assert.deepEqual([event?.detail?.review, event?.actor.id], [id, idOf(admin)]);
});

test('a scope asks about what is in it and nothing else', async (t) => {
  const { begin, itemsIn, anna, ben, somebody } = await company(t);
  await somebody('gone', { status: 'disabled' }, 'seller');
  const scoped = async (scope: Parameters<typeof begin>[0]) =>
    (await itemsIn(await begin(scope)))
      .map(({ person, role }) => `${person === idOf(anna) ? 'anna' : person === idOf(ben) ? 'ben' : '?'} ${role}`)
      .sort();
  assert.deepEqual(await scoped({ scope: { kind: 'department', department: 'Sales' } }), [
    'anna reader',
    'anna seller',
  ]);
  assert.deepEqual(await scoped({ scope: { kind: 'system', system: 'hub' } }), ['? hub-people-admin']);
  assert.deepEqual(await scoped({ scope: { kind: 'role', role: 'creditor' } }), ['ben creditor']);
  assert.deepEqual(await scoped({ scope: { kind: 'role', role: 'reader' } }), [
    'anna reader',
    'anna seller',
    'ben seller',
  ]);
  assert.deepEqual(await scoped({ scope: { kind: 'conflicts' } }), ['ben creditor', 'ben seller']);
  const wrong = begin({ scope: { kind: 'permission', system: 'erp', permission: 'credit:approve' } });
  await assert.rejects(wrong, (fault: HubError) => fault.faults[0]?.path === 'scope.system', 'no such system yet');
});

test('a withdrawal takes the role in the same commit, with both events, and is gone at once', async (t) => {
  const { services, begin, itemOf, decide, rolesOf, boss, ben } = await company(t);
  const id = await begin();
  const item = await itemOf(id, ben, 'creditor');
  await assert.rejects(decide(boss, item, 'withdraw', ' '), refused('invalid'));
  const done = await decide(boss, item, 'withdraw');
  assert.equal(done.state, 'withdrawn');
  assert.deepEqual(await rolesOf(ben), ['reader', 'seller']);
  const events = (await eventsOf(services)).slice(-2);
  assert.deepEqual(
    events.map(({ type, actor, subject }) => [type, actor.id, subject?.id]),
    [
      ['role.withdrawn', idOf(boss), idOf(ben)],
      ['review.decided', idOf(boss), idOf(ben)],
    ],
  );
  assert.deepEqual(events[0]?.before?.assignment, item.assignment);
  assert.deepEqual([events[1]?.before?.state, events[1]?.after?.state], ['open', 'withdrawn']);
  await assert.rejects(decide(boss, { ...item, version: done.version }, 'keep'), refused('conflict'));
});

test('nobody reviews their own access, nor what somebody else is asked about; an administrator may', async (t) => {
  const { begin, itemOf, decide, boss, anna, ben, fallback, admin, services, given, somebody } = await company(t);
  // A manager who is their own, and the fallback themselves: both fall to somebody else, or to nobody.
  const self = await somebody('self', { manager: 'self@x.example' }, 'seller');
  await assignRole(services, operator, idOf(fallback), { role: 'seller', reason: 'too' });
  await assignRole(services, operator, idOf(admin), { role: 'seller', reason: 'too' });
  const id = await begin();
  assert.equal((await itemOf(id, self, 'seller')).reviewer, idOf(fallback));
  const orphan = await itemOf(id, fallback, 'seller');
  assert.equal(orphan.reviewer, '');
  await assert.rejects(decide(fallback, orphan, 'keep'), refused('forbidden'));
  await assert.rejects(decide(boss, orphan, 'keep'), refused('forbidden'));
  await decide(admin, orphan, 'keep');
  await assert.rejects(decide(admin, await itemOf(id, admin, 'seller'), 'keep'), refused('forbidden'), 'own');
  const item = await itemOf(id, anna, 'seller');
  for (const who of [anna, ben, fallback]) await assert.rejects(decide(who, item, 'keep'), refused('forbidden'));
  // Even where somebody put them down for it.
  await services.store.write({
    changes: [{ kind: 'update', collection: reviewItems, id: item.id, set: { reviewer: idOf(anna) } }],
  });
  await assert.rejects(decide(anna, { ...item, version: item.version + 1 }, 'keep'), refused('forbidden'));
  await assert.rejects(openReview(services, boss, given), refused('forbidden'));
  await assert.rejects(openReview(services, admin, { ...given, title: 'A\r\nBcc: x' }), refused('invalid'));
  await assert.rejects(closeReview(services, boss, id, { reason: 'no' }), refused('forbidden'));
});

test('a role of the hub is decided by who may give it; the last owner stays', async (t) => {
  const { services, begin, itemOf, decide, admin, boss, somebody } = await company(t);
  const owner = await somebody('owner', {}, 'hub-owner');
  const id = await begin({ reviewers: { managers: false, owners: [], named: idOf(boss), fallback: idOf(owner) } });
  const item = await itemOf(id, admin, 'hub-people-admin');
  assert.equal(item.reviewer, idOf(owner), 'who is named may not give it');
  await assert.rejects(decide(boss, item, 'withdraw'), refused('forbidden'));
  const own = await itemOf(id, owner, 'hub-owner');
  await assert.rejects(decide(admin, own, 'withdraw'), refused('forbidden'));
  await assert.rejects(decide(operator, own, 'withdraw'), refused('last-admin'));
  const done = await decide(owner, item, 'withdraw');
  assert.equal(await services.store.get(assignments, item.assignment ?? ''), undefined);
  await assert.rejects(undoDecision(services, admin, done.id, done.version), refused('forbidden'));
});

test('a role that was limited to departments comes back as limited as it was', async (t) => {
  const { services, begin, itemOf, decide, somebody } = await company(t);
  const owner = await somebody('owner', {}, 'hub-owner');
  const helper = await somebody('helper');
  const role = 'hub-helpdesk';
  const given = await assignRole(services, owner, idOf(helper), { role, departments: ['Sales'], reason: 'for Sales' });
  const id = await begin({ reviewers: { managers: false, owners: [], fallback: idOf(owner) } });
  const done = await decide(owner, await itemOf(id, helper, role), 'withdraw');
  await undoDecision(services, owner, done.id, done.version);
  assert.deepEqual((await services.store.get(assignments, given.id))?.departments, ['Sales']);
});

test('what a rule gives is not withdrawn from one person: the author of the policy is asked', async (t) => {
  const { services, begin, itemOf, decide, rolesOf, boss, anna } = await company(t);
  const id = await begin();
  const item = await itemOf(id, anna, 'reader');
  await assert.rejects(decide(boss, item, 'withdraw'), (fault: HubError) => fault.faults[0]?.path === 'decision');
  await assert.rejects(decide(boss, item, 'change', ''), refused('invalid'));
  assert.equal((await decide(boss, item, 'change')).state, 'change');
  assert.deepEqual(await rolesOf(anna), ['reader', 'seller']);
  await assert.rejects(decide(boss, await itemOf(id, anna, 'seller'), 'change'), refused('invalid'));
  const [event] = await eventsOf(services, 'review.decided');
  assert.deepEqual([event?.after?.state, event?.personal?.detail], ['change', { reason: 'not needed any more' }]);
});

test('of two who decide at the same moment one counts, and one who decides twice counts once', async (t) => {
  const { services, begin, itemOf, decide, boss, admin, ben, anna } = await company(t);
  const id = await begin();
  for (const [who, role] of [
    [ben, 'creditor'],
    [anna, 'seller'],
  ] as const) {
    const item = await itemOf(id, who, role);
    const done = await Promise.allSettled([
      decide(boss, item, 'withdraw'),
      decide(admin, item, 'keep'),
      decide(boss, item, 'withdraw'),
      decide(admin, item, 'withdraw'),
    ]);
    const won = done.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
    assert.equal(won.length, 1);
    const codes = done.filter((one) => one.status === 'rejected').map(({ reason }) => (reason as HubError).code);
    assert.ok(
      codes.every((code) => code === 'stale' || code === 'conflict'),
      codes.join(),
    );
    const taken = (await services.store.get(assignments, item.assignment ?? '')) === undefined;
    assert.equal(taken, won[0]?.state === 'withdrawn');
  }
  assert.equal((await eventsOf(services, 'review.decided')).length, 2);
});

test('a decision about what changed since is void, and it is asked anew', async (t) => {
  const { services, begin, reviewOf, itemOf, decide, boss, anna, ben } = await company(t);
  const id = await begin();
  const [kept, asked, open] = [
    await itemOf(id, ben, 'seller'),
    await itemOf(id, anna, 'reader'),
    await itemOf(id, anna, 'seller'),
  ];
  await decide(boss, kept, 'keep');
  await decide(boss, asked, 'change');
  await applyPolicy(
    services,
    operator,
    policy.replace(
      "grants: { crm: ['customer:write'] }",
      "grants: { crm: ['customer:write'], erp: ['credit:approve'] }",
    ),
    'more',
  );
  for (const decision of ['keep', 'withdraw'] as const)
    await assert.rejects(decide(boss, open, decision), refused('stale'), 'seen before it changed');
  await refreshReview(services, await reviewOf(id), held);
  const again = await itemOf(id, ben, 'seller');
  assert.deepEqual([again.state, again.voided?.state, again.decision], ['open', 'kept', undefined]);
  assert.equal((await itemOf(id, anna, 'reader')).state, 'change', 'what did not change stays decided');
  const [event, ...more] = await eventsOf(services, 'review.voided');
  assert.deepEqual([event?.detail?.item, more.length], [kept.id, 0]);
  assert.equal((await decide(boss, await itemOf(id, anna, 'seller'), 'keep')).state, 'kept');

  const creditor = await itemOf(id, ben, 'creditor');
  await withdrawRole(services, operator, idOf(ben), creditor.assignment ?? '');
  await assert.rejects(decide(boss, creditor, 'withdraw'), refused('stale'));
  await refreshReview(services, await reviewOf(id), held);
  assert.equal((await itemOf(id, ben, 'creditor')).state, 'gone');
});

test('keeping all that is shown takes one person, nothing in conflict, and only what was seen', async (t) => {
  const { services, begin, itemOf, boss, anna, ben, itemsIn } = await company(t);
  const id = await begin();
  const seen = (one: Stored<ReviewItem>) => ({ id: one.id, digest: one.digest, ifVersion: one.version });
  const [one, two] = [await itemOf(id, anna, 'seller'), await itemOf(id, anna, 'reader')];
  await assert.rejects(keepAll(services, boss, [seen(one), seen(await itemOf(id, ben, 'seller'))]), refused('invalid'));
  await assert.rejects(keepAll(services, boss, [seen(await itemOf(id, ben, 'seller'))]), refused('conflict'));
  await assert.rejects(keepAll(services, boss, [seen(one), { ...seen(two), digest: 'other' }]), refused('stale'));
  await assert.rejects(keepAll(services, anna, [seen(one)]), refused('forbidden'));
  await assert.rejects(keepAll(services, boss, []), refused('invalid'));
  assert.ok((await itemsIn(id)).every(({ state }) => state === 'open'));
  assert.equal(await keepAll(services, boss, [seen(one), seen(two)]), 2);
  const events = await eventsOf(services, 'review.decided');
  assert.deepEqual([events.length, events[0]?.detail?.items], [1, [one.id, two.id]]);
});

test('a decision is taken back while the review is open; what was withdrawn comes back as it was', async (t) => {
  const { services, begin, itemOf, decide, rolesOf, boss, ben, admin, clock } = await company(t);
  const id = await begin();
  const before = await services.store.get(assignments, (await itemOf(id, ben, 'creditor')).assignment ?? '');
  const done = await decide(boss, await itemOf(id, ben, 'creditor'), 'withdraw');
  await assert.rejects(undoDecision(services, ben, done.id, done.version), refused('forbidden'));
  const undone = await Promise.allSettled([1, 2, 3].map(() => undoDecision(services, boss, done.id, done.version)));
  assert.equal(undone.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.deepEqual(await rolesOf(ben), ['creditor', 'reader', 'seller']);
  const { version: _, ...assignment } = (await services.store.get(assignments, before?.id ?? '')) ?? assert.fail();
  assert.deepEqual({ ...assignment, version: 1 }, before);
  const open = await itemOf(id, ben, 'creditor');
  assert.deepEqual([open.state, open.taken, open.decision], ['open', undefined, undefined]);
  const kept = await decide(boss, open, 'keep');
  clock.at += 14 * day;
  await assert.rejects(undoDecision(services, boss, kept.id, kept.version), refused('conflict'), 'its day has come');
  await assert.rejects(decide(admin, await itemOf(id, ben, 'seller'), 'keep'), refused('conflict'));
});

test('what an administrator withdrew is given back by an administrator, and nobody who left gets anything', async (t) => {
  const { services, begin, itemOf, decide, rolesOf, boss, ben, anna, admin } = await company(t);
  const id = await begin();
  const theirs = await decide(admin, await itemOf(id, ben, 'creditor'), 'withdraw');
  assert.equal(theirs.reviewer, idOf(boss));
  await assert.rejects(undoDecision(services, boss, theirs.id, theirs.version), refused('forbidden'));
  assert.deepEqual(await rolesOf(ben), ['reader', 'seller']);
  await undoDecision(services, admin, theirs.id, theirs.version);
  const mine = await decide(boss, await itemOf(id, anna, 'seller'), 'withdraw');
  await leavePerson(services, operator, idOf(anna));
  await assert.rejects(undoDecision(services, boss, mine.id, mine.version), refused('conflict'));
  await changePerson(services, operator, idOf(anna), { status: 'active' });
  assert.deepEqual(await rolesOf(anna), ['reader']);
});

test('what leaving ended does not come back by taking a withdrawal back', async (t) => {
  const { services, begin, itemOf, decide, rolesOf, boss, ben } = await company(t);
  const id = await begin();
  const done = await decide(boss, await itemOf(id, ben, 'creditor'), 'withdraw');
  await changePerson(services, operator, idOf(ben), { status: 'disabled' });
  await assert.rejects(undoDecision(services, boss, done.id, done.version), refused('conflict'));
  await changePerson(services, operator, idOf(ben), { status: 'active' });
  await assert.rejects(undoDecision(services, boss, done.id, done.version), refused('conflict'));
  assert.ok(!(await rolesOf(ben)).includes('creditor'));
});

for (const undecided of ['keep', 'withdraw'] as const)
  test(`what nobody decided until its day: ${undecided}`, async (t) => {
    const { services, begin, itemOf, decide, rolesOf, reviewOf, clock, boss, anna, ben, admin } = await company(t);
    const id = await begin({ undecided });
    await decide(boss, await itemOf(id, ben, 'creditor'), 'keep');
    clock.at += 14 * day - 1;
    await lookAtReviews(services, held);
    assert.equal((await reviewOf(id)).state, 'open');
    clock.at += 1;
    for (let look = 0; look < 2; look += 1)
      await Promise.allSettled([1, 2, 3].map(() => lookAtReviews(services, held)));
    const { state, counts } = await reviewOf(id);
    assert.equal(state, 'closed');
    const withdrawn = undecided === 'withdraw';
    assert.deepEqual(
      [counts?.kept, counts?.open, counts?.undecided, counts?.lapsed],
      [1, 0, withdrawn ? 2 : 4, withdrawn ? 2 : 0],
    );
    assert.deepEqual(await rolesOf(ben), withdrawn ? ['creditor'] : ['creditor', 'reader', 'seller']);
    assert.deepEqual(await rolesOf(anna), withdrawn ? ['reader'] : ['reader', 'seller'], 'a rule still gives');
    assert.equal((await itemOf(id, admin, 'hub-people-admin')).state, 'undecided', 'roles of the hub stay');
    const [closed, ...more] = await eventsOf(services, 'review.closed');
    assert.deepEqual([closed?.actor.kind, closed?.detail?.counts, more.length], ['hub', counts, 0]);
    assert.equal((await eventsOf(services, 'role.withdrawn')).length, withdrawn ? 2 : 0);
  });

test('closed by hand it keeps what nobody decided, unless somebody says otherwise, and answers for it', async (t) => {
  const { services, begin, reviewOf, itemOf, decide, rolesOf, boss, ben, admin } = await company(t);
  const first = await begin({ undecided: 'withdraw' });
  await assert.rejects(closeReview(services, admin, first, { reason: '' }), refused('invalid'));
  await closeReview(services, admin, first, { reason: 'begun by mistake' });
  await assert.rejects(closeReview(services, admin, first, { reason: 'again' }), refused('conflict'));
  await assert.rejects(decide(boss, await itemOf(first, ben, 'seller'), 'withdraw'), refused('conflict'));
  await lookAtReviews(services, held);
  assert.deepEqual([(await reviewOf(first)).state, await rolesOf(ben)], ['closed', ['creditor', 'reader', 'seller']]);
  const second = await begin({ scope: { kind: 'role', role: 'creditor' } });
  await closeReview(services, admin, second, { reason: 'enough', undecided: 'withdraw' });
  await lookAtReviews(services, held);
  assert.deepEqual(await rolesOf(ben), ['reader', 'seller']);
  assert.equal((await eventsOf(services, 'role.withdrawn'))[0]?.actor.id, idOf(admin));
  assert.equal((await countsOf(services, second)).lapsed, 1);
});

test('what a reviewer who left had still to decide goes to the next, with a mail', async (t) => {
  const { services, begin, itemOf, decide, boss, anna, ben, fallback } = await company(t);
  const id = await begin();
  await decide(boss, await itemOf(id, ben, 'creditor'), 'keep');
  await lookAtReviews(services, held);
  assert.deepEqual(await mailsTo(boss), ['review-opened']);
  await changePerson(services, operator, idOf(boss), { status: 'disabled' });
  await Promise.all([1, 2].map(() => lookAtReviews(services, held)));
  assert.equal((await itemOf(id, anna, 'seller')).reviewer, idOf(fallback));
  assert.equal((await itemOf(id, ben, 'creditor')).reviewer, idOf(boss), 'what is decided stays theirs');
  assert.deepEqual(await mailsTo(fallback), ['review-opened']);
  const [event, ...more] = await eventsOf(services, 'review.reassigned');
  assert.deepEqual([event?.detail?.count, event?.after?.reviewer, more.length], [3, idOf(fallback), 0]);
  await decide(fallback, await itemOf(id, anna, 'seller'), 'withdraw');

  async function mailsTo(who: Origin) {
    const { items } = await services.store.find(outbox, { where: { person: idOf(who) } });
    return items.map((one) => (one.kind === 'mail' ? one.template : one.kind));
  }
});

test('reviewers are told once that it began and once that it ends soon, and only who has something left', async (t) => {
  const { services, begin, itemOf, decide, clock, boss, anna, ben } = await company(t);
  await begin();
  const templates = async () =>
    (await services.store.find(outbox, { where: { kind: 'mail' } })).items.map(
      (one) => one.kind === 'mail' && one.template,
    );
  for (let look = 0; look < 3; look += 1) await lookAtReviews(services, held);
  assert.deepEqual(await templates(), ['review-opened']);
  clock.at += 11 * day;
  for (let look = 0; look < 3; look += 1) await lookAtReviews(services, held);
  assert.deepEqual(await templates(), ['review-opened', 'review-due']);
  const other = await begin();
  for (const [who, role] of [
    [anna, 'seller'],
    [anna, 'reader'],
    [ben, 'seller'],
    [ben, 'creditor'],
  ] as const)
    await decide(boss, await itemOf(other, who, role), 'keep');
  clock.at += 13 * day;
  await lookAtReviews(services, held);
  assert.equal((await templates()).length, 2, 'nothing left to decide');
});

test('an erasure takes what reviews know of somebody, and hands over what they had to decide', async (t) => {
  const { services, begin, itemsIn, itemOf, decide, boss, anna, ben, fallback } = await company(t);
  const id = await begin();
  await decide(boss, await itemOf(id, ben, 'creditor'), 'withdraw', 'Ben moved to Gdynia');
  await erasePerson(services, operator, idOf(ben), { reason: 'asked' });
  assert.ok((await itemsIn(id)).every(({ person }) => person !== idOf(ben)));
  await erasePerson(services, operator, idOf(boss), { reason: 'asked' });
  await lookAtReviews(services, held);
  assert.equal((await itemOf(id, anna, 'seller')).reviewer, idOf(fallback));
});

test('what is being prepared is made anew by whoever takes it up, and a process that lost it writes nothing more', async (t) => {
  const { services, given, admin, reviewOf, itemsIn, decide, itemOf, boss, anna } = await company(t);
  const { id } = await openReview(services, admin, given);
  await assert.rejects(closeReview(services, admin, id, { reason: 'too soon' }), refused('conflict'));
  const found = await reviewOf(id);
  // Died in the middle: some items are there, of somebody who is not to be asked any more.
  let asked = 0;
  await prepareReview(services, found, () => ++asked < 2);
  assert.equal((await reviewOf(id)).state, 'opening');
  const stray = `${id}.nobody.x`;
  const { id: _, version: _version, ...data } = (await itemsIn(id))[0] ?? assert.fail();
  await services.store.write({ changes: [{ kind: 'insert', collection: reviewItems, id: stray, data }] });
  const both = await Promise.allSettled([
    prepareReview(services, await reviewOf(id), held),
    prepareReview(services, await reviewOf(id), held),
  ]);
  assert.ok(both.some(({ status }) => status === 'fulfilled'));
  assert.equal((await reviewOf(id)).state, 'open');
  assert.deepEqual([(await itemsIn(id)).length, await services.store.get(reviewItems, stray)], [5, undefined]);
  await decide(boss, await itemOf(id, anna, 'seller'), 'keep');
  await assert.rejects(prepareReview(services, { ...found, run: 1 }, held));
  assert.equal((await itemOf(id, anna, 'seller')).state, 'kept');
});
