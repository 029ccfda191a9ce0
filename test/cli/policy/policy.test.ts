/** The policy commands: shapes, exit codes, and that trying things out needs no store. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Command } from 'commander';
import { createPerson } from '#actions/people/create.ts';
import type { Services } from '#actions/services.ts';
import { manualClock } from '#platform/clock.ts';
import { type CommandIo, WrongUse } from '#src/cli/io.ts';
import { policyCommands } from '#src/cli/policy.ts';
import { systems } from '#storage/collections.ts';
import { eventsOf, operator } from '#test/actions/people/support.ts';
import { aSystem } from '#test/support/records.ts';
import { testServices } from '#test/support/services.ts';

const now = Date.parse('2026-06-01T00:00:00Z');
const policy = `version: 1
domains:
  order: { sides: [erp], actions: [read, write] }
  price: { sides: [erp], actions: [approve] }
roles:
  clerk: { grants: { erp: [order:read, order:write] } }
  pricer: { grants: { erp: [price:approve] } }
assign:
  - { role: clerk, when: { department: Sales } }
  - { role: pricer, when: { grade: 0100 }, from: 2026-07-01 }
separation:
  - { id: order-price, mode: prevent, conflict: [{ system: erp, permission: "order:write" }, { system: erp, permission: "price:approve" }] }
`;
const people =
  'email,username,department,grade,status\nann@example.com,ann,Sales,,\n,bob,Sales,100,disabled\n,cy,,0100,active\n';

/** Everything that one or another of the commands answers with. */
interface Answer {
  readonly ok: boolean;
  readonly faults: readonly { path: string; line: number; suggestion?: string }[];
  readonly version: number;
  readonly gains: readonly { person: string; system: string; permission: string }[];
  readonly losses: readonly { person: string; system: string; permission: string }[];
  readonly breaches: readonly unknown[];
  readonly versions: readonly { version: number; reason: string }[];
}

interface Ran {
  readonly json: Answer;
  readonly text: string;
  readonly code: number;
}

/** A folder with files, and the commands over it. Without `services`, opening a store is a fault. */
function workplace(t: TestContext, files: Record<string, string>, services?: Services) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-policy-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return async (...words: string[]): Promise<Ran> => {
    const ran = { json: {} as Answer, text: '', code: 0 };
    const io: CommandIo = {
      out: (options, document, text) => {
        if (options.json) ran.json = JSON.parse(JSON.stringify(document)) as Answer;
        ran.text += typeof text === 'string' ? text : text();
      },
      note: () => {},
      refused: () => {
        ran.code = 1;
      },
      openHub: async () => {
        assert.ok(services, 'this command needs no store');
        return { services, close: async () => {} };
      },
      knownPeople: async () => [],
      knownSystems: async () => [
        { id: 'crm', side: 'crm' },
        { id: 'erp', side: 'erp' },
      ],
      now: () => now,
    };
    const program = new Command().exitOverride();
    policyCommands(program, io);
    const paths = words.map((word) => (Object.hasOwn(files, word) ? join(folder, word) : word));
    await program.parseAsync(['policy', ...paths, '--json'], { from: 'user' });
    return ran;
  };
}

test('check: in order, or every fault and exit code 1', async (t) => {
  const faulty = policy.replace('order:read,', 'order:raed, nothing:at,').replace('Sales', '~');
  const run = workplace(t, { 'good.yaml': policy, 'bad.yaml': faulty, 'latin.yaml': '' });
  assert.deepEqual((await run('check', 'good.yaml')).json, { ok: true, faults: [], notes: [] });
  const { json, code, text } = await run('check', 'bad.yaml');
  assert.equal(code, 1);
  assert.equal(json.ok, false);
  assert.deepEqual(
    json.faults.map((fault) => [fault.path, fault.line, fault.suggestion]),
    [
      ['roles.clerk.grants.erp[0]', 6, 'order:read'],
      ['roles.clerk.grants.erp[1]', 6, undefined],
      ['assign[0].when.department', 9, undefined],
    ],
  );
  assert.match(text, /bad\.yaml:6 .*Did you mean "order:read"\?/);
  await assert.rejects(run('check', 'nowhere.yaml'), WrongUse);
});

test('simulate: people of a CSV, against nothing or against another policy, at an instant, without a store', async (t) => {
  const run = workplace(t, {
    'new.yaml': policy,
    'old.yaml': policy.replace('order:read, ', ''),
    'people.csv': people,
    'bad.csv': 'email,status\nann@example.com,gone\nANN@example.com,\nann@example.com,\n',
    'faulty.yaml': 'version: 2\n',
  });
  const row = (person: string, permission: string) => ({ person, system: 'erp', permission });
  assert.deepEqual((await run('simulate', '--policy', 'new.yaml', '--people', 'people.csv')).json, {
    people: 3,
    gains: [row('ann@example.com', 'order:read'), row('ann@example.com', 'order:write')],
    losses: [],
    conflicts: { appear: [], vanish: [], stand: [] },
  });
  const later = await run(
    'simulate',
    '--policy',
    'new.yaml',
    '--from',
    'old.yaml',
    '--people',
    'people.csv',
    '--at',
    '2026-07-01',
  );
  assert.deepEqual(later.json.gains, [row('ann@example.com', 'order:read')]);
  const then = await run('simulate', '--policy', 'new.yaml', '--people', 'people.csv', '--at', '2026-07-01T00:00:00Z');
  assert.deepEqual(then.json.gains.at(-1), row('cy', 'price:approve'));

  const bad = await run('simulate', '--policy', 'new.yaml', '--people', 'bad.csv');
  assert.equal(bad.code, 1);
  assert.deepEqual(
    bad.json.faults.map(({ line }) => line),
    [2, 4],
  );
  for (const options of [
    ['--policy', 'faulty.yaml'],
    ['--policy', 'new.yaml', '--from', 'faulty.yaml'],
  ]) {
    const { code, json } = await run('simulate', ...options, '--people', 'people.csv');
    assert.deepEqual([code, json.ok, json.faults[0]?.path], [1, false, 'version']);
  }
  await assert.rejects(run('simulate', '--policy', 'new.yaml', '--people', 'people.csv', '--at', 'tomorrow'), WrongUse);
});

