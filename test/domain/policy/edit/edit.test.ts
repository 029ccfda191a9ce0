/** A form's edit changes its item and nothing else of what an author wrote. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { editPolicy, type PolicyEdit } from '#domain/policy/edit/edit.ts';
import { lineDiff } from '#domain/text/diff.ts';
import { policies } from '../generate.ts';

const defaults = readFileSync(new URL('../../../../config/roles.yaml', import.meta.url), 'utf8');

const text = `# The policy of the house
version: 1
domains:
  customer: { title: Customers, sides: [crm, erp], actions: [read, write] } # both
roles:
  # who sells
  sales:
    title: 'Sales' # a good title
    grants:
      # to the desk
      crm: [customer:read] # only read
  clerk: { title: Clerk, grants: { erp: [customer:read] } }

# ---- rules ----
assign:
  - role: sales # the first
    when: { department: Sales }
  - { role: clerk, when: { department: Office }, from: 2026-01-01 }
`;

const changed = (edit: PolicyEdit, from = text) => {
  const after = editPolicy(from, edit);
  const lines = lineDiff(from, after, 0).flat();
  return {
    after,
    minus: lines.filter(({ sign }) => sign === '-').map((line) => line.text),
    plus: lines.filter(({ sign }) => sign === '+').map((line) => line.text),
  };
};

test('a grant more is one line', () => {
  const value = { title: 'Sales', includes: [], grants: { crm: ['customer:read', 'customer:write'] } };
  const { minus, plus } = changed({ part: 'roles', at: 'sales', value });
  assert.deepEqual(minus, ['      crm: [customer:read] # only read']);
  assert.deepEqual(plus, ['      crm: [customer:read, customer:write] # only read']);
});

test('an edit that changes nothing changes no character', () => {
  const value = { title: 'Sales', includes: [], grants: { crm: ['customer:read'] } };
  assert.equal(editPolicy(text, { part: 'roles', at: 'sales', value }), text);
  const rule = { role: 'clerk', when: { department: 'Office' }, from: '2026-01-01' };
  assert.equal(editPolicy(text, { part: 'assign', at: 1, value: rule }), text);
});

test('items are added at the end of their section and taken away whole', () => {
  const rule = { role: 'sales', when: { country: { in: ['PL', 'CN'] } } };
  const added = changed({ part: 'assign', value: rule });
  assert.deepEqual(added.minus, []);
  assert.deepEqual(added.plus, ['  - role: sales', '    when: { country: { in: [PL, CN] } }']);
  const role = changed({ part: 'roles', at: 'new', value: { title: 'New', includes: ['clerk'], grants: {} } });
  assert.deepEqual(role.minus, []);
  assert.deepEqual(role.plus, ['  new:', '    title: New', '    includes: [clerk]']);
  assert.ok(role.after.includes('# ---- rules ----'));
  const gone = changed({ part: 'roles', at: 'clerk' });
  assert.deepEqual(gone.plus, []);
  assert.deepEqual(gone.minus, ['  clerk: { title: Clerk, grants: { erp: [customer:read] } }']);
  assert.deepEqual(changed({ part: 'assign', at: 0 }).minus, [
    '  - role: sales # the first',
    '    when: { department: Sales }',
  ]);
  const conflict = [
    { system: 'crm', permission: 'customer:write' },
    { system: 'erp', permission: 'customer:read' },
  ];
  const section = changed({ part: 'separation', value: { id: 'apart', title: 'Apart', conflict, mode: 'prevent' } });
  assert.deepEqual(section.minus, []);
  assert.deepEqual(parse(section.after).separation, [{ id: 'apart', title: 'Apart', conflict, mode: 'prevent' }]);
});

test('an empty list becomes a list, a text between braces stays correct', () => {
  const value = { from: 'crm', to: 'erp', permissions: ['customer:read'] };
  const { after } = changed({ part: 'delegations', value }, `${text}delegations: []\n`);
  assert.deepEqual(parse(after).delegations, [value]);
  const json = JSON.stringify(parse(text));
  assert.deepEqual(parse(editPolicy(json, { part: 'assign', at: 0 })).assign.length, 1);
});

test('what cannot be edited by a form says so', () => {
  const invalid = { code: 'invalid' };
  const role = { title: 'X', includes: [], grants: {} };
  assert.throws(() => editPolicy('roles: [', { part: 'roles', at: 'a', value: role }), invalid);
  assert.throws(() => editPolicy('roles: []', { part: 'roles', at: 'a', value: role }), invalid);
  const aliased = 'roles:\n  a: &a { title: A }\n  b: *a\n';
  assert.throws(() => editPolicy(aliased, { part: 'roles', at: 'b', value: role }), invalid);
  assert.throws(() => editPolicy(text, { part: 'assign', at: 7, value: { role: 'a', when: {} } }), {
    code: 'not-found',
  });
  assert.throws(() => editPolicy(text, { part: 'roles', at: 'nobody' }), { code: 'not-found' });
});

test('the default policy: one role edited touches no line outside it', () => {
  const checked = checkPolicy(defaults);
  assert.ok(checked.ok);
  for (const [id, role] of checked.document.roles) {
    const grants = { ...Object.fromEntries(role.grants), crm: [...(role.grants.get('crm') ?? []), 'quality:read'] };
    const edit = { ...role, title: `${role.title}!`, includes: role.includes, grants };
    const after = editPolicy(defaults, { part: 'roles', at: id, value: edit });
    const end = Math.min(
      ...[...checked.document.roles.values()].map(({ line }) => line).filter((line) => line > role.line),
      defaults.split('\n').findIndex((line) => line.startsWith('assign:')) + 1,
    );
    for (const { sign, before } of lineDiff(defaults, after, 0).flat()) {
      if (sign === '-') assert.ok((before ?? 0) >= role.line && (before ?? 0) < end, `${id}: line ${before}`);
    }
    assert.equal(parse(after).roles[id].title, `${role.title}!`);
  }
});

test('whatever the document, an edit means what it says and nothing else', () => {
  fc.assert(
    fc.property(policies, fc.boolean(), fc.nat(), (policy, block, pick) => {
      const before = JSON.stringify(policy, null, block ? 2 : 0);
      const ids = Object.keys(policy.roles);
      const id = ids[pick % Math.max(ids.length, 1)];
      if (id === undefined) return;
      const value = { title: 'T', includes: [], grants: { crm: ['a:b'] } };
      const after = parse(editPolicy(before, { part: 'roles', at: id, value }), { uniqueKeys: false });
      assert.deepEqual(after.roles[id], { title: 'T', grants: { crm: ['a:b'] } });
      assert.deepEqual(
        { ...after, roles: { ...after.roles, [id]: 0 } },
        parse(JSON.stringify({ ...policy, roles: { ...policy.roles, [id]: 0 } })),
      );
    }),
    { numRuns: 100 },
  );
});
