/** The draft of the next policy over REST: edits, races, what it would do, publication, rollback. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createPerson } from '#actions/people/create.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { createSystem } from '#actions/systems/create.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import { type BootedHub, bootHub } from '#test/support/booted.ts';
import { type Visitor, visit } from '#test/support/visitor.ts';

const operator = { actor: { kind: 'operator' } } as const;
const text = `# Our policy
version: 1
domains:
  customer: { title: Customers, sides: [crm, erp], actions: [read, write] }
  credit: { title: Credit, sides: [erp], actions: [approve] }
roles:
  sales: { title: Sales, grants: { crm: [customer:read] } } # front
  credit: { title: Credit, grants: { erp: [credit:approve] } }
assign:
  - { role: sales, when: { department: Sales } }
  - { role: credit, when: { jobTitle: Controller } }
separation:
  - id: apart
    title: Customers and their credit
    conflict: [{ system: crm, permission: "customer:write" }, { system: erp, permission: "credit:approve" }]
    mode: prevent
`;

const endings: (() => Promise<void>)[] = [];
let hub: BootedHub;
let admin: Visitor;
const draft = '/api/v1/policy/draft';

before(async () => {
  hub = await bootHub({ after: (end) => endings.push(end) });
  for (const side of ['crm', 'erp']) {
    const input = {
      id: side,
      title: side,
      side,
      clientSecret: 'secret-of-the-test',
      redirectUris: ['https://a.example/'],
    };
    await createSystem(hub.services, operator, withDefaults(input as unknown as SystemInput));
  }
  await publishPolicy(hub.services, operator, { text, reason: 'for the test' });
  await createPerson(hub.services, operator, { name: 'Anna', email: 'anna@example.com', department: 'Sales' });
  admin = visit(hub.issuer).withToken(await hub.token('hub:admin'));
});

after(async () => {
  for (const end of endings) await end();
});

const call = (method: string, path: string, body?: object, version?: number) =>
  admin.call(method, path, body, version === undefined ? {} : { 'if-match': `"${version}"` });

const grant = (...crm: string[]) => ({
  part: 'roles',
  at: 'sales',
  value: { title: 'Sales', includes: [], grants: { crm } },
});

test('from the first edit to publication and back', async () => {
  const none = await call('GET', draft);
  assert.deepEqual([none.body.version, none.body.text, none.headers.get('etag')], [0, text, '"0"']);
  const inForce = none.body.inForce as number;
  assert.equal((await call('POST', `${draft}/edits`, grant('customer:read'))).status, 428);

  const edited = await call('POST', `${draft}/edits`, grant('customer:read', 'customer:write'), 0);
  assert.equal(edited.status, 200, edited.text);
  assert.match(edited.body.text, /grants: \{ crm: \[customer:read, customer:write\] \} \} # front/);
  assert.equal((await call('POST', `${draft}/edits`, grant('customer:read'), 0)).status, 412);

  const { body: preview } = await call('GET', `${draft}/preview`);
  assert.deepEqual(
    [preview.ok, preview.against, preview.gaining, preview.losing, preview.prevented],
    [true, inForce, 1, 0, []],
  );
  assert.deepEqual(preview.changes, [
    { part: 'role', act: 'changed', id: 'sales', fields: [{ field: 'crm', plus: ['customer:write'], minus: [] }] },
  ]);
  assert.match(preview.diff, /^-.*crm: \[customer:read\].*\n\+.*crm: \[customer:read, customer:write\]/m);
  assert.ok(preview.claims.find(({ system }: { system: string }) => system === 'crm').after > 0);
  const { body: effect } = await call('GET', `${draft}/effect?q=anna`);
  assert.deepEqual(effect.items[0].gains, [{ system: 'crm', permission: 'customer:write' }]);

  assert.equal((await call('POST', `${draft}/publish`, { reason: ' ' }, 1)).status, 422);
  assert.equal((await call('POST', `${draft}/publish`, { reason: 'they ask for it' }, 7)).status, 412);
  const done = await call('POST', `${draft}/publish`, { reason: 'they ask for it' }, 1);
  assert.equal(done.status, 200, done.text);
  assert.equal(done.body.version, inForce + 1);
  assert.equal((await call('GET', draft)).body.version, 0);
  const [event] = (await hub.services.store.audit.query({ type: 'policy.published', order: 'newest', limit: 1 })).items;
  assert.deepEqual([event?.before?.number, event?.after?.number], [inForce, inForce + 1]);
  assert.equal(event?.detail?.reason, 'they ask for it');

  const diff = await call('GET', `/api/v1/policy/diff?from=${inForce}&to=${inForce + 1}`);
  assert.equal(diff.body.changes.length, 1);
  const back = await call('POST', `/api/v1/policy/versions/${inForce}/rollback`, { reason: 'too much' });
  assert.equal(back.status, 200, back.text);
  assert.deepEqual(back.body.losses, [{ person: 'anna@example.com', system: 'crm', permission: 'customer:write' }]);
});

test('a form brings no fault into the draft: line, reason and remedy, and nothing half-done', async () => {
  const cases = [
    [{ ...grant('customer:fly') }, 'roles.sales.grants.crm[0]', /has no action "fly"/],
    [
      { part: 'roles', at: 'sales', value: { includes: ['sales'], grants: {} } },
      'roles.sales.includes[0]',
      /includes itself; remove this/,
    ],
    [{ part: 'assign', value: { role: 'boss', when: {} } }, 'assign[2].role', /not in roles/],
    [
      { part: 'assign', value: { role: 'sales', when: {}, from: '2026-02-01', until: '2026-01-01' } },
      'assign[2].until',
      /not after "from"/,
    ],
    [{ part: 'delegations', value: { from: 'crm', to: 'wms', permissions: [] } }, 'delegations[0].to', /is not known/],
  ] as const;
  for (const [body, path, message] of cases) {
    const answer = await call('POST', `${draft}/edits`, body, 0);
    assert.equal(answer.status, 422, answer.text);
    const [fault] = answer.body.errors;
    assert.equal(fault.path, path);
    assert.match(fault.message, message);
    assert.ok(fault.line > 0);
  }
  assert.equal((await call('GET', draft)).body.version, 0);
});

test('text may be faulty in the draft; then nobody can say what it does, and it is not published', async () => {
  const put = await call('PUT', draft, { text: `${text}\nextra: 1\n` }, 0);
  assert.equal(put.status, 200, put.text);
  const { body } = await call('GET', `${draft}/preview`);
  assert.deepEqual([body.ok, body.faults[0].path, body.people], [false, 'extra', undefined]);
  assert.equal((await call('GET', `${draft}/effect`)).status, 422);
  assert.equal((await call('POST', `${draft}/publish`, { reason: 'x' }, 1)).status, 422);
  assert.equal((await call('DELETE', draft, undefined, 2)).status, 412);
  assert.equal((await call('DELETE', draft, undefined, 1)).status, 204);
  assert.equal((await call('DELETE', draft, undefined, 0)).status, 404);
});

test('of twenty edits at once one is taken', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => call('PUT', draft, { text: `${text}# ${index}\n` }, 0)),
  );
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, ...Array.from({ length: 19 }, () => 412)]);
  await call('DELETE', draft, undefined, 1);
});

test('what was published meanwhile has to be looked at first', async () => {
  await call('PUT', draft, { text: `${text}# mine\n` }, 0);
  await publishPolicy(hub.services, operator, { text: `${text}# theirs\n`, reason: 'meanwhile' });
  const refused = await call('POST', `${draft}/publish`, { reason: 'x' }, 1);
  assert.equal(refused.status, 412, refused.text);
  assert.match(refused.body.detail, /was published meanwhile/);
  assert.equal((await call('POST', `${draft}/rebase`, undefined, 1)).status, 200);
  assert.equal((await call('POST', `${draft}/publish`, { reason: 'x' }, 2)).status, 200);
});

test('a draft that newly breaches a preventing rule is not published', async () => {
  await createPerson(hub.services, operator, {
    name: 'Jan',
    email: 'jan@example.com',
    department: 'Sales',
    jobTitle: 'Controller',
  });
  await call('POST', `${draft}/edits`, grant('customer:read', 'customer:write'), 0);
  const { body } = await call('GET', `${draft}/preview`);
  assert.deepEqual(body.conflicts.appear, [{ separation: 'apart', person: 'jan@example.com' }]);
  assert.equal(body.prevented[0].person, 'jan@example.com');
  const refused = await call('POST', `${draft}/publish`, { reason: 'x' }, 1);
  assert.equal(refused.status, 409, refused.text);
  assert.equal(refused.body.code, 'separation-breached');
  assert.equal((await call('GET', draft)).body.version, 1);
  await call('DELETE', draft, undefined, 1);
});

test('questions: who can, why not, the matrix, a check', async () => {
  const { body: who } = await call('GET', '/api/v1/policy/who-can?permission=customer:read&system=crm&sort=-name');
  assert.deepEqual(
    who.items.map(({ name }: { name: string }) => name),
    ['Jan', 'Anna'],
  );
  assert.equal((await call('GET', '/api/v1/policy/who-can?permission=customer:read&system=crm&at=soon')).status, 400);
  assert.equal((await call('GET', '/api/v1/policy/who-can?permission=customer:read&system=nowhere')).status, 404);
  const anna = who.items.find(({ name }: { name: string }) => name === 'Anna').personId;
  const { body: why } = await call(
    'GET',
    `/api/v1/people/${anna}/access?system=erp&permission=credit:approve&at=2030-01-01`,
  );
  assert.equal(why.systems.length, 1);
  assert.deepEqual(why.systems[0].permissions, []);
  assert.equal(why.systems[0].missing[0].nearest[0].failing[0].expected, 'Controller');
  const { body: matrix } = await call('GET', '/api/v1/policy/matrix');
  assert.deepEqual(
    matrix.rows.map((row: { domain: string; servedBy: string; crmOnly: number }) => [
      row.domain,
      row.servedBy,
      row.crmOnly,
    ]),
    [
      ['customer', 'both', 1],
      ['credit', 'erp', 0],
    ],
  );
  const { body: check } = await call('POST', '/api/v1/policy/check', { text: 'version: 2' });
  assert.deepEqual([check.ok, check.faults[0].line], [false, 1]);
});
