/** `policy check`: every fault at once, each with its path and line; what is no fault stays none. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkPolicy } from '#domain/policy/check/check.ts';
import type { KnownSystem } from '#domain/policy/document.ts';

const systems: KnownSystem[] = [
  { id: 'crm', side: 'crm' },
  { id: 'erp', side: 'erp' },
  { id: 'wiki', side: 'other' },
];

/** Faults as `path:line`, with `~suggestion` where there is one. */
function faultsOf(text: string, known = systems): string[] {
  const checked = checkPolicy(text, known);
  if (checked.ok) return [];
  return checked.faults.map(
    ({ path, line, suggestion }) => `${path}:${line}${suggestion === undefined ? '' : `~${suggestion}`}`,
  );
}

const head = `version: 1
domains:
  customer: { title: Customers, sides: [crm, erp], actions: [read, write] }
  stock: { title: Stock, sides: [erp], actions: [read] }
  credit: { title: Credit, sides: [erp], actions: [approve] }
roles:
  employee: { title: Employee }
  clerk: { title: Clerk, includes: [employee], grants: { crm: [customer:read] } }
`;
// The next line is line 9.

test('the default policy is in order for a CRM and an ERP', () => {
  const text = readFileSync(new URL('../../../config/roles.yaml', import.meta.url), 'utf8');
  assert.deepEqual(faultsOf(text), []);
});

