/** A rule that prevents holds against two admins who assign its two halves at the same moment on two processes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passphrase } from '#test/support/booted.ts';
import { startCluster } from '#test/support/cluster.ts';
import { dutiesApart } from '#test/support/duties-apart.ts';
import { mongoStore } from '#test/support/mongo.ts';
import { Operator } from './company.ts';

const names = ['ada', 'bea', 'cleo', 'dora', 'eva', 'fay'];

test('two halves of a conflict, given at the same moment by two processes, never meet', async (t) => {
  const store = await mongoStore(t);
  if (store === undefined) return;
  const system = (id: string, side: string) => ({
    ...{ id, title: id, side, redirectUris: [`http://localhost:1/${id}`], clientSecret: `${id}-secret-of-the-test` },
  });
  const robot = { id: 'robot', title: 'Robot', side: 'other', clientSecret: 'robot-secret' };
  const cluster = await startCluster((end) => t.after(end), {
    store,
    config: {
      systems: [
        system('crm', 'crm'),
        system('erp', 'erp'),
        { ...robot, machine: { scopes: ['hub:admin', 'hub:read'] } },
      ],
      admin: { email: 'boss@example.com', password: passphrase },
    },
    people: ['email,name', ...names.map((name) => `${name}@example.com,${name}`)].join('\n'),
    policy: dutiesApart,
    nodes: [{}, {}],
  });
  const robotAtWork = new Operator(cluster);
  for (const name of names) {
    const { id } = await robotAtWork.person(`${name}@example.com`);
    const give = (node: number, role: string) =>
      robotAtWork.call(node, 'POST', `people/${id}/roles`, { role, reason: 'at the same moment' });
    const answers = await Promise.all([give(0, 'seller'), give(1, 'creditor')]);
    const told = answers.map(({ status }) => status).sort();
    assert.deepEqual(told, [201, 409], name);
    const codes = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { code?: string }).code));
    assert.ok(codes.includes('separation-breached'), codes.join());
  }
});
