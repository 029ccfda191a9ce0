/** Standing breaches: their exact cause, bearing one for a while, and the alarm when that ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignRole } from '#actions/assignments/assign.ts';
import { acceptConflict } from '#actions/conflicts/accept.ts';
import { conflictCause } from '#actions/conflicts/cause.ts';
import { conflictsWithAcceptance, lapsedAcceptances } from '#actions/conflicts/list.ts';
import { revokeAcceptance } from '#actions/conflicts/revoke.ts';
import { lapseAcceptances } from '#actions/deadlines/acceptances.ts';
import { createPerson } from '#actions/people/create.ts';
import { applyPolicy } from '#actions/policy/apply.ts';
import type { Origin } from '#domain/audit/event.ts';
import type { HubError } from '#domain/errors.ts';
import { eventsOf, operator } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';

const policy = `
version: 1
domains:
  customer: { title: Customers, sides: [crm], actions: [write] }
  credit: { title: Credit, sides: [erp], actions: [approve] }
roles:
  seller: { title: Seller, grants: { crm: ['customer:write'] } }
  lead: { title: Lead, includes: [seller] }
  creditor: { title: Creditor, grants: { erp: ['credit:approve'] } }
assign:
  - { role: lead, when: { jobTitle: Lead } }
  - { role: seller, when: { department: Sales } }
separation:
  - id: apart
    title: Apart
    conflict: [ { system: crm, permission: 'customer:write' }, { system: erp, permission: 'credit:approve' } ]
    mode: warn
`;
const day = 86_400_000;
const refused = (code: string) => (fault: HubError) => fault.code === code;

async function company(t: { after(end: () => Promise<void>): void }) {
  const clock = { at: Date.now(), now: () => clock.at };
  const services = await testServices(t, { clock });
  await applyPolicy(services, operator, policy, 'test');
  const person = await createPerson(services, operator, {
    email: 'anna@x.example',
    name: 'Anna',
    department: 'Sales',
    jobTitle: 'Lead',
  });
  const owner = await createPerson(services, operator, { email: 'otto@x.example', name: 'Otto' });
  const given = await assignRole(services, operator, person.id, { role: 'creditor', reason: 'small team' });
  const breach = { person: person.id, separation: 'apart', reason: 'small team', owner: owner.id };
  return { services, clock, person, owner, given, breach };
}

test('one conflict is one row, with every way that leads to each of its rights', async (t) => {
  const { services, person, given } = await company(t);
  const rows = await conflictsWithAcceptance(services);
  assert.deepEqual(
    rows.map(({ personId, separation, state }) => ({ personId, separation, state })),
    [{ personId: person.id, separation: 'apart', state: 'open' }],
  );
  const ways = (await conflictCause(services, person.id, 'apart'))?.map(({ system, permission, paths }) => ({
    right: `${system} ${permission}`,
    paths: paths.map(({ roles, rule, assignment }) => [roles.join(' <- '), rule?.path ?? assignment].join(' <- ')),
  }));
  assert.deepEqual(ways, [
    {
      right: 'crm customer:write',
      paths: ['seller <- assign[1]', 'seller <- lead <- assign[0]'],
    },
    { right: 'erp credit:approve', paths: [`creditor <- ${given.id}`] },
  ]);
  assert.equal(await conflictCause(services, person.id, 'other'), undefined);
});

test('a breach is accepted with reason, owner and end; days left are told; its end is an alarm, once', async (t) => {
  const { services, clock, breach } = await company(t);
  const until = clock.at + 10 * day;
  await acceptConflict(services, operator, { ...breach, until });
  await assert.rejects(acceptConflict(services, operator, { ...breach, until }), refused('already-exists'));
  const [row] = await conflictsWithAcceptance(services);
  assert.equal(row?.state, 'accepted');
  assert.equal(row?.daysLeft, 10);
  const accepted = (await eventsOf(services, 'conflict.accepted')).at(-1);
  assert.deepEqual(accepted?.detail, { separation: 'apart', until: new Date(until).toISOString() });
  assert.deepEqual(accepted?.personal?.detail, { reason: 'small team', owner: 'Otto <otto@x.example>' });

  clock.at = until;
  assert.equal((await conflictsWithAcceptance(services))[0]?.state, 'lapsed', 'before anybody looked');
  await Promise.all([1, 2, 3].map(() => lapseAcceptances(services, () => true)));
  const events = await eventsOf(services, 'conflict.lapsed');
  assert.deepEqual(
    events.map(({ detail }) => detail),
    [{ separation: 'apart', cause: 'ended', standing: true }],
  );
  assert.equal((await lapsedAcceptances(services)).length, 1);
  await acceptConflict(services, operator, { ...breach, until: clock.at + day });
  assert.deepEqual(await lapsedAcceptances(services), [], 'accepted again');
});

test('nobody accepts a breach of their own, and what is not well-formed is refused', async (t) => {
  const { services, clock, person, owner, breach } = await company(t);
  const until = clock.at + day;
  const own: Origin = { actor: { kind: 'person', id: person.id } };
  await assert.rejects(acceptConflict(services, own, { ...breach, until }), refused('forbidden'));
  const bad = [
    { ...breach, until, owner: person.id },
    { ...breach, until, owner: 'nobody' },
    { ...breach, until, reason: ' ' },
    { ...breach, until: clock.at },
    { ...breach, until: clock.at + 400 * day },
  ];
  for (const one of bad) await assert.rejects(acceptConflict(services, operator, one), refused('invalid'));
  const absent = { ...breach, person: owner.id, owner: person.id, until };
  await assert.rejects(acceptConflict(services, operator, absent), refused('not-found'));
  assert.equal((await conflictsWithAcceptance(services))[0]?.state, 'open');
});

test('of two who decide at the same moment one is told to look again; what was taken back is open', async (t) => {
  const { services, clock, person, breach } = await company(t);
  const tries = [1, 2, 3].map((days) =>
    acceptConflict(services, operator, { ...breach, until: clock.at + days * day }),
  );
  const done = await Promise.allSettled(tries);
  assert.equal(done.filter(({ status }) => status === 'fulfilled').length, 1);
  const longer = { ...breach, until: clock.at + 20 * day };
  const changed = await acceptConflict(services, operator, { ...longer, ifVersion: 1 });
  await assert.rejects(acceptConflict(services, operator, { ...longer, ifVersion: 1 }), refused('stale'));
  const revoke = (ifVersion: number) => revokeAcceptance(services, operator, person.id, 'apart', { ifVersion });
  await assert.rejects(revoke(1), refused('stale'));
  await revoke(changed.version);
  await assert.rejects(revoke(changed.version), refused('not-found'));
  assert.equal((await conflictsWithAcceptance(services))[0]?.state, 'open');
  assert.deepEqual((await eventsOf(services, 'conflict.lapsed'))[0]?.detail, { separation: 'apart', cause: 'revoked' });
});
