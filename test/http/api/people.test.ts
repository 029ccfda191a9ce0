/** People over REST, on a hub as it is started, by the token of a system. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assignRole } from '#actions/assignments/assign.ts';
import type { AuditEvent } from '#domain/audit/event.ts';
import { type BootedHub, bootHub } from '#test/support/booted.ts';
import { type Visitor, visit } from '#test/support/visitor.ts';

const endings: (() => Promise<void>)[] = [];
let hub: BootedHub;
let admin: Visitor;

before(async () => {
  hub = await bootHub({ after: (end) => endings.push(end) });
  admin = visit(hub.issuer).withToken(await hub.token('hub:admin'));
});

after(async () => {
  for (const end of endings) await end();
});

async function newest(type: string): Promise<AuditEvent | undefined> {
  return (await hub.services.store.audit.query({ type, limit: 1 })).items[0];
}

test('a person is made, read, changed, disabled, and each act is on record', async () => {
  const made = await admin.call('POST', '/api/v1/people', {
    email: 'Mia.Lund@example.com',
    name: 'Mia Lund',
    department: 'Sales',
    attributes: { region: 'North', teams: ['a', 'b'] },
    password: 'a passphrase that nobody knows',
  });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.headers.get('etag'), '"1"');
  assert.equal(made.headers.get('location'), `${hub.issuer}/api/v1/people/${made.body.id}`);
  assert.doesNotMatch(made.text, /passphrase|argon2|logins|searchTerms|sortName/);
  assert.deepEqual((await newest('person.created'))?.actor, { kind: 'system', id: 'robot-hub-admin' });

  const path = `/api/v1/people/${made.body.id}`;
  const read = await admin.call('GET', path);
  assert.deepEqual(read.body, made.body);

  const changed = await admin.call(
    'PATCH',
    path,
    { department: null, jobTitle: 'Buyer', attributes: { region: null } },
    { 'if-match': '"1"' },
  );
  assert.equal(changed.status, 200, changed.text);
  assert.equal(changed.headers.get('etag'), `"${changed.body.version}"`);
  assert.equal(changed.body.department, undefined);
  assert.equal(changed.body.jobTitle, 'Buyer');
  assert.deepEqual(changed.body.attributes, { teams: ['a', 'b'] });

  const stale = await admin.call('PATCH', path, { jobTitle: 'Lead' }, { 'if-match': '"1"' });
  assert.equal(stale.status, 412);
  const disabled = await admin.call('PATCH', path, { status: 'disabled' }, { 'if-match': `"${changed.body.version}"` });
  assert.equal(disabled.body.status, 'disabled');
  assert.equal((await newest('person.disabled'))?.subject?.id, made.body.id);
});

test('two changes of one version at once: one is made, the other is stale', async () => {
  const { id } = await hub.person('race');
  const path = `/api/v1/people/${id}`;
  const change = (jobTitle: string) => admin.call('PATCH', path, { jobTitle }, { 'if-match': '"1"' });
  const statuses = (await Promise.all(['a', 'b', 'c', 'd', 'e'].map(change))).map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, 412, 412, 412, 412]);
});

const refusals: [what: string, body: object, status: number, path: string][] = [
  ['nothing to sign in with', { name: 'X' }, 422, 'email'],
  ['a bad e-mail', { email: 'x', name: 'X' }, 422, 'email'],
  ['an unknown key', { email: 'x@example.com', hub: true }, 422, 'hub'],
  ['another status', { email: 'x@example.com', status: 'owner' }, 422, 'status'],
  ['an id of one’s own', { email: 'x@example.com', id: 'x' }, 422, 'id'],
  ['an attribute that is a query', { email: 'x@example.com', attributes: { a: { $ne: '' } } }, 422, 'attributes.a'],
];
for (const [what, body, status, path] of refusals) {
  test(`a new person with ${what} is refused`, async () => {
    const refused = await admin.call('POST', '/api/v1/people', body);
    assert.equal(refused.status, status, refused.text);
    assert.ok(
      refused.body.errors.some((fault: { path: string }) => fault.path === path),
      refused.text,
    );
  });
}

test('an e-mail that somebody has, in another spelling, is refused', async () => {
  await hub.person('taken');
  const refused = await admin.call('POST', '/api/v1/people', { email: 'TAKEN@example.com', name: 'X' });
  assert.equal(refused.status, 409);
  assert.equal(refused.body.code, 'already-exists');
});

test('lists are searched, filtered, sorted and paged', async () => {
  for (let index = 0; index < 7; index += 1) {
    const body = { email: `list-${index}@example.com`, name: `Quill Nr${index}`, department: index < 5 ? 'Q1' : 'Q2' };
    assert.equal((await admin.call('POST', '/api/v1/people', body)).status, 201);
  }
  const names = async (query: string): Promise<string[]> => {
    const { status, body, text } = await admin.call('GET', `/api/v1/people?${query}`);
    assert.equal(status, 200, text);
    return body.items.map((one: { name: string }) => one.name);
  };
  assert.equal((await names('q=quill')).length, 7);
  assert.deepEqual(await names('q=nr3+QUI'), ['Quill Nr3']);
  assert.deepEqual(await names('q=list-4'), ['Quill Nr4']);
  assert.equal((await names('q=quill&department=Q1')).length, 5);
  assert.deepEqual(await names('q=quill&department=Q2&sort=-name'), ['Quill Nr6', 'Quill Nr5']);
  assert.deepEqual(await names('q=quill&status=disabled'), []);
  assert.deepEqual(await names('q=.*'), []);
  assert.deepEqual(await names('q=%25'), []);

  const seen: string[] = [];
  let next: string | null = '';
  while (next !== null) {
    const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`;
    const { body } = await admin.call('GET', `/api/v1/people?q=quill&limit=3${cursor}`);
    seen.push(...body.items.map((one: { name: string }) => one.name));
    next = body.next;
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 7 }, (_, index) => `Quill Nr${index}`),
  );
  assert.equal((await admin.call('GET', '/api/v1/people?cursor=bogus')).status, 400);
  assert.equal((await admin.call('GET', '/api/v1/people?sort=logins')).status, 400);
});

test('a role is given, shown with its reason, and taken through its owner alone', async () => {
  const { id } = await hub.person('holder');
  const other = await hub.person('other');
  const given = await admin.call('POST', `/api/v1/people/${id}/roles`, {
    role: 'sales-rep',
    from: '2020-01-01',
    until: '2099-01-01T12:00:00Z',
    reason: 'covers for Mia',
  });
  assert.equal(given.status, 201, given.text);
  assert.equal(given.body.from, '2020-01-01T00:00:00.000Z');
  assert.equal(given.body.until, '2099-01-01T12:00:00.000Z');
  assert.equal(given.body.by, 'system:robot-hub-admin');
  const access = await admin.call('GET', `/api/v1/people/${id}/access`);
  assert.ok(access.body.roles.includes('sales-rep'));
  const assignment = given.body.id;
  for (const method of ['GET', 'DELETE']) {
    assert.equal((await admin.call(method, `/api/v1/people/${other.id}/roles/${assignment}`)).status, 404, method);
  }
  assert.equal(
    (await admin.call('DELETE', `/api/v1/people/${id}/roles/${assignment}`, undefined, { 'if-match': '"9"' })).status,
    412,
  );
  assert.equal((await admin.call('DELETE', `/api/v1/people/${id}/roles/${assignment}`)).status, 204);
  assert.deepEqual((await admin.call('GET', `/api/v1/people/${id}/roles`)).body.items, []);
  assert.equal((await newest('role.withdrawn'))?.subject?.id, id);
});

const badRoles: [what: string, body: object, path: string][] = [
  ['no reason', { role: 'sales-rep' }, 'reason'],
  ['an empty reason', { role: 'sales-rep', reason: ' ' }, 'reason'],
  ['an unknown role', { role: 'emperor', reason: 'x' }, 'role'],
  ['a day that does not exist', { role: 'sales-rep', reason: 'x', until: '2099-02-30' }, 'until'],
  ['a local time', { role: 'sales-rep', reason: 'x', until: '2099-01-01T00:00:00+02:00' }, 'until'],
  ['an actor of one’s own', { role: 'sales-rep', reason: 'x', by: 'operator' }, 'by'],
];
for (const [what, body, path] of badRoles) {
  test(`a role with ${what} is refused`, async () => {
    const { id } = await hub.person(`role-${badRoles.findIndex(([name]) => name === what)}`);
    const refused = await admin.call('POST', `/api/v1/people/${id}/roles`, body);
    assert.equal(refused.status, 422, refused.text);
    assert.ok(
      refused.body.errors.some((fault: { path: string }) => fault.path === path),
      refused.text,
    );
  });
}

test('hub:admin neither gives nor takes roles of the hub', async () => {
  const { id } = await hub.person('climber');
  for (const role of ['hub-owner', 'hub-helpdesk']) {
    const refused = await admin.call('POST', `/api/v1/people/${id}/roles`, { role, reason: 'because' });
    assert.equal(refused.status, 403, refused.text);
  }
  const held = await assignRole(hub.services, { actor: { kind: 'operator' } }, id, {
    role: 'hub-auditor',
    reason: 'x',
  });
  assert.equal((await admin.call('DELETE', `/api/v1/people/${id}/roles/${held.id}`)).status, 403);
});

test('the last owner stays', async () => {
  const { id, version } = await hub.person('the-owner', 'hub-owner');
  const stays = await admin.call('PATCH', `/api/v1/people/${id}`, { status: 'disabled' }, { 'if-match': '*' });
  assert.equal(stays.status, 409, `${version} ${stays.text}`);
  assert.equal(stays.body.code, 'last-admin');
  const refused = await newest('request.refused');
  assert.deepEqual(refused?.detail, { error: 'last-admin', endpoint: 'PATCH /api/v1/people/{id}' });
  assert.deepEqual(refused?.subject, { id });
  assert.equal(refused?.personal?.subject, 'the-owner <the-owner@example.com>');
});

test('a CSV is taken in whole or not at all, and says which line is bad', async () => {
  const send = (query: string, csv: string) =>
    admin.browser.send(`${hub.issuer}/api/v1/people/import${query}`, {
      method: 'POST',
      headers: { ...admin.headers, 'content-type': 'text/csv' },
      body: csv,
    });
  const csv = 'email,name,team\nimp-1@example.com,One,=1+1\nnot-an-address,Two,b\nimp-3@example.com,Three,c\n';
  const refused = await send('', csv);
  assert.equal(refused.status, 422, refused.text);
  assert.equal(JSON.parse(refused.text).errors[0].line, 3);
  assert.equal((await admin.call('GET', '/api/v1/people?q=imp-')).body.items.length, 0);
  const tried = await send('?dryRun=true&skipBad=true', csv);
  assert.deepEqual([tried.status, JSON.parse(tried.text).created], [200, 2]);
  assert.equal((await admin.call('GET', '/api/v1/people?q=imp-')).body.items.length, 0);
  const loaded = await send('?skipBad=true', csv);
  assert.deepEqual([loaded.status, JSON.parse(loaded.text).created, JSON.parse(loaded.text).skipped], [200, 2, 1]);
  assert.equal((await admin.call('GET', '/api/v1/people?q=imp-')).body.items.length, 2);
  assert.equal((await send('?skipBad=maybe', csv)).status, 400);
  assert.equal((await send('', 'x'.repeat(17 * 1024 * 1024))).status, 413);
});
