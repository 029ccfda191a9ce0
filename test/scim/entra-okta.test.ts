/** What Microsoft Entra and Okta send, as tables of requests and answers, on a hub as it is started. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { people } from '#storage/collections.ts';
import type { BootedHub } from '#test/support/booted.ts';
import { enterprise, patchOf, type ScimCaller, scimHub, userOf } from '#test/support/scim.ts';

const endings: (() => Promise<void>)[] = [];
let hub: BootedHub;
let call: ScimCaller;

before(async () => {
  ({ hub, call } = await scimHub({ after: (end) => endings.push(end) }));
});
after(async () => {
  for (const end of endings) await end();
});

const person = (id: string) => hub.services.store.get(people, id);

test('Entra: find, create, change in its dialect, disable, enable, delete', async () => {
  const asked = await call('GET', '/Users?filter=userName%20eq%20%22mia%40contoso.example%22');
  assert.deepEqual([asked.status, asked.body.totalResults, asked.body.Resources], [200, 0, []]);

  const made = await call('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', enterprise],
    externalId: 'mia',
    userName: 'mia@contoso.example',
    active: true,
    displayName: 'Mia Lund',
    emails: [{ primary: true, type: 'work', value: 'mia.lund@contoso.example' }],
    name: { formatted: 'Mia Lund', familyName: 'Lund', givenName: 'Mia' },
    [enterprise]: { department: 'Sales', employeeNumber: 'E-7' },
    meta: { resourceType: 'User' },
    roles: [{ value: 'hub-owner' }],
  });
  assert.equal(made.status, 201, made.text);
  assert.equal(made.headers.get('location'), `${hub.issuer}/scim/v2/Users/${made.body.id}`);
  assert.equal(made.headers.get('content-type'), 'application/scim+json; charset=utf-8');
  const { id } = made.body;
  const stored = await person(id);
  assert.deepEqual(
    [stored?.email, stored?.username, stored?.name, stored?.department, stored?.employeeNumber, stored?.emailVerified],
    ['mia.lund@contoso.example', 'mia@contoso.example', 'Mia Lund', 'Sales', 'E-7', false],
  );

  const manager = await call('POST', '/Users', userOf('boss@contoso.example', { externalId: 'boss' }));
  const steps: readonly [
    string,
    object,
    (user: NonNullable<Awaited<ReturnType<typeof person>>>) => unknown,
    unknown,
  ][] = [
    ['a title', { op: 'Add', path: 'title', value: 'Buyer' }, (one) => one.jobTitle, 'Buyer'],
    [
      'an address by its type',
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'lund@contoso.example' },
      (one) => one.email,
      'lund@contoso.example',
    ],
    [
      'the department',
      { op: 'Replace', path: `${enterprise}:department`, value: 'Buying' },
      (one) => one.department,
      'Buying',
    ],
    [
      'the manager',
      { op: 'Add', path: `${enterprise}:manager`, value: manager.body.id },
      (one) => one.manager,
      'boss@contoso.example',
    ],
    ['no manager', { op: 'Remove', path: `${enterprise}:manager` }, (one) => one.manager, undefined],
    [
      'several as an object',
      { op: 'Add', value: { displayName: 'Mia L.', [`${enterprise}:costCenter`]: '77' } },
      (one) => [one.name, one.attributes.costCenter],
      ['Mia L.', '77'],
    ],
    ['disabled by a text', { op: 'Replace', path: 'active', value: 'False' }, (one) => one.status, 'disabled'],
    ['enabled by a text', { op: 'Replace', path: 'active', value: 'True' }, (one) => one.status, 'active'],
  ];
  for (const [name, operation, read, right] of steps) {
    const answer = await call('PATCH', `/Users/${id}`, patchOf(operation));
    assert.equal(answer.status, 200, `${name}: ${answer.text}`);
    const now = await person(id);
    assert.ok(now);
    assert.deepEqual(read(now), right, name);
  }
  assert.equal((await call('DELETE', `/Users/${id}`)).status, 204);
  assert.equal((await call('GET', `/Users/${id}`)).status, 404);
  assert.equal((await person(id))?.status, 'disabled', 'disabled, never erased');

  const again = await call(
    'POST',
    '/Users',
    userOf('mia@contoso.example', { externalId: 'mia', displayName: 'Mia Lund' }),
  );
  assert.deepEqual([again.status, again.body.id], [201, id], 'the same user comes back to the same account');
  assert.equal((await person(id))?.status, 'active');
});

test('Okta: find, create, PUT, disable by PUT and by PATCH, PATCH without a path', async () => {
  const found = await call('GET', '/Users?filter=userName%20eq%20%22ola%40okta.example%22&startIndex=1&count=100');
  assert.equal(found.body.totalResults, 0);
  const user = userOf('ola@okta.example', {
    name: { givenName: 'Ola', familyName: 'Berg' },
    emails: [{ primary: true, value: 'ola@okta.example', type: 'work' }],
    displayName: 'Ola Berg',
    locale: 'nb-NO',
    externalId: '00u1',
    groups: [],
    password: '1mz050nq',
    active: true,
  });
  const made = await call('POST', '/Users', user);
  assert.equal(made.status, 201, made.text);
  assert.doesNotMatch(made.text, /password|1mz050nq/);
  const { id } = made.body;
  assert.equal((await person(id))?.username, undefined, 'the address alone is the login');

  const put = await call('PUT', `/Users/${id}`, { ...user, title: 'Cook' });
  assert.deepEqual([put.status, put.body.title], [200, 'Cook'], put.text);
  const cut = await call('PUT', `/Users/${id}`, user);
  assert.equal(cut.body.title, undefined, 'PUT unassigns what it leaves out');

  for (const [how, method, body] of [
    ['by PATCH', 'PATCH', patchOf({ op: 'replace', value: { active: false } })],
    ['by PUT', 'PUT', { ...user, active: false }],
  ] as const) {
    await call('PATCH', `/Users/${id}`, patchOf({ op: 'replace', value: { active: true } }));
    const off = await call(method, `/Users/${id}`, body);
    assert.deepEqual([off.status, off.body.active, (await person(id))?.status], [200, false, 'disabled'], how);
  }
  const seen = await call('GET', '/Users?filter=userName%20eq%20%22OLA%40okta.example%22');
  assert.deepEqual([seen.body.totalResults, seen.body.Resources[0].id], [1, id]);
});

test('group push: members come and go in each dialect, and rules of the policy see the group', async () => {
  const ids: string[] = [];
  for (const name of ['gus', 'gia', 'gil']) ids.push((await call('POST', '/Users', userOf(name))).body.id);
  const [gus = '', gia = '', gil = ''] = ids;
  const made = await call('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Field sales',
    externalId: 'g-1',
    members: [{ value: gus }],
  });
  assert.equal(made.status, 201, made.text);
  const group = `/Groups/${made.body.id}`;
  const members = async () =>
    new Set(((await call('GET', group)).body.members ?? []).map((one: { value: string }) => one.value));
  const groupsOf = async (id: string) => (await person(id))?.attributes.groups;
  assert.deepEqual(await groupsOf(gus), ['Field sales']);

  const steps: readonly [string, object, string[]][] = [
    ['Okta adds', { op: 'add', path: 'members', value: [{ value: gia }, { value: gil, display: 'gil' }] }, ids],
    ['added twice', { op: 'Add', path: 'members', value: [{ value: gia }] }, ids],
    ['Entra removes by a value', { op: 'Remove', path: 'members', value: [{ value: gia }] }, [gus, gil]],
    ['removed by a filter', { op: 'remove', path: `members[value eq "${gil}"]` }, [gus]],
    ['Okta replaces', { op: 'replace', path: 'members', value: [{ value: gil }] }, [gil]],
    ['without a path', { op: 'add', value: { members: [{ value: gus }] } }, [gil, gus]],
  ];
  for (const [name, operation, right] of steps) {
    const answer = await call('PATCH', group, patchOf(operation));
    assert.equal(answer.status, 204, `${name}: ${answer.text}`);
    assert.deepEqual(await members(), new Set(right), name);
  }
  const renamed = await call(
    'PATCH',
    group,
    patchOf({ op: 'replace', value: { id: made.body.id, displayName: 'Field' } }),
  );
  assert.deepEqual([renamed.status, renamed.body.displayName], [200, 'Field'], renamed.text);
  assert.deepEqual([await groupsOf(gus), await groupsOf(gia)], [['Field'], undefined]);
  const user = await call('GET', `/Users/${gus}`);
  assert.deepEqual(
    user.body.groups.map((one: { display: string }) => one.display),
    ['Field'],
  );
  assert.equal(
    (await call('GET', `/Groups?filter=displayName%20eq%20%22field%22&excludedAttributes=members`)).body.totalResults,
    1,
  );
  assert.equal((await call('DELETE', group)).status, 204);
  assert.equal(await groupsOf(gus), undefined);
  assert.equal((await person(gus))?.status, 'active', 'who was in a deleted group stays');
  const events = await Array.fromAsync(hub.services.store.audit.export({ type: 'scim.' }));
  assert.ok(events.some(({ type, system }) => type === 'scim.group-created' && system === 'robot-hub-scim'));
});

test('a bulk request makes users and puts them into a group by bulkId', async () => {
  const bulk = (Operations: object[], more: object = {}) =>
    call('POST', '/Bulk', { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations, ...more });
  const done = await bulk([
    { method: 'POST', path: '/Users', bulkId: 'u', data: userOf('bo') },
    { method: 'POST', path: '/Groups', bulkId: 'g', data: { displayName: 'Bulk', members: [{ value: 'bulkId:u' }] } },
    { method: 'PATCH', path: '/Users/bulkId:u', data: patchOf({ op: 'replace', path: 'title', value: 'Chef' }) },
    { method: 'POST', path: '/Users', bulkId: 'twice', data: userOf('bo') },
    { method: 'DELETE', path: '/Users/bulkId:never' },
  ]);
  assert.deepEqual(
    done.body.Operations.map((one: { status: string }) => one.status),
    ['201', '201', '200', '409', '409'],
    done.text,
  );
  assert.equal(done.body.Operations[3].response.scimType, 'uniqueness');
  const stopped = await bulk(
    [
      { method: 'POST', path: '/Users', bulkId: 'a', data: userOf('bo') },
      { method: 'POST', path: '/Users', bulkId: 'b', data: userOf('bea') },
    ],
    { failOnErrors: 1 },
  );
  assert.equal(stopped.body.Operations.length, 1);
  const nested = await bulk([{ method: 'POST', path: '/Bulk', bulkId: 'x', data: {} }]);
  assert.equal(nested.status, 400);
  const many = await bulk(Array(1001).fill({ method: 'DELETE', path: '/Users/x' }));
  assert.deepEqual([many.status, many.body.scimType], [413, 'tooMany']);
});