const faulty: [name: string, text: string, faults: string[]][] = [
  ['nothing at all', '', [':1']],
  ['comments alone', '# later\n', [':1']],
  ['a list', '- version: 1\n', [':1']],
  ['no version', 'domains: {}\n', ['version:1']],
  ['another version', 'version: 2\n', ['version:1']],
  ['a version in quotes', 'version: "1"\n', ['version:1']],
  ['null as version', 'version:\n', ['version:1']],
  ['an unknown section', 'version: 1\nrolse: {}\n', ['rolse:2~roles']],
  ['two documents', 'version: 1\n---\nversion: 1\n', [':2']],
  ['broken YAML', 'version: 1\nroles: {\n', [':3']],
  ['YAML 1.1', '%YAML 1.1\n---\nversion: 1\n', [':1']],
  ['an unknown tag', 'version: !odd 1\n', [':1']],
  ['a domain of the hub', 'version: 1\ndomains:\n  hub: { sides: [crm], actions: [read] }\n', ['domains.hub:3']],
  [
    'faults of a domain',
    'version: 1\ndomains:\n  a:\n    titel: A\n    sides: [crn]\n    actions: ["x:y", ~, ""]\n  b: 1\n  c: {}\n',
    [
      'domains.a.titel:4~title',
      'domains.a.sides[0]:5~crm',
      'domains.a.actions[1]:6',
      'domains.a.actions[0]:6',
      'domains.a.actions[2]:6',
      'domains.b:7',
      'domains.c.sides:8',
      'domains.c.actions:8',
    ],
  ],
  ['a role twice', `${head}  clerk: { title: Again }\n`, ['roles.clerk:9']],
  ['a role of the hub', `${head}  hub-owner: { title: Mine }\n`, ['roles.hub-owner:9']],
  ['null for a role', `${head}  x:\n`, ['roles.x:9']],
  ['an unknown key of a role', `${head}  x: { title: X, include: [clerk] }\n`, ['roles.x.include:9~includes']],
  ['an unknown inclusion', `${head}  x:\n    includes: [clark, employee]\n`, ['roles.x.includes[0]:10~clerk']],
  ['inclusion of a hub role', `${head}  x: { includes: [hub-owner] }\n`, ['roles.x.includes[0]:9']],
  ['a role that includes itself', `${head}  x: { includes: [x] }\n`, ['roles.x.includes[0]:9']],
  [
    'a circle of three, and what only leads to it',
    `${head}  a: { includes: [b] }\n  b: { includes: [clerk, c] }\n  c: { includes: [a] }\n  d: { includes: [a] }\n`,
    ['roles.a.includes[0]:9', 'roles.b.includes[1]:10', 'roles.c.includes[0]:11'],
  ],
  ['an unknown system', `${head}  x: { grants: { crn: [customer:read] } }\n`, ['roles.x.grants.crn:9~crm']],
  ['the system hub', `${head}  x: { grants: { hub: [] } }\n`, ['roles.x.grants.hub:9']],
  [
    'unknown permissions',
    `${head}  x:\n    grants:\n      crm:\n        - custmer:read\n        - customer:raed\n        - customer\n        - customer:*\n`,
    [
      'roles.x.grants.crm[0]:12~customer:read',
      'roles.x.grants.crm[1]:13~customer:read',
      'roles.x.grants.crm[2]:14',
      'roles.x.grants.crm[3]:15',
    ],
  ],
  [
    'a domain of the other side',
    `${head}  x: { grants: { crm: [stock:read], wiki: [stock:read] } }\n`,
    ['roles.x.grants.crm[0]:9'],
  ],
  ['a strange assurance', `${head}  x: { requires: mfaa }\n`, ['roles.x.requires:9~mfa']],
  [
    'faults of rules',
    `${head}assign:\n  - role: clark\n    when: {}\n  - role: hub-owner\n    when: {}\n  - when: {}\n  - role: clerk\n  - { role: clerk, when: {}, form: 2026-01-01 }\n  - role: clerk\n    when:\n`,
    [
      'assign[0].role:10~clerk',
      'assign[1].role:12',
      'assign[2].role:14',
      'assign[3].when:15',
      'assign[4].form:16~from',
      'assign[5].when:18',
    ],
  ],
  [
    'faults of conditions',
    `${head}assign:\n  - role: clerk\n    when:\n      password: x\n      department: [Sales]\n      country: { is: PL, in: PL, prefix: [P] }\n      any: { a: b }\n      all: [~]\n      not: []\n      grade: { exists: yes }\n      title: ~\n      <<: { a: b }\n`,
    [
      'assign[0].when.password:12',
      'assign[0].when.department:13',
      'assign[0].when.country.is:14~in',
      'assign[0].when.country.in:14',
      'assign[0].when.country.prefix:14',
      'assign[0].when.any:15',
      'assign[0].when.all[0]:16',
      'assign[0].when.not:17',
      'assign[0].when.grade.exists:18',
      'assign[0].when.title:19',
      'assign[0].when.<<:20',
    ],
  ],
  [
    'a password deep in a rule',
    `${head}assign:\n  - { role: clerk, when: { not: { any: [{ password: { exists: true } }] } } }\n`,
    ['assign[0].when.not.any[0].password:10'],
  ],
  [
    'an attribute twice, in two forms of Unicode',
    `${head}assign:\n  - role: clerk\n    when:\n      caf\u00e9: a\n      cafe\u0301: b\n`,
    ['assign[0].when.caf\u00e9:13'],
  ],
  [
    'faults of separation',
    `${head}separation:
  - id: a
    conflict: [{ system: crm, permission: "customer:read" }]
    mode: prevent
  - id: a
    title: T
    conflict:
      - { system: crm, permission: "customer:read" }
      - { system: crm, permission: "customer:read" }
    mode: wran
  - conflict: [{ system: crn, permission: "customer:read" }, { system: erp, permission: "credit:aprove" }]
    mode: warn
  - id: b
    conflict: [{ system: crm, permission: "credit:approve" }, { system: hub }]
    mode: warn
`,
    [
      'separation[0].conflict:11',
      'separation[1].id:13',
      'separation[1].conflict:15',
      'separation[1].mode:18~warn',
      'separation[2].id:19',
      'separation[2].conflict[0].system:19~crm',
      'separation[2].conflict[1].permission:19~credit:approve',
      'separation[3].conflict[0].permission:22',
      'separation[3].conflict[1].permission:22',
      'separation[3].conflict[1].system:22',
    ],
  ],
  [
    'faults of delegations',
    `${head}delegations:\n  - { from: crn, to: hub, permissions: [stock:red] }\n  - { from: crm, permissions: [] }\n  - { from: erp, to: crm, permissions: [stock:read] }\n`,
    [
      'delegations[0].from:10~crm',
      'delegations[0].to:10',
      'delegations[0].permissions[0]:10~stock:read',
      'delegations[1].to:11',
      'delegations[2].permissions[0]:12',
    ],
  ],
  ['an alias without an anchor', `${head}assign: *none\n`, ['assign:9']],
  ['an alias inside itself', `${head}assign: &a [*a]\n`, ['assign[0]:9']],
  [
    'names out of an object',
    `${head}  __proto__: ~\n  constructor: { grants: { __proto__: [] } }\n`,
    ['roles.__proto__:9', 'roles.constructor.grants.__proto__:10'],
  ],
];

for (const [name, text, expected] of faulty) {
  test(`faults: ${name}`, () => assert.deepEqual(faultsOf(text).toSorted(), expected.toSorted()));
}

