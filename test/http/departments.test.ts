/**
 * Administration by department, over a hub as it is started: every page of the console and every route of the REST API is called
 * as somebody whose role of the hub holds over Sales alone. Nobody else's name or address comes out, nobody else is changed, and
 * what does not say how it keeps to departments is closed.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assignmentsOf } from '#actions/access/reading.ts';
import { assignRole } from '#actions/assignments/assign.ts';
import { createPerson } from '#actions/people/create.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { askForRole } from '#actions/requests/ask.ts';
import { listSessions } from '#actions/sessions/list.ts';
import { adminRoutes } from '#http/admin/routes.ts';
import { apiRoutes } from '#http/api/routes.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import { type BootedHub, bootHub, passphrase } from '#test/support/booted.ts';
import { type Visitor, visit } from '#test/support/visitor.ts';

const operator = { actor: { kind: 'operator' } } as const;
/** In the name and the address of everybody outside of Sales. */
const mark = 'Zzelsewhere';

const policy = `
version: 1
domains: { customer: { title: Customers, sides: [crm], actions: [read, write] } }
roles: { clerk: { title: Clerk, grants: { crm: [customer:read] } } }
assign: [{ role: clerk, when: { department: Finance } }]
`;

const endings: (() => Promise<void>)[] = [];
let hub: BootedHub;
let foreign: Stored<Person>;
let own: Stored<Person>;
/** A request, a session and an assignment of the foreign person. */
let things: Record<string, string> = {};
const admins = new Map<string, Visitor>();

