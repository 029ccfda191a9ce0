/** What an export of a person leaves out although it hangs on them: what letters and acts say of somebody else. */
import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { createPerson } from '#actions/people/create.ts';
import { exportPerson } from '#actions/people/data/export/export.ts';
import { applyPolicy } from '#actions/policy/apply.ts';
import { askForRole } from '#actions/requests/ask.ts';
import { decideProposal } from '#actions/unify/decide.ts';
import { people } from '#storage/collections.ts';
import { operator } from '#test/actions/people/support.ts';
import { matched, proposalsOf, twoSystems } from '#test/actions/unify/support.ts';

const policy = `
version: 1
domains: { customer: { title: Customers, sides: [crm], actions: [read] } }
roles: { reader: { title: Reader, grants: { crm: ['customer:read'] } } }
assign: [{ role: reader, when: { department: Sales } }]
`;

test('a manager’s export holds neither who asks for a role nor whose rows were decided', async (t) => {
  const services = await twoSystems(t);
  await applyPolicy(services, operator, policy, 'test');
  const boss = await createPerson(services, operator, { email: 'boss@f.example', name: 'Boss', department: 'Sales' });
  const zoe = await createPerson(services, operator, {
    ...{ email: 'zoe@f.example', name: 'Zoe Asks', manager: 'boss@f.example' },
  });
  const own = { actor: { kind: 'person', id: zoe.id } } as const;
  await askForRole(services, own, { person: zoe.id, role: 'reader', reason: 'I sell' });
  const record = await matched(
    services,
    ['ROW-17,zoe@f.example,zoe@f.example,Zoe,Asks,Sales,7001,true'],
    ['ZOEROW,"ASKS, Zoe",,Sales,00007001,Dialog'],
  );
  const [sure] = await proposalsOf(services, record.id, 'sure');
  const byBoss = { actor: { kind: 'person', id: boss.id } } as const;
  await decideProposal(services, byBoss, record.id, sure?.id ?? '', { same: false });

  const now = await services.store.get(people, boss.id);
  assert.ok(now);
  const told = await text(await exportPerson(services, operator, now));
  const { letters, events } = JSON.parse(told);
  assert.deepEqual(
    letters.map(({ template, values }: { template: string; values?: object }) => [template, values]),
    [['request-waiting', undefined]],
  );
  assert.ok(events.some(({ type }: { type: string }) => type === 'unification.decided'));
  assert.doesNotMatch(told, /zoe|asks|ROW-17/i);
  const about = await services.store.get(people, zoe.id);
  assert.ok(about);
  const own2 = JSON.parse(await text(await exportPerson(services, operator, about)));
  assert.deepEqual(
    own2.unifications.flatMap(({ rows }: { rows: { id: string }[] }) => rows.map(({ id }) => id)).toSorted(),
    // The two exports, and the person's own row of the directory that they were matched with: the people of the hub.
    ['ROW-17', 'ZOEROW', 'zoe@f.example'],
  );
});
