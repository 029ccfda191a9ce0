/** What a SCIM client must not be able to do (security.md, "Administration, SCIM, roles"), on a hub as it is started. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { effectiveAccess } from '#actions/access/effective.ts';
import { createPerson } from '#actions/people/create.ts';
import { hashOf, newCredential } from '#actions/people/credential.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { issueScimToken, revokeScimToken } from '#actions/scim/tokens.ts';
import { changeSystem } from '#actions/systems/change.ts';
import { createSystem } from '#actions/systems/create.ts';
import type { Origin } from '#domain/audit/event.ts';
import { withDefaults } from '#settings/system.ts';
import { assignments, people, scimTokens } from '#storage/collections.ts';
import { type BootedHub, passphrase } from '#test/support/booted.ts';
import { enterprise, patchOf, type ScimCaller, scimCaller, scimHub, userOf } from '#test/support/scim.ts';
import { visit } from '#test/support/visitor.ts';

const operator: Origin = { actor: { kind: 'operator' } };
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

test('nobody comes in without a live token of the scope, and the refusal says how', async () => {
  for (const [name, token, status] of [
    ['no token', undefined, 401],
    ['a made-up token', 'abc', 401],
    ['a made-up long-lived token', 'ghs_abc', 401],
    ['another scope', await hub.token('hub:read'), 403],
    ['the scope of an administrator', await hub.token('hub:admin'), 403],
  ] as const) {
    const answer = await scimCaller(hub.issuer, token)('GET', '/Users');
    assert.equal(answer.status, status, name);
    assert.deepEqual(answer.body.schemas, ['urn:ietf:params:scim:api:messages:2.0:Error']);
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer realm="gatehouse"/);
  }
  const refused = (await hub.services.store.audit.query({ type: 'request.refused', system: 'robot-hub-read' }))
    .items[0];
  assert.deepEqual(refused?.detail, { error: 'insufficient_scope', endpoint: 'GET /scim/v2' });
  const rest = visit(hub.issuer).withToken(await hub.token('hub:scim', 'hub:read'));
  assert.equal(
    (await rest.call('POST', '/api/v1/people', { email: 'x@example.com' })).status,
    403,
    'hub:scim opens REST no further',
  );
});

test('somebody else is never taken over: by address, by name, by guessing an id', async () => {
  const owner = await hub.person('owner', 'hub-owner');
  const emma = await createPerson(hub.services, operator, {
    email: 'emma@example.com',
    username: 'emma',
    name: 'Emma',
    employeeNumber: 'E-1',
  });
  for (const [what, body] of [
    ['userName that is an address', userOf('emma@example.com')],
    ['userName in another case', userOf('EMMA')],
    ['an address', userOf('someone', { emails: [{ value: 'Emma@Example.com' }] })],
    ['an employee number', userOf('someone', { [enterprise]: { employeeNumber: 'E-1' } })],
    ['an owner', userOf('owner@example.com')],
  ] as const) {
    const answer = await call('POST', '/Users', body);
    assert.deepEqual([answer.status, answer.body.scimType], [409, 'uniqueness'], `${what}: ${answer.text}`);
  }
  for (const id of [emma.id, owner.id])
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', userOf('mine')],
      ['PATCH', patchOf({ op: 'replace', path: 'active', value: false })],
      ['DELETE', undefined],
    ] as const)
      assert.equal((await call(method, `/Users/${id}`, body)).status, 404, `${method} of a person of nobody's`);
  assert.equal((await call('GET', '/Users?filter=userName%20eq%20%22emma%22')).body.totalResults, 0);
  assert.equal((await call('POST', '/Groups', { displayName: 'Mine', members: [{ value: emma.id }] })).status, 400);
  const own = (await call('POST', '/Users', userOf('own'))).body.id;
  const moved = await call('PATCH', `/Users/${own}`, patchOf({ op: 'replace', path: 'userName', value: 'emma' }));
  assert.deepEqual([moved.status, moved.body.scimType], [409, 'uniqueness'], 'nor by a change');
  const before = await person(own);
  const half = await call(
    'PATCH',
    `/Users/${own}`,
    patchOf(
      { op: 'replace', path: 'title', value: 'x' },
      { op: 'replace', path: 'emails', value: [{ value: 'emma@example.com' }] },
    ),
  );
  assert.equal(half.status, 409);
  assert.deepEqual(await person(own), before, 'a patch holds as a whole or not at all');
  const refused = (await hub.services.store.audit.query({ type: 'request.refused', system: 'robot-hub-scim' })).items;
  assert.ok(refused.some(({ detail }) => (detail as { error?: string }).error === 'uniqueness'));
});

test('another client sees nothing of what this one made', async () => {
  const made = (await call('POST', '/Users', userOf('private', { externalId: 'same' }))).body.id;
  const group = (await call('POST', '/Groups', { displayName: 'Private' })).body.id;
  const { token } = await issueScimToken(hub.services, operator, await second(), 30);
  const other = scimCaller(hub.issuer, token);
  assert.equal((await other('GET', '/Users')).body.totalResults, 0);
  for (const path of [`/Users/${made}`, `/Groups/${group}`]) {
    assert.equal((await other('GET', path)).status, 404);
    assert.equal((await other('DELETE', path)).status, 404);
  }
  assert.equal(
    (await other('POST', '/Users', userOf('private2', { externalId: 'same' }))).status,
    201,
    'externalId is each client’s own',
  );
  assert.equal((await other('POST', '/Groups', { displayName: 'Private' })).status, 201);
});

async function second(): Promise<string> {
  await createSystem(
    hub.services,
    operator,
    withDefaults({
      id: 'hr',
      title: 'HR',
      side: 'other',
      clientSecret: 'a-secret-of-the-test',
      machine: { scopes: ['hub:scim'] },
    } as never),
  );
  return 'hr';
}

test('a group or an attribute gives no rights in the hub', async () => {
  const id = (await call('POST', '/Users', userOf('climber', { userType: 'hub-owner' }))).body.id;
  await call('POST', '/Groups', { displayName: 'hub-owner', members: [{ value: id }] });
  assert.equal((await hub.services.store.find(assignments, { where: { person: id } })).items.length, 0);
  assert.equal((await effectiveAccess(hub.services, id)).hub.size, 0);
});

test('a separation rule refuses the whole group change', async () => {
  const policy = `version: 1
domains:
  order: { title: Orders, sides: [crm, erp], actions: [write, approve] }
roles:
  writer: { title: Writer, grants: { crm: ["order:write"] } }
  approver: { title: Approver, grants: { crm: ["order:approve"] } }
assign:
  - { role: writer, when: { groups: Writers } }
  - { role: approver, when: { groups: Approvers } }
separation:
  - { id: four-eyes, title: Four eyes, mode: prevent, conflict: [ { system: crm, permission: "order:write" }, { system: crm, permission: "order:approve" } ] }
`;
  await createSystem(
    hub.services,
    operator,
    withDefaults({
      id: 'crm',
      title: 'CRM',
      side: 'crm',
      clientSecret: 'a-secret-of-the-test',
      redirectUris: ['http://localhost:1/callback'],
    } as never),
  );
  await publishPolicy(hub.services, operator, { text: policy, reason: 'for the test' });
  const ids: string[] = [];
  for (const name of ['wes', 'ann']) ids.push((await call('POST', '/Users', userOf(name))).body.id);
  const [wes = '', ann = ''] = ids;
  await call('POST', '/Groups', { displayName: 'Writers', members: [{ value: wes }] });
  const both = await call('POST', '/Groups', { displayName: 'Approvers', members: [{ value: ann }, { value: wes }] });
  assert.equal(both.status, 409, both.text);
  assert.equal((await call('GET', '/Groups?filter=displayName%20eq%20%22Approvers%22')).body.totalResults, 0);
  assert.equal((await person(ann))?.attributes.groups, undefined, 'nobody of the refused change is in it');
});

test('active: false ends the sessions in the same commit', async () => {
  const id = (await call('POST', '/Users', userOf('sam@example.com', { emails: [{ value: 'sam@example.com' }] }))).body
    .id;
  const stored = await person(id);
  assert.ok(stored);
  const hash = await hashOf(hub.services, { email: 'sam@example.com' }, { password: passphrase });
  await hub.services.store.write({ changes: [newCredential(id, hash ?? '', hub.services.clock.now())] });
  const browser = await visit(hub.issuer).signIn('sam@example.com');
  assert.equal((await browser.page('GET', '/account/password')).status, 200);
  await call('PATCH', `/Users/${id}`, patchOf({ op: 'Replace', path: 'active', value: 'False' }));
  assert.notEqual((await browser.page('GET', '/account/password')).status, 200);
  const ended = (await hub.services.store.audit.query({ type: 'session.ended', person: id })).items;
  assert.equal(ended.length, 1);
});

test('two writes of one version: the second is refused', async () => {
  const made = await call('POST', '/Users', userOf('eta'));
  const path = `/Users/${made.body.id}`;
  const tag = made.headers.get('etag') ?? '';
  assert.equal(tag, made.body.meta.version);
  const fine = await call('PATCH', path, patchOf({ op: 'replace', path: 'title', value: 'a' }), { 'if-match': tag });
  assert.equal(fine.status, 200);
  assert.equal(
    (await call('PATCH', path, patchOf({ op: 'replace', path: 'title', value: 'b' }), { 'if-match': tag })).status,
    412,
  );
  assert.equal((await call('DELETE', path, undefined, { 'if-match': tag })).status, 412);
  assert.equal((await call('GET', path, undefined, { 'if-none-match': fine.headers.get('etag') ?? '' })).status, 304);
  const raced = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      call('PATCH', path, patchOf({ op: 'replace', path: 'title', value: `t${at}` }), {
        'if-match': fine.headers.get('etag') ?? '',
      }),
    ),
  );
  assert.equal(raced.filter(({ status }) => status === 200).length, 1, 'one of twenty');
  assert.ok(raced.every(({ status }) => status === 200 || status === 412));
});

test('one name at twenty at once makes one user', async () => {
  const all = await Promise.all(
    Array.from({ length: 20 }, () => call('POST', '/Users', userOf('twenty', { externalId: 'x-20' }))),
  );
  assert.deepEqual(
    all
      .map(({ status }) => status)
      .sort()
      .slice(0, 2),
    [201, 409],
  );
  assert.equal(all.filter(({ status }) => status === 201).length, 1);
});

test('a deleted user does not come back as somebody else of that name', async () => {
  const first = await call('POST', '/Users', userOf('j.smith', { externalId: 'old' }));
  await call('DELETE', `/Users/${first.body.id}`);
  const second = await call('POST', '/Users', userOf('j.smith', { externalId: 'new' }));
  assert.deepEqual([second.status, second.body.scimType], [409, 'uniqueness']);
  assert.equal((await person(first.body.id))?.status, 'disabled');
});

test('a long-lived token opens SCIM alone, ends, and is kept as a hash', async () => {
  const { token, record } = await issueScimToken(hub.services, operator, 'robot-hub-scim', 1);
  assert.equal((await scimCaller(hub.issuer, token)('GET', '/Users')).status, 200);
  assert.equal(
    (await fetch(`${hub.issuer}/api/v1/people`, { headers: { authorization: `Bearer ${token}` } })).status,
    401,
  );
  const kept = JSON.stringify(await hub.services.store.find(scimTokens, { where: { client: 'robot-hub-scim' } }));
  assert.ok(!kept.includes(token));
  const events = JSON.stringify(await Array.fromAsync(hub.services.store.audit.export({ type: 'credential.added' })));
  assert.ok(events.includes('scim-token') && !events.includes(token));
  await revokeScimToken(hub.services, operator, 'robot-hub-scim', record.id);
  assert.equal((await scimCaller(hub.issuer, token)('GET', '/Users')).status, 401);
  const again = await issueScimToken(hub.services, operator, 'robot-hub-scim', 1);
  await changeSystem(hub.services, operator, 'robot-hub-scim', { enabled: false });
  assert.equal(
    (await scimCaller(hub.issuer, again.token)('GET', '/Users')).status,
    401,
    'a disabled system is no client',
  );
});
