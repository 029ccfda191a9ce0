/** Questions about everybody: the thread says what this thread says, and both say what the plain reading says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { effectiveAccess } from '#actions/access/effective.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { createPerson } from '#actions/people/create.ts';
import { whoCan } from '#actions/policy/holders.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { simulateOnStore } from '#actions/policy/simulate.ts';
import { sweptSystems } from '#actions/policy/swept-systems.ts';
import type { Question } from '#actions/policy/what-if/question.ts';
import { askEverybody } from '#actions/policy/what-if/run.ts';
import { createSystem } from '#actions/systems/create.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { compilePolicy } from '#domain/policy/compile.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import { testServices } from '#test/support/services.ts';

const operator = { actor: { kind: 'operator' } } as const;

const before = `
version: 1
domains:
  customer: { sides: [crm], actions: [read, write] }
  credit: { sides: [erp], actions: [approve] }
roles:
  sales: { grants: { crm: [customer:read, customer:write] } }
  credit: { grants: { erp: [credit:approve] } }
assign:
  - { role: sales, when: { department: Sales } }
  - { role: credit, when: { department: Credit }, until: 2027-01-01 }
separation:
  - { id: apart, mode: warn, conflict: [{ system: crm, permission: "customer:write" }, { system: erp, permission: "credit:approve" }] }
`;
const after = before.replace('{ department: Credit }', '{ department: { in: [Credit, Sales] } }');

async function aCompany(t: Parameters<typeof testServices>[0]) {
  const services = await testServices(t);
  for (const [id, side] of [
    ['crm', 'crm'],
    ['erp', 'erp'],
  ]) {
    const input = {
      id,
      title: id,
      side,
      clientSecret: 'secret-of-the-test',
      redirectUris: ['http://localhost:4998/cb'],
    };
    await createSystem(services, operator, withDefaults(input as unknown as SystemInput));
  }
  await publishPolicy(services, operator, { text: before, reason: 'for the test' });
  const people = [];
  for (let index = 0; index < 60; index += 1) {
    const department = ['Sales', 'Credit', 'Office'][index % 3] ?? '';
    const name = `Person ${String(index).padStart(2, '0')}`;
    people.push(await createPerson(services, operator, { name, email: `p${index}@example.com`, department }));
  }
  await assignRole(services, operator, people[2]?.id ?? '', { role: 'credit', reason: 'covers' });
  return { services, people };
}

const compiled = (text: string) => {
  const checked = checkPolicy(text);
  assert.ok(checked.ok);
  return compilePolicy(checked.document);
};

test('a thread answers what this thread answers, with progress', async (t) => {
  const { services } = await aCompany(t);
  const at = services.clock.now();
  const systems = await sweptSystems(services);
  const questions: Question[] = [
    { kind: 'change', before, after, at, systems, ahead: true },
    { kind: 'change', before: null, after, at, systems, ahead: false },
    { kind: 'conflicts', policy: after, at },
    { kind: 'holders', policy: before, at, system: 'crm', permission: 'customer:read' },
  ];
  for (const question of questions) {
    const steps: number[] = [];
    const here = await askEverybody(services, question, { threadFrom: 1_000_000 });
    const there = await askEverybody(services, question, { threadFrom: 0, onProgress: (done) => steps.push(done) });
    assert.deepEqual(there, here, question.kind);
    assert.deepEqual(steps, [60]);
  }
  const simulation = await simulateOnStore(services, { text: after, compiled: compiled(after) });
  assert.equal(simulation.people, 60);
  assert.equal(simulation.gains.length, 20);
  assert.equal(simulation.conflicts.appear.length, 20);
});

test('a thread that fails answers with its fault and leaves nothing running', async (t) => {
  const { services } = await aCompany(t);
  const question = { kind: 'conflicts', policy: 'version: 2', at: 0 } as const;
  await assert.rejects(askEverybody(services, question, { threadFrom: 0 }), /faulty/);
  const right = { kind: 'conflicts', policy: before, at: 0 } as const;
  assert.deepEqual((await askEverybody(services, right, { threadFrom: 0 })).breaches, []);
});

test('who can: those whose access holds it, now and on a day to come', async (t) => {
  const { services, people } = await aCompany(t);
  const expected = [];
  for (const person of people) {
    const access = await effectiveAccess(services, person);
    if (access.systems.get('erp')?.permissions.includes('credit:approve')) expected.push(person.id);
  }
  const now = await whoCan(services, 'credit:approve', 'erp');
  assert.deepEqual(now.people.map(({ id }) => id).toSorted(), expected.toSorted());
  assert.equal(now.people.length, 21);
  assert.deepEqual(now.roles, ['credit']);
  const later = await whoCan(services, 'credit:approve', 'erp', { at: Date.parse('2027-06-01') });
  assert.deepEqual(
    later.people.map(({ id }) => id),
    [people[2]?.id],
  );
  await assert.rejects(whoCan(services, 'credit:approve', 'nowhere'), { code: 'not-found' });
  await assert.rejects(whoCan(services, 'credit:fly', 'erp'), { code: 'invalid' });
});

test('claims that would newly grow beyond the budget are refused with the names, unless accepted', async (t) => {
  const services = await testServices(t);
  const input = {
    id: 'crm',
    title: 'crm',
    side: 'crm',
    clientSecret: 'secret-of-the-test',
    redirectUris: ['http://localhost:4998/cb'],
    settings: { claimsBudget: 400 },
  };
  await createSystem(services, operator, withDefaults(input as unknown as SystemInput));
  const anna = await createPerson(services, operator, { name: 'Anna', email: 'anna@example.com', department: 'Sales' });
  await createPerson(services, operator, { name: 'Jan', email: 'jan@example.com', department: 'Office' });
  const actions = Array.from({ length: 30 }, (_, index) => `act-number-${index}`);
  const text = `
version: 1
domains: { customer: { sides: [crm], actions: [${actions.join(', ')}] } }
roles: { sales: { grants: { crm: [${actions.map((action) => `customer:${action}`).join(', ')}] } } }
assign: [{ role: sales, when: { department: Sales } }]
`;
  const publish = (more = {}) => publishPolicy(services, operator, { text, reason: 'for the test', ...more });
  await assert.rejects(publish(), (error: { code?: string; faults?: { path: string; message: string }[] }) => {
    assert.equal(error.code, 'invalid');
    assert.equal(error.faults?.[0]?.path, 'claims.crm');
    assert.match(error.faults?.[0]?.message ?? '', /400 bytes for anna@example\.com/);
    assert.doesNotMatch(error.faults?.[0]?.message ?? '', /jan@/);
    return true;
  });
  const { version } = await publish({ overBudget: true });
  const { claims } = (await effectiveAccess(services, anna)).systems.get('crm') ?? {};
  const question = {
    kind: 'change',
    before: text,
    after: text,
    at: services.clock.now(),
    systems: await sweptSystems(services),
    ahead: false,
  } as const;
  const [size] = (await askEverybody(services, question)).claims;
  assert.equal(size?.after, Buffer.byteLength(JSON.stringify(claims)));
  assert.deepEqual([size?.over, size?.newlyOver, size?.largest?.person], [1, 0, 'anna@example.com']);
  // Who is above already is no obstacle to the next version.
  const next = await publishPolicy(services, operator, { text: `${text}\n# again\n`, reason: 'for the test' });
  assert.equal(next.version, version + 1);
});