const sound: [name: string, text: string][] = [
  ['a version alone', 'version: 1\n'],
  ['a byte order mark and CR LF', '\u{feff}version: 1\r\nroles:\r\n  a: {}\r\n'],
  ['words that YAML 1.1 took for truth values', `${head}assign: [{ role: clerk, when: { on: no, off: yes } }]\n`],
  [
    'anchors and aliases',
    `${head}assign:\n  - { role: clerk, when: &w { department: Sales } }\n  - { role: employee, when: *w }\n`,
  ],
  [
    'roles named like parts of an object',
    `${head}  __proto__: {}\n  constructor: { includes: [__proto__] }\nassign: [{ role: constructor, when: { toString: x } }]\n`,
  ],
  [
    'two different entries among three',
    `${head}separation: [{ id: a, mode: warn, conflict: [{ system: crm, permission: "customer:read" }, { system: crm, permission: "customer:read" }, { system: erp, permission: "customer:read" }] }]\n`,
  ],
  ['a system of the side other takes any domain', `${head}  x: { grants: { wiki: [stock:read, customer:read] } }\n`],
  ['a diamond of inclusions', `${head}  a: { includes: [clerk, employee] }\n  b: { includes: [a, clerk] }\n`],
];

for (const [name, text] of sound) {
  test(`no fault: ${name}`, () => assert.deepEqual(faultsOf(text), []));
}

test('where no systems are known, ids and sides are not checked', () => {
  assert.deepEqual(faultsOf(`${head}  x: { grants: { anywhere: [stock:read] } }\n`, []), []);
  assert.deepEqual(faultsOf(`${head}  x: { grants: { hub: [] } }\n`, []), ['roles.x.grants.hub:9']);
});

const dates: [from: string, until: string, faults: string[]][] = [
  ['2026-01-01', '2026-01-02', []],
  ['2024-02-29', '2026-01-01T08:30:00Z', []],
  ['2026-01-01T00:00:00.001Z', '2026-01-01T00:00:00.002Z', []],
  ['2026-01-01', '2026-01-01', ['assign[0].until']],
  ['2026-01-02', '2026-01-01', ['assign[0].until']],
  ['2026-02-29', '2026-13-01', ['assign[0].from', 'assign[0].until']],
  ['2026-1-1', '2026-01-01T08:30:00+01:00', ['assign[0].from', 'assign[0].until']],
  ['2026', '2026-01-01T24:00:00Z', ['assign[0].from', 'assign[0].until']],
  ['01.02.2026', '2026-01-01 08:00:00Z', ['assign[0].from', 'assign[0].until']],
];
for (const [from, until, expected] of dates) {
  test(`dates: from ${from} until ${until}`, () => {
    const text = `${head}assign: [{ role: clerk, when: {}, from: ${from}, until: ${until} }]\n`;
    assert.deepEqual(
      faultsOf(text).map((fault) => fault.split(':')[0]),
      expected,
    );
  });
}

const hostile: [name: string, text: string][] = [
  [
    'an alias bomb',
    `version: 1\na: &a [1,1,1,1,1,1,1,1,1,1]\n${'bcdefghij'.replace(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(10)}]\n`)}`,
  ],
  ['twenty thousand brackets', `version: 1\nroles: ${'['.repeat(20_000)}\n`],
  ['deep nesting', `version: 1\nassign: [{ role: x, when: ${'{ not: '.repeat(500)}{}${' }'.repeat(500)} }]\n`],
  ['a huge document', `version: 1\n#${' '.repeat(2_000_000)}\n`],
  [
    'many unknown names',
    `version: 1\nroles:\n${Array.from({ length: 3000 }, (_, n) => `  r${n}: { includes: [x${n}y] }\n`).join('')}`,
  ],
];
for (const [name, text] of hostile) {
  test(`refused and survived: ${name}`, () => assert.notDeepEqual(faultsOf(text), []));
}

test('a chain of thousands of inclusions is no burden', () => {
  const chain = Array.from({ length: 5000 }, (_, n) => `  r${n}: { includes: [r${n + 1}] }\n`).join('');
  assert.deepEqual(faultsOf(`version: 1\nroles:\n${chain}  r5000: {}\n`), []);
});

test('what nests without end is refused before it is parsed', () => {
  for (const text of ['['.repeat(500_000), `a: ${'{b: '.repeat(200_000)}`, '- '.repeat(400_000)]) {
    const checked = checkPolicy(text, []);
    assert.ok(!checked.ok);
    assert.deepEqual(
      checked.faults.map(({ message }) => /nests deeper than 100 levels/.test(message)),
      [true],
    );
  }
});
