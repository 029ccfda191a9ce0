/** Giving and taking roles singly: who may, what nobody may, and the owner who stays. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { effectiveAccess } from '#actions/access/effective.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { withdrawRole } from '#actions/assignments/withdraw.ts';
import { createPerson } from '#actions/people/create.ts';
import { applyPolicy } from '#actions/policy/apply.ts';
import type { Services } from '#actions/services.ts';
import type { Origin } from '#domain/audit/event.ts';
import type { HubError } from '#domain/errors.ts';
import { assignments } from '#storage/collections.ts';
import { eventsOf, operator } from '#test/actions/people/support.ts';
import { dutiesApart } from '#test/support/duties-apart.ts';
import { testServices } from '#test/support/services.ts';

const refused = (code: string) => (fault: HubError) => fault.code === code;
const reason = 'because of the test';

async function company(t: { after(end: () => Promise<void>): void }) {
  const services = await testServices(t);
  await applyPolicy(services, operator, dutiesApart, 'test');
  return services;
}

async function somebody(
  services: Services,
  login: string,
  ...roles: string[]
): Promise<{ id: string; origin: Origin }> {
  const { id } = await createPerson(services, operator, { email: `${login}@x.example`, name: login });
  for (const role of roles) await assignRole(services, operator, id, { role, reason });
  return { id, origin: { actor: { kind: 'person', id } } };
}

test('a role is given and taken, each with its event', async (t) => {
  const services = await company(t);
  const { id } = await somebody(services, 'anna');
  const until = services.clock.now() + 86_400_000;
  const given = await assignRole(services, operator, id, { role: 'seller', until, reason });
  assert.deepEqual((await effectiveAccess(services, id)).roles, ['seller']);
  await withdrawRole(services, operator, id, given.id);
  assert.deepEqual((await effectiveAccess(services, id)).roles, []);
  const [assigned, withdrawn] = await eventsOf(services, 'role.assigned', 'role.withdrawn');
  assert.deepEqual(assigned?.after, { assignment: given.id, role: 'seller', until: new Date(until).toISOString() });
  assert.equal(assigned?.personal?.detail?.reason, reason);
  assert.deepEqual(withdrawn?.before, assigned?.after);
});

test('what is not well-formed is refused', async (t) => {
  const services = await company(t);
  const { id } = await somebody(services, 'anna', 'seller');
  const other = await somebody(services, 'bo', 'seller');
  const now = services.clock.now();
  const bad = [
    { role: 'pirate', reason },
    { role: 'seller', reason: ' ' },
    { role: 'seller', reason, until: now - 1 },
    { role: 'seller', reason, from: now + 10, until: now + 5 },
  ];
  for (const given of bad) await assert.rejects(assignRole(services, operator, id, given), refused('invalid'));
  await assert.rejects(assignRole(services, operator, id, { role: 'seller', reason }), refused('already-exists'));
  await assert.rejects(assignRole(services, operator, 'nobody', { role: 'seller', reason }), refused('not-found'));
  const theirs = (await services.store.find(assignments, { where: { person: other.id } })).items[0]?.id ?? '';
  await assert.rejects(withdrawRole(services, operator, id, theirs), refused('not-found'));
});

describe('who may give which role', () => {
  const may: Record<string, string[]> = {
    'hub-owner': ['seller', 'hub-helpdesk', 'hub-auditor', 'hub-owner'],
    'hub-people-admin': ['seller'],
    'hub-policy-author': [],
    'hub-systems-admin': [],
    'hub-auditor': [],
    'hub-helpdesk': [],
  };
  for (const [actor, allowed] of Object.entries(may))
    test(`${actor}: ${allowed.join(', ') || 'none'}`, async (t) => {
      const services = await company(t);
      const { origin } = await somebody(services, 'actor', actor);
      for (const role of ['seller', 'hub-helpdesk', 'hub-auditor', 'hub-owner']) {
        const { id } = await somebody(services, `target-of-${role}`);
        const act = assignRole(services, origin, id, { role, reason });
        if (allowed.includes(role)) await act;
        else await assert.rejects(act, refused('forbidden'), role);
      }
    });

  test('an API token gives business roles and never one of the hub', async (t) => {
    const services = await company(t);
    const { id } = await somebody(services, 'anna');
    const token: Origin = { actor: { kind: 'system', id: 'automation' } };
    await assignRole(services, token, id, { role: 'seller', reason });
    await assert.rejects(assignRole(services, token, id, { role: 'hub-helpdesk', reason }), refused('forbidden'));
    assert.equal((await effectiveAccess(services, id)).hub.size, 0);
  });
});

test('two halves of a conflict never meet, whichever order and however many at once', async (t) => {
  const services = await company(t);
  for (let round = 0; round < 5; round++) {
    const { id } = await somebody(services, `person-${round}`);
    const acts = ['seller', 'creditor', 'seller', 'creditor'].map((role) =>
      assignRole(services, operator, id, { role, reason }),
    );
    const done = (await Promise.allSettled(acts)).filter(({ status }) => status === 'fulfilled');
    assert.equal(done.length, 1);
  }
  assert.ok((await eventsOf(services, 'conflict.prevented')).length >= 5);
});

test('the last owner keeps the role, also when two are taken at the same moment', async (t) => {
  const services = await company(t);
  const owners = [await somebody(services, 'one', 'hub-owner'), await somebody(services, 'two', 'hub-owner')];
  const acts = owners.map(async ({ id }) => {
    const [assignment] = (await services.store.find(assignments, { where: { person: id } })).items;
    await withdrawRole(services, operator, id, assignment?.id ?? '');
  });
  const done = await Promise.allSettled(acts);
  assert.deepEqual(done.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  for (const act of done) if (act.status === 'rejected') assert.equal(act.reason.code, 'last-admin');
});
