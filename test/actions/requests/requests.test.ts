/** Asking for a role and deciding: who may, what an approval is bound to, what is guarded, what is on record. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveAccess } from '#actions/access/effective.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { expireRequests } from '#actions/deadlines/requests.ts';
import { createPerson } from '#actions/people/create.ts';
import { erasePerson } from '#actions/people/erase/erase.ts';
import { applyPolicy } from '#actions/policy/apply.ts';
import { askForRole, foreseenBreaches } from '#actions/requests/ask.ts';
import { changeRequest, withdrawRequest } from '#actions/requests/change.ts';
import { approveRequest, rejectRequest } from '#actions/requests/decide.ts';
import type { Origin } from '#domain/audit/event.ts';
import type { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type AccessRequest, accessRequests, assignments } from '#storage/collections.ts';
import { eventsOf, operator } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';

const policy = `
version: 1
domains:
  customer: { title: Customers, sides: [crm], actions: [read, write] }
  credit: { title: Credit, sides: [erp], actions: [approve] }
roles:
  reader: { title: Reader, grants: { crm: ['customer:read'] } }
  seller: { title: Seller, includes: [reader], grants: { crm: ['customer:write'] } }
  creditor: { title: Creditor, grants: { erp: ['credit:approve'] } }
separation:
  - id: apart
    title: Apart
    conflict: [ { system: crm, permission: 'customer:write' }, { system: erp, permission: 'credit:approve' } ]
    mode: prevent
`;
const reason = 'for the fair';
const day = 86_400_000;
const refused = (code: string) => (fault: HubError) => fault.code === code;
const as = (id: string): Origin => ({ actor: { kind: 'person', id } });

async function company(t: { after(end: () => Promise<void>): void }, approvals = 1) {
  const clock = { at: Date.now(), now: () => clock.at };
  const services = await testServices(t, { clock });
  Object.assign(services.settings.requests, { approvals });
  await applyPolicy(services, operator, policy, 'test');
  const somebody = async (name: string, more: object = {}, ...roles: string[]) => {
    const { id } = await createPerson(services, operator, { email: `${name}@x.example`, name, ...more });
    for (const role of roles) await assignRole(services, operator, id, { role, reason });
    return as(id);
  };
  const boss = await somebody('boss', {}, 'seller');
  const anna = await somebody('anna', { manager: 'Boss@x.example' });
  const admin = await somebody('admin', {}, 'hub-people-admin');
  const other = await somebody('other', {}, 'hub-people-admin');
  const idOf = ({ actor }: Origin) => actor.id ?? '';
  const ask = (role: string, who: Origin = anna, more: object = {}) =>
    askForRole(services, who, { person: idOf(who), role, reason, ...more });
  const approve = (who: Origin, { id, digest, version }: Stored<AccessRequest>) =>
    approveRequest(services, who, id, { digest, ifVersion: version, reason: 'it is right' });
  const rolesOf = async (who: Origin) => (await effectiveAccess(services, idOf(who))).roles;
  return { services, clock, boss, anna, admin, other, ask, approve, rolesOf, idOf };
}

test('a request is asked, approved by somebody else and becomes an assignment in one commit', async (t) => {
  const { services, anna, admin, ask, approve, rolesOf, idOf, clock } = await company(t);
  const until = clock.at + 5 * day;
  const asked = await ask('seller', anna, { until });
  assert.deepEqual(await rolesOf(anna), []);
  const done = await approve(admin, asked);
  assert.equal(done.state, 'approved');
  assert.deepEqual(await rolesOf(anna), ['reader', 'seller']);
  assert.equal((await services.store.get(assignments, done.assignment ?? ''))?.until, until);
  const events = (await eventsOf(services)).filter(({ subject }) => subject?.id === idOf(anna)).slice(-3);
  assert.deepEqual(
    events.map(({ type, actor }) => [type, actor.id]),
    [
      ['access.requested', idOf(anna)],
      ['access.approved', idOf(admin)],
      ['role.assigned', idOf(admin)],
    ],
  );
  await assert.rejects(approve(admin, done), refused('conflict'));
});

test('nobody decides a request of their own, and nobody without the right does', async (t) => {
  const { services, anna, admin, boss, other, ask, approve, rolesOf, idOf } = await company(t);
  const own = await ask('seller', admin);
  await assert.rejects(approve(admin, own), refused('forbidden'));
  const forAnna = await askForRole(services, admin, { person: idOf(anna), role: 'reader', reason });
  await assert.rejects(approve(admin, forAnna), refused('forbidden'), 'who asked for somebody does not approve');
  await assert.rejects(approve(anna, forAnna), refused('forbidden'));
  await assert.rejects(approve(boss, own), refused('forbidden'), 'a manager of somebody else');
  const no = rejectRequest(services, admin, own.id, { ifVersion: 1, reason: 'no' });
  await assert.rejects(no, refused('forbidden'), 'nor declines it');
  assert.deepEqual(await rolesOf(admin), []);
  await approve(other, own);
  assert.deepEqual(await rolesOf(admin), ['reader', 'seller']);
});

test('a manager approves what grants no more than they may do, and no more than that', async (t) => {
  const { anna, boss, ask, approve, rolesOf } = await company(t);
  await approve(boss, await ask('reader'));
  assert.deepEqual(await rolesOf(anna), ['reader']);
  await assert.rejects(approve(boss, await ask('creditor')), refused('forbidden'));
  assert.deepEqual(await rolesOf(anna), ['reader']);
});

test('an approval is of the content that was seen: what was changed since is not granted', async (t) => {
  const { services, anna, admin, other, ask, approve, rolesOf, clock } = await company(t, 2);
  const asked = await ask('seller', anna, { until: clock.at + day });
  const half = await approve(admin, asked);
  assert.equal(half.state, 'open');
  await assert.rejects(approve(admin, half), refused('conflict'), 'two different people');
  const longer = { reason, until: clock.at + 300 * day };
  const changed = await changeRequest(services, anna, asked.id, longer, half.version);
  assert.notEqual(changed.digest, asked.digest);
  // Who saw the content of before, even under the version of now.
  await assert.rejects(approve(other, { ...changed, digest: asked.digest }), refused('stale'));
  await assert.rejects(approve(other, half), refused('stale'));
  const again = await approve(other, changed);
  assert.equal(again.state, 'open', 'the approval of before is void');
  assert.deepEqual(await rolesOf(anna), []);
  assert.equal((await approve(admin, again)).state, 'approved');
  assert.deepEqual(await rolesOf(anna), ['reader', 'seller']);
});

test('content that was changed behind the hash is void', async (t) => {
  const { services, admin, anna, ask, approve, rolesOf } = await company(t);
  const asked = await ask('reader');
  await services.store.write({
    changes: [{ kind: 'update', collection: accessRequests, id: asked.id, set: { role: 'seller' } }],
  });
  await assert.rejects(approve(admin, { ...asked, version: 2 }), refused('stale'));
  assert.deepEqual(await rolesOf(anna), []);
});

test('separation is foreseen when it is asked, and guarded when two are approved at the same moment', async (t) => {
  const { services, anna, admin, other, ask, approve, rolesOf } = await company(t);
  const [one, two] = [await ask('seller'), await ask('creditor')];
  assert.deepEqual((await foreseenBreaches(services, two)).prevented, []);
  const done = await Promise.allSettled([approve(admin, one), approve(other, two)]);
  assert.deepEqual(done.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  const roles = await rolesOf(anna);
  assert.ok(roles.includes('seller') !== roles.includes('creditor'), roles.join());
  const left = roles.includes('seller') ? two : one;
  assert.equal((await foreseenBreaches(services, left)).prevented[0]?.rule.id, 'apart');
  assert.ok((await eventsOf(services, 'conflict.prevented')).length > 0);
});

test('of two decisions at the same moment one counts', async (t) => {
  const { services, admin, other, ask, approve } = await company(t);
  const asked = await ask('seller');
  const no = rejectRequest(services, other, asked.id, { ifVersion: 1, reason: 'no need' });
  const done = await Promise.allSettled([approve(admin, asked), approve(other, asked), no]);
  assert.equal(done.filter(({ status }) => status === 'fulfilled').length, 1);
  const events = await eventsOf(services, 'access.approved', 'access.rejected');
  assert.equal(events.length, 1);
});

test('who asked withdraws, nobody asks twice at once, and what nobody decides runs out once', async (t) => {
  const { services, clock, anna, boss, admin, ask, approve } = await company(t);
  const asks = await Promise.allSettled([ask('seller'), ask('seller'), ask('seller')]);
  assert.equal(asks.filter(({ status }) => status === 'fulfilled').length, 1);
  const [open] = (await services.store.find(accessRequests, { where: { state: 'open' } })).items;
  assert.ok(open);
  await assert.rejects(withdrawRequest(services, boss, open.id, open.version), refused('forbidden'));
  await withdrawRequest(services, anna, open.id, open.version);
  await assert.rejects(approve(admin, open), refused('conflict'));
  const again = await ask('seller');
  clock.at += services.settings.requests.open;
  await assert.rejects(approve(admin, again), refused('conflict'), 'over, before anybody looked');
  await Promise.all([1, 2, 3].map(() => expireRequests(services, () => true)));
  assert.equal((await eventsOf(services, 'access.expired')).length, 1);
  await ask('seller');
});

test('what is not well-formed is refused', async (t) => {
  const { services, clock, anna, ask, idOf } = await company(t);
  await assert.rejects(ask('hub-owner'), refused('invalid'), 'a role of the hub');
  await assert.rejects(ask('pirate'), refused('invalid'));
  await assert.rejects(ask('seller', anna, { until: clock.at }), refused('invalid'));
  await assert.rejects(ask('seller', anna, { reason: ' ' }), refused('invalid'));
  const nobody = askForRole(services, anna, { person: 'nobody', role: 'seller', reason });
  await assert.rejects(nobody, refused('not-found'));
  assert.equal((await services.store.find(accessRequests, { where: { person: idOf(anna) } })).items.length, 0);
});

test('an erasure takes the requests for its person along, with the reasons that were typed', async (t) => {
  const { services, anna, other, ask, idOf } = await company(t);
  await ask('reader');
  const { id } = await ask('reader', other);
  await erasePerson(services, operator, idOf(anna), { reason: 'asked to' });
  const left = await services.store.find(accessRequests, {});
  assert.deepEqual(
    left.items.map((request) => request.id),
    [id],
  );
});