test('apply, history, rollback and explain on a store', async (t) => {
  const services = await testServices(t, { clock: manualClock(now) });
  await services.store.write({
    changes: [{ kind: 'insert', collection: systems, id: 'erp', data: aSystem({ side: 'erp' }) }],
  });
  await createPerson(services, operator, { email: 'ann@example.com', department: 'Sales' });
  const breaching = policy.replace('grade: 0100 }, from: 2026-07-01', 'department: Sales }');
  const run = workplace(
    t,
    { 'one.yaml': policy, 'two.yaml': policy.replace('order:read, ', ''), 'breach.yaml': breaching },
    services,
  );

  const first = await run('apply', 'one.yaml', '--reason', 'start');
  assert.deepEqual([first.json.version, first.json.gains.length, first.json.losses.length], [1, 2, 0]);
  assert.equal((await run('apply', 'one.yaml', '--reason', 'again')).json.version, 1);
  assert.equal((await eventsOf(services, 'policy.published')).length, 1);
  const second = await run('apply', 'two.yaml', '--reason', 'less');
  assert.deepEqual(
    [second.json.version, second.json.losses],
    [2, [{ person: 'ann@example.com', system: 'erp', permission: 'order:read' }]],
  );

  const refused = await run('apply', 'breach.yaml', '--reason', 'no');
  assert.equal(refused.code, 1);
  assert.deepEqual(refused.json.breaches, [
    { separation: 'order-price', person: 'ann@example.com', from: '2026-06-01T00:00:00.000Z' },
  ]);
  assert.equal((await eventsOf(services, 'conflict.prevented')).length, 1);

  const back = await run('rollback', '1', '--reason', 'sorry');
  assert.deepEqual([back.json.version, back.json.gains.length], [3, 1]);
  const history = (await run('history')).json.versions;
  assert.deepEqual(
    history.map(({ version, reason }) => [version, reason]),
    [
      [3, 'sorry'],
      [2, 'less'],
      [1, 'start'],
    ],
  );
  const [event] = await eventsOf(services, 'policy.rolled-back');
  assert.deepEqual([event?.actor.kind, event?.detail?.to, event?.after?.number], ['operator', 1, 3]);

  const explained = await run('explain', 'ANN@example.com', 'erp');
  assert.deepEqual(explained.json, {
    person: 'ann@example.com',
    system: 'erp',
    policy: 3,
    active: true,
    roles: [{ role: 'clerk', because: [{ rule: { path: 'assign[0]', line: 9 } }] }],
    permissions: [
      { permission: 'order:read', because: [{ role: 'clerk' }] },
      { permission: 'order:write', because: [{ role: 'clerk' }] },
    ],
    nativeRoles: [],
    nativeBecause: [],
    claims: {
      name: 'ann@example.com',
      email: 'ann@example.com',
      email_verified: false,
      preferred_username: 'ann@example.com',
      updated_at: Date.parse('2026-06-01T00:00:00Z') / 1000,
      locale: 'en',
      zoneinfo: 'UTC',
      roles: ['clerk'],
      permissions: ['order:read', 'order:write'],
      native_roles: [],
    },
    missing: [
      {
        permission: 'price:approve',
        grantedBy: ['pricer'],
        nearest: [
          {
            role: 'pricer',
            rule: { path: 'assign[1]', line: 10 },
            failing: [
              { path: 'assign[1].when.grade', attribute: 'grade', test: 'equals', expected: '0100' },
              { path: 'assign[1].from', test: 'from', expected: '2026-07-01T00:00:00.000Z' },
            ],
          },
        ],
      },
    ],
  });
  const one = await run('explain', 'ann@example.com', 'erp', '--permission', 'price:approve', '--at', '2026-08-01');
  assert.match(
    one.text,
    /May:\n {2}none\nMay not:\n {2}price:approve: pricer; nearest assign\[1\] \(line 10\): fails assign\[1\]\.when\.grade$/,
  );
  const who = await run('who-can', 'order:write', 'erp');
  assert.match(who.text, /^1 may order:write in erp; granted by clerk\nann@example\.com/);
  await assert.rejects(run('who-can', 'order:fly', 'erp'), { code: 'invalid' });
  const diff = await run('diff', '1', '2');
  assert.match(diff.text, /^(rule|role|separation|domain) \S+ (added|changed|removed)/);
  assert.match(diff.text, /\n@@ -/);
  await assert.rejects(run('explain', 'nobody@example.com', 'erp'), { code: 'not-found' });
  await assert.rejects(run('explain', 'ann@example.com', 'nowhere'), { code: 'not-found' });
  await assert.rejects(run('rollback', '99', '--reason', 'x'), { code: 'not-found' });
  await assert.rejects(run('rollback', 'one', '--reason', 'x'), WrongUse);
});