async function made(name: string, department: string | undefined): Promise<Stored<Person>> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@example.com`;
  const fields = { name, email, password: passphrase, ...(department === undefined ? {} : { department }) };
  return createPerson(hub.services, operator, fields);
}

before(async () => {
  hub = await bootHub({ after: (end) => endings.push(end) });
  const { services } = hub;
  await publishPolicy(services, operator, { text: policy, reason: 'for the test', systems: [] });
  const owner = await made(`Olga ${mark}`, undefined);
  await assignRole(services, operator, owner.id, { role: 'hub-owner', reason: 'for the test' });
  foreign = await made(`Fiona ${mark}`, 'Finance');
  await made(`Frank ${mark}`, 'Sales Support');
  own = await made('Sam Seller', 'Sales');
  const assignment = await assignRole(services, operator, foreign.id, { role: 'clerk', reason: 'for the test' });
  const request = await askForRole(
    services,
    { actor: { kind: 'person', id: owner.id } },
    { person: foreign.id, role: 'clerk', reason: 'needed', until: services.clock.now() + 1e9 },
  );
  await visit(hub.issuer).signIn(foreign.email ?? '');
  await visit(hub.issuer).signIn(owner.email ?? '');
  const session = (await listSessions(services, foreign.id))[0]?.id ?? assert.fail();
  things = { id: foreign.id, assignment: assignment.id, request: request.id, session, number: '1' };
  for (const role of ['hub-people-admin', 'hub-helpdesk']) {
    const admin = await made(`Admin ${role}`, 'Office');
    await assignRole(services, operator, admin.id, { role, departments: ['Sales'], reason: 'for the test' });
    admins.set(role, await visit(hub.issuer).signIn(admin.email ?? ''));
  }
});

after(async () => {
  for (const end of endings) await end();
});

const filled = (path: string, id: string): string =>
  path.replace(/\{(\w+)\}|:(\w+)/g, (_, braced, colon) => {
    const name = braced ?? colon;
    return name === 'id' ? id : (things[name] ?? 'none');
  });

/** What each form or body would do, were it let through. */
const bodies: Readonly<Record<string, Record<string, string>>> = {
  '/roles': { role: 'clerk', reason: 'because', from: '2030-01-01' },
  '/erase': { reason: 'because', confirm: `Fiona ${mark}` },
  '/reset-factors': { reason: 'because' },
  '/requests': { person: '', role: 'clerk', reason: 'because', from: '2030-01-01' },
  '/reject': { reason: 'because' },
};
const bodyOf = (path: string): Record<string, string> => {
  const key = Object.keys(bodies).find((end) => path.endsWith(end)) ?? '';
  const body = bodies[key] ?? {};
  return 'person' in body ? { ...body, person: foreign.id } : body;
};

/** Everything that the hub keeps of those outside of Sales. */
async function elsewhere(): Promise<string> {
  const { store } = hub.services;
  const all = (await store.find(people, { limit: 1000 })).items.filter(({ name }) => name.includes(mark));
  const parts = all.map(async (person) => [
    person,
    await assignmentsOf(store, person.id),
    (await listSessions(hub.services, person.id)).map(({ id }) => id),
    (await store.audit.query({ person: person.id, type: 'credential.' })).items.length,
  ]);
  return JSON.stringify(await Promise.all(parts));
}

function assertSilent(text: string, where: string): void {
  const at = text.search(new RegExp(mark, 'i'));
  assert.equal(at, -1, `${where} shows ${text.slice(Math.max(0, at - 200), at + 60)}`);
}

for (const role of ['hub-people-admin', 'hub-helpdesk']) {
  test(`a ${role} of Sales finds and changes nobody else on any page of the console`, async () => {
    const visitor = admins.get(role) ?? assert.fail();
    const was = await elsewhere();
    const open: string[] = [];
    for (const { method, path, departments } of adminRoutes) {
      const form = { ...bodyOf(path), version: String(foreign.version) };
      const { status, text } = await visitor.page(method.toUpperCase(), filled(path, foreign.id), form);
      const where = `${method} ${path} (${status})`;
      assertSilent(text, where);
      if (departments === undefined) assert.equal(status, 403, where);
      else if (departments === 'person') assert.ok(status === 404 || status === 403, where);
      if (status < 400) open.push(path);
    }
    assert.ok(open.includes('/admin/people') && open.includes('/admin/requests'));
    assert.equal(await elsewhere(), was);
  });

  test(`a ${role} of Sales finds and changes nobody else by any route of the REST API`, async () => {
    const visitor = admins.get(role) ?? assert.fail();
    const was = await elsewhere();
    for (const { method, path, departments } of apiRoutes) {
      const body = method === 'PATCH' ? { department: 'Sales' } : bodyOf(path);
      const headers = { 'if-match': `"${foreign.version}"` };
      const sent = method === 'GET' ? undefined : body;
      const { status, text } = await visitor.call(method, `/api/v1${filled(path, foreign.id)}`, sent, headers);
      const where = `${method} /api/v1${path} (${status})`;
      assertSilent(text, where);
      if (departments === undefined) assert.equal(status, 403, where);
      else if (departments === 'person') assert.ok(status === 404 || status === 403, where);
    }
    assert.equal(await elsewhere(), was);
  });
}

test('what is open says so by hand: a new route is closed until somebody thought of departments', () => {
  const open = [...adminRoutes, ...apiRoutes]
    .filter(({ departments }) => departments === 'narrowed')
    .map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  assert.deepEqual(open.sort(), narrowed.sort());
  for (const { path, departments } of [...adminRoutes, ...apiRoutes])
    if (departments === 'person') assert.match(path, /\/people\/(:id|\{id\})(\/|$)/, path);
});

/** Each of these was looked at for what it shows and changes. */
const narrowed = [
  'GET /admin',
  'GET /admin/break-glass',
  'GET /admin/people',
  'POST /admin/people',
  'GET /admin/people/new',
  'GET /admin/people/import',
  'POST /admin/people/import',
  'GET /admin/people/import/:id',
  'POST /admin/people/import/:id/apply',
  'POST /admin/people/import/:id/again',
  'GET /admin/requests',
  'POST /admin/requests/:id/decide',
  'GET /people',
  'POST /people',
  'POST /people/import',
  'POST /people/imports',
  'GET /people/imports/{id}',
  'GET /people/imports/{id}/people',
  'POST /people/imports/{id}/apply',
  'GET /requests',
  'POST /requests',
  'GET /requests/{request}',
  'DELETE /requests/{request}',
  'POST /requests/{request}/approve',
  'POST /requests/{request}/reject',
];

test('over the people of the department everything works as for anybody who looks after people', async () => {
  const visitor = admins.get('hub-people-admin') ?? assert.fail();
  const list = await visitor.call('GET', '/api/v1/people');
  assert.deepEqual(
    list.body.items.map(({ id }: { id: string }) => id),
    [own.id],
  );
  assert.equal((await visitor.call('GET', `/api/v1/people?q=${mark}`)).body.items.length, 0);
  assert.equal((await visitor.call('GET', '/api/v1/people?department=Finance')).body.items.length, 0);
  const page = await visitor.page('GET', `/admin/people/${own.id}`);
  for (const action of ['disable', 'roles', 'mail-link'])
    assert.match(page.text, new RegExp(`action="/admin/people/${own.id}/${action}"`));
  assert.doesNotMatch(page.text, /value="hub-/);
  const given = await visitor.call('POST', `/api/v1/people/${own.id}/roles`, { role: 'clerk', reason: 'helps out' });
  assert.equal(given.status, 201);
  assert.equal((await visitor.call('DELETE', `/api/v1/people/${own.id}/roles/${given.body.id}`)).status, 204);
});

async function patch(visitor: Visitor, id: string, body: object) {
  const { body: seen } = await visitor.call('GET', `/api/v1/people/${id}`);
  return visitor.call('PATCH', `/api/v1/people/${id}`, body, { 'if-match': `"${seen.version}"` });
}

test('nobody is moved out of or made outside of the departments, and no role of the hub is given', async () => {
  const visitor = admins.get('hub-people-admin') ?? assert.fail();
  const moved = await patch(visitor, own.id, { department: 'Finance' });
  assert.equal(moved.status, 422);
  assert.equal(moved.body.errors[0].path, 'department');
  assert.equal((await patch(visitor, own.id, { department: null })).status, 422);
  assert.equal((await patch(visitor, own.id, { jobTitle: 'Seller' })).status, 200);
  const outside = { name: 'New', email: 'new@example.com', department: 'Finance' };
  assert.equal((await visitor.call('POST', '/api/v1/people', outside)).status, 422);
  assert.equal((await visitor.call('POST', '/api/v1/people', { ...outside, department: undefined })).status, 422);
  assert.equal((await visitor.call('POST', '/api/v1/people', { ...outside, department: 'Sales' })).status, 201);
  for (const role of ['hub-people-admin', 'hub-helpdesk', 'hub-owner'])
    for (const departments of [undefined, ['Sales']]) {
      const body = { role, reason: 'more', ...(departments === undefined ? {} : { departments }) };
      const { status } = await visitor.call('POST', `/api/v1/people/${own.id}/roles`, body);
      assert.ok(status === 403 || status === 422, `${role}: ${status}`);
    }
});

test('a file reaches the people of the department alone, and those missing from it are of the department', async () => {
  const visitor = admins.get('hub-people-admin') ?? assert.fail();
  const load = async (csv: string, query = '') =>
    visitor.browser.send(`${hub.issuer}/api/v1/people/import${query}`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', 'x-csrf-token': await token(visitor) },
      body: csv,
    });
  const was = await elsewhere();
  for (const row of [`${foreign.email},${foreign.name},Sales`, `${foreign.email},${foreign.name},Finance`]) {
    const refused = await load(`email,name,department\n${row}\n`);
    assert.equal(refused.status, 422, refused.text);
    assert.match(refused.text, /departments that you administer/);
  }
  const out = await load(`email,name,department\n${own.email},Sam Seller,Finance\n`);
  assert.match(out.text, /has to be one that you administer: Sales/);
  const good = await load(`email,name,department,country\n${own.email},Sam Seller,Sales,PL\n`, '?dryRun=true');
  assert.equal(JSON.parse(good.text).changed, 1, good.text);
  assert.equal(await elsewhere(), was);
});

async function token(visitor: Visitor): Promise<string> {
  const { text } = await visitor.page('GET', '/api/v1/docs');
  return /name="csrf-token" content="([\w-]+)"/.exec(text)?.[1] ?? '';
}
