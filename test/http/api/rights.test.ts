/** What the table of routes and roles cannot say: limits that depend on whom or what an act is about. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createSystem } from '#actions/systems/create.ts';
import { manualClock } from '#platform/clock.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import { type BootedHub, bootHub } from '#test/support/booted.ts';
import { type Visitor, visit } from '#test/support/visitor.ts';

const endings: (() => Promise<void>)[] = [];
const clock = manualClock(Date.now());
let hub: BootedHub;

before(async () => {
  hub = await bootHub({ after: (end) => endings.push(end) }, { clock });
});

after(async () => {
  for (const end of endings) await end();
});

async function signedIn(name: string, ...roles: string[]): Promise<Visitor & { id: string }> {
  const { id, email = '' } = await hub.person(name, ...roles);
  return Object.assign(await visit(hub.issuer).signIn(email), { id });
}

async function sessionsOf(id: string): Promise<string[]> {
  const owner = await visit(hub.issuer).signIn('reader@example.com');
  const { body } = await owner.call('GET', `/api/v1/people/${id}/sessions`);
  return body.items.map((session: { id: string }) => session.id);
}

test('the help desk ends sessions, but of nobody with rights in the hub', async () => {
  await hub.person('reader', 'hub-auditor');
  const desk = await signedIn('desk', 'hub-helpdesk');
  const employee = await signedIn('worker');
  for (const role of ['hub-owner', 'hub-helpdesk', 'hub-auditor']) {
    const holder = await signedIn(`holder-${role}`, role);
    const [session] = await sessionsOf(holder.id);
    for (const path of [`/api/v1/people/${holder.id}/sessions`, `/api/v1/people/${holder.id}/sessions/${session}`]) {
      const refused = await desk.call('DELETE', path);
      assert.equal(refused.status, 403, path);
    }
    assert.deepEqual(await sessionsOf(holder.id), [session], `${role} is still signed in`);
  }
  const [session] = await sessionsOf(employee.id);
  const other = await signedIn('another-worker');
  assert.equal((await desk.call('DELETE', `/api/v1/people/${other.id}/sessions/${session}`)).status, 404, 'not theirs');
  assert.equal((await desk.call('DELETE', `/api/v1/people/${employee.id}/sessions/${session}`)).status, 204);
  assert.deepEqual(await sessionsOf(employee.id), []);
  assert.equal((await employee.browser.get(`${hub.issuer}/account/access`)).status, 303, 'they have to sign in again');
});

test('a people administrator changes nobody who holds more', async () => {
  const admin = await signedIn('people-admin', 'hub-people-admin');
  const author = await hub.person('author', 'hub-policy-author');
  for (const change of [{ email: 'mine@example.com' }, { status: 'disabled' }]) {
    const refused = await admin.call('PATCH', `/api/v1/people/${author.id}`, change, { 'if-match': '*' });
    assert.equal(refused.status, 403, refused.text);
  }
  const given = await admin.call('POST', `/api/v1/people/${admin.id}/roles`, { role: 'hub-owner', reason: 'because' });
  assert.equal(given.status, 403, 'nor gives themselves a role of the hub');
  assert.equal((await admin.call('GET', '/api/v1/audit')).status, 403);
});

test('a systems administrator cannot make or take over a system with scopes of the hub', async () => {
  const admin = await signedIn('systems-admin', 'hub-systems-admin');
  const robot = { id: 'robot', title: 'Robot', side: 'other', clientSecret: 'a-long-enough-secret' };
  const scoped = { ...robot, machine: { scopes: ['hub:admin'] } };
  assert.equal((await admin.call('POST', '/api/v1/systems', scoped)).status, 403);
  assert.equal(
    (await admin.call('POST', '/api/v1/systems', { ...scoped, machine: { scopes: ['hub:scim'] } })).status,
    403,
  );
  assert.equal(
    (await admin.call('POST', '/api/v1/systems', { ...robot, machine: { scopes: ['own:scope'] } })).status,
    201,
  );
  const raised = await admin.call('PATCH', '/api/v1/systems/robot', { machine: scoped.machine }, { 'if-match': '"1"' });
  assert.equal(raised.status, 403, raised.text);
  const strong = { ...scoped, id: 'strong', clientId: 'strong' };
  const operator = { actor: { kind: 'operator' } } as const;
  await createSystem(hub.services, operator, withDefaults(strong as unknown as SystemInput));
  const taken = await admin.call(
    'PATCH',
    '/api/v1/systems/strong',
    { clientSecret: 'mine-and-mine-only' },
    { 'if-match': '"1"' },
  );
  assert.equal(taken.status, 403, 'its secret is as good as its scopes');
  const dropped = await admin.call(
    'PATCH',
    '/api/v1/systems/strong',
    { machine: { scopes: ['x'] } },
    { 'if-match': '"1"' },
  );
  assert.equal(dropped.status, 403);
});

test('a change by session needs the form token of this browser', async () => {
  const owner = await signedIn('owner', 'hub-owner');
  const path = `${hub.issuer}/api/v1/people`;
  const send = (headers: Record<string, string>) =>
    owner.browser.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{}',
    });
  const other = visit(hub.issuer);
  const foreign = /csrf-token" content="([\w-]+)"/.exec(
    (await other.browser.get(`${hub.issuer}/api/v1/docs`)).text,
  )?.[1];
  assert.equal((await send({})).status, 403);
  assert.equal((await send({ 'x-csrf-token': 'x' })).status, 403);
  assert.equal((await send({ 'x-csrf-token': foreign ?? '' })).status, 403);
  assert.equal((await owner.call('POST', '/api/v1/people', {})).status, 422);
});

test('dangerous acts need a fresh sign-in, and refusing them is on record', async () => {
  const owner = await signedIn('second-owner', 'hub-owner');
  assert.equal((await owner.call('GET', '/api/v1/audit/export')).status, 200);
  clock.advance(11 * 60_000);
  for (const [method, path] of [
    ['GET', '/api/v1/audit/export'],
    ['POST', '/api/v1/keys/rotate'],
  ] as const) {
    const refused = await owner.call(method, path);
    assert.equal(refused.status, 403);
    assert.equal(refused.body.code, 'fresh-sign-in-required');
  }
  assert.equal((await owner.call('GET', '/api/v1/audit')).status, 200, 'reading goes on');
  const { items } = await hub.services.store.audit.query({ type: 'request.refused', person: owner.id });
  assert.deepEqual(
    items.map(({ detail, session, outcome }) => [detail?.endpoint, detail?.error, session !== undefined, outcome]),
    [
      ['POST /api/v1/keys/rotate', 'fresh-sign-in-required', true, 'denied'],
      ['GET /api/v1/audit/export', 'fresh-sign-in-required', true, 'denied'],
    ],
  );
});

test('a role of the hub moves with a merge, and back, only after a fresh sign-in', async (t) => {
  const later = manualClock(Date.now());
  const own = await bootHub(t, { clock: later });
  await own.person('owner', 'hub-owner');
  const [one, two] = [await own.person('one'), await own.person('two', 'hub-auditor')];
  const owner = await visit(own.issuer).signIn('owner@example.com');
  const rolesOf = async ({ id }: { id: string }): Promise<string[]> => {
    const { body } = await owner.call('GET', `/api/v1/people/${id}/roles`);
    return body.items.map((held: { id: string }) => held.id);
  };
  const [role = ''] = await rolesOf(two);
  const join = () =>
    owner.call('POST', `/api/v1/people/${one.id}/merge`, { other: two.id, roles: [role], reason: 'one person' });
  const undoing = (id: string) => owner.call('POST', `/api/v1/people/${one.id}/merges/${id}/undo`, {});
  const first = await join();
  assert.equal(first.status, 200, first.text);
  assert.equal((await undoing(first.body.id)).status, 200);
  const second = await join();
  later.advance(11 * 60_000);
  assert.equal((await undoing(second.body.id)).body.code, 'fresh-sign-in-required');
  await owner.page('POST', `/admin/people/${one.id}/merges/${second.body.id}/undo`, { version: '1' });
  assert.deepEqual(await rolesOf(one), [role], 'nothing moved back');
  const [three, four] = [await own.person('three'), await own.person('four', 'hub-auditor')];
  const [other = ''] = await rolesOf(four);
  const ask = { other: four.id, reason: 'one person' };
  const refused = await owner.call('POST', `/api/v1/people/${three.id}/merge`, { ...ask, roles: [other] });
  assert.equal(refused.body.code, 'fresh-sign-in-required');
  const versions = { version: String(three.version), otherVersion: String(four.version + 1) };
  await owner.page('POST', `/admin/people/${three.id}/merge`, { ...ask, ...versions, [`role.${other}`]: 'other' });
  assert.deepEqual(await rolesOf(four), [other], 'nothing moved');
});

test('who is disabled is out at once', async () => {
  const admin = await signedIn('third-owner', 'hub-owner');
  const gone = await signedIn('leaver', 'hub-auditor');
  assert.equal((await gone.call('GET', '/api/v1/audit')).status, 200);
  const done = await admin.call('PATCH', `/api/v1/people/${gone.id}`, { status: 'disabled' }, { 'if-match': '*' });
  assert.equal(done.status, 200, done.text);
  assert.equal((await gone.call('GET', '/api/v1/audit')).status, 401);
});
