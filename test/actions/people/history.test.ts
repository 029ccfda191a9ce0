/** What happened to one person's account and rights, out of a record that is full of other things. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignRole } from '#actions/assignments/assign.ts';
import { changePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { historyOf } from '#actions/people/history.ts';
import { leavePerson } from '#actions/people/leave.ts';
import { applyPolicy } from '#actions/policy/apply.ts';
import { draft, type Origin } from '#domain/audit/event.ts';
import { manualClock } from '#platform/clock.ts';
import { operator } from '#test/actions/people/support.ts';
import { testServices } from '#test/support/services.ts';

const policy = `
version: 1
domains: { customer: { title: Customers, sides: [crm], actions: [write] } }
roles: { ${Array.from({ length: 12 }, (_, at) => `r${at}: { title: R${at} }`).join(', ')} }
assign: []
`;

test('every event comes once, the newest first, and what happened at one instant stays together', async (t) => {
  const clock = manualClock(Date.UTC(2026, 10, 22, 12));
  const services = await testServices(t, { clock });
  await applyPolicy(services, operator, policy, 'test');
  const { id } = await createPerson(services, operator, { email: 'anna@x.example', name: 'Anna' });
  for (let at = 0; at < 12; at += 1) {
    clock.advance(1000);
    await assignRole(services, operator, id, { role: `r${at}`, reason: 'test' });
  }
  clock.advance(1000);
  // A disable and twelve withdrawals at one instant.
  await leavePerson(services, operator, id, { reason: 'gone' });
  // What Anna did to others, and what she did with her rights, is not what happened to her.
  const anna: Origin = { actor: { kind: 'person', id } };
  const others = Array.from({ length: 130 }, () =>
    draft(anna, 'person.changed', 'success', { subject: { id: 'other' } }),
  );
  const entries = Array.from({ length: 40 }, () => draft(anna, 'entry.granted', 'success', { subject: { id } }));
  for (const event of [...others, ...entries]) {
    clock.advance(10);
    await services.store.write({ changes: [], events: [event] });
  }
  const seen: string[] = [];
  let before: number | undefined;
  for (let page = 0; page < 20; page += 1) {
    const { events, next } = await historyOf(services, id, { before, limit: 5 });
    if (page === 0) assert.equal(events.length, 13, 'the instant of leaving is whole');
    seen.push(...events.map(({ type }) => type));
    if (next === null) break;
    before = next;
  }
  assert.deepEqual(seen.slice(0, 13).toSorted(), ['person.disabled', ...Array(12).fill('role.withdrawn')]);
  assert.deepEqual(seen.slice(13), [...Array(12).fill('role.assigned'), 'person.created']);
});

test('a change shows what was before and after', async (t) => {
  const services = await testServices(t);
  const { id } = await createPerson(services, operator, { email: 'anna@x.example', name: 'Anna', department: 'Sales' });
  await changePerson(services, operator, id, { department: 'Office' }, { reason: 'moved' });
  const [event] = (await historyOf(services, id, { limit: 1 })).events;
  assert.deepEqual(event?.personal?.before, { department: 'Sales' });
  assert.deepEqual(event?.personal?.after, { department: 'Office' });
});
