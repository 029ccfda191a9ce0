/** The change list that a reviewer reads, and the notes on what is probably not meant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { policyChanges } from '#domain/policy/changes.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { compilePolicy } from '#domain/policy/compile.ts';
import { policyNotes } from '#domain/policy/notes.ts';
import { attributesOf } from '#domain/policy/subject.ts';
import { instants, people, policies, systems } from './generate.ts';

const read = (text: string) => {
  const checked = checkPolicy(text);
  assert.ok(checked.ok, JSON.stringify(checked));
  return checked.document;
};

const base = `
version: 1
domains: { customer: { sides: [crm, erp], actions: [read, write] } }
roles:
  sales: { title: Sales, grants: { crm: [customer:read] } }
  clerk: { grants: { erp: [customer:read] } }
assign:
  - { role: sales, when: { department: Sales } }
  - { role: clerk, when: { country: PL } }
`;

test('items that came, went and changed, and what in them', () => {
  const after = base
    .replace('crm: [customer:read]', 'crm: [customer:write]')
    .replace('  clerk: { grants: { erp: [customer:read] } }\n', '  boss: { title: Boss }\n')
    .replace('{ role: clerk, when: { country: PL } }', '{ role: sales, when: { country: PL }, from: 2026-01-01 }');
  assert.deepEqual(policyChanges(read(base), read(after)), [
    {
      part: 'role',
      act: 'changed',
      id: 'sales',
      fields: [{ field: 'crm', plus: ['customer:write'], minus: ['customer:read'] }],
    },
    {
      part: 'role',
      act: 'removed',
      id: 'clerk',
      fields: [
        { field: 'title', plus: [], minus: ['clerk'] },
        { field: 'erp', plus: [], minus: ['customer:read'] },
      ],
    },
    { part: 'role', act: 'added', id: 'boss', fields: [{ field: 'title', plus: ['Boss'], minus: [] }] },
    { part: 'rule', act: 'removed', id: 'clerk', fields: [{ field: 'when', plus: [], minus: ['country: PL'] }] },
    {
      part: 'rule',
      act: 'added',
      id: 'sales',
      fields: [
        { field: 'when', plus: ['country: PL'], minus: [] },
        { field: 'from', plus: ['2026-01-01'], minus: [] },
      ],
    },
  ]);
});

test('comments and order are no change', () => {
  const lines = base.split('\n');
  const [first = '', second = ''] = lines.splice(lines.indexOf('assign:') + 1, 2);
  const other = `# hello\n${[...lines.filter((line) => line !== ''), second, first].join('\n')}\n`;
  assert.deepEqual(policyChanges(read(base), read(other)), []);
});

test('rules that overlap and weaker separation rules are noted with their line', () => {
  const text = `
version: 1
domains: { customer: { sides: [crm, erp], actions: [read, write, close] } }
roles: { sales: {}, spare: {} }
assign:
  - { role: sales, when: { department: { in: [Sales, Office] } } }
  - { role: sales, when: { department: Sales, country: PL } }
  - { role: sales, when: { country: PL } }
separation:
  - { id: one, mode: warn, conflict: [{ system: crm, permission: "customer:read" }, { system: crm, permission: "customer:write" }] }
  - { id: two, mode: warn, conflict: [{ system: crm, permission: "customer:read" }, { system: crm, permission: "customer:write" }, { system: crm, permission: "customer:close" }] }
`;
  assert.deepEqual(
    policyNotes(read(text)).map(({ path, line }) => [path, line]),
    [
      ['assign[1]', 7],
      ['separation[1]', 11],
    ],
  );
  assert.deepEqual(policyNotes(read(base)), []);
});

test('a rule that is noted gives nobody anything that the others do not', () => {
  fc.assert(
    fc.property(policies, people, instants, (policy, person, at) => {
      const whole = checkPolicy(JSON.stringify(policy), systems);
      assert.ok(whole.ok);
      const note = policyNotes(whole.document).find(({ path }) => path.startsWith('assign['));
      if (note === undefined) return;
      const without = {
        ...whole.document,
        assign: whole.document.assign.filter(({ path }) => path !== note.path),
      };
      const subject = {
        active: person.active,
        attributes: attributesOf(Object.entries(person.attributes)),
        assignments: person.assignments.map((one, index) => ({ id: `${index}`, ...one })),
      };
      const [a, b] = [whole.document, without].map((document) => compilePolicy(document).access(subject, at).roles);
      assert.deepEqual(a, b);
    }),
    { numRuns: 600 },
  );
});
