/** Every route × every role (routes.table.ts), over a hub as it is started. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createSource } from '#actions/sources/create.ts';
import { createSystem } from '#actions/systems/create.ts';
import { hubRoles } from '#domain/hub-roles.ts';
import { adminRoutes } from '#http/admin/routes.ts';
import { apiRoutes } from '#http/api/routes.ts';
import { type SourceInput, sourceWithDefaults } from '#settings/source.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import { type BootedHub, bootHub } from '#test/support/booted.ts';
import { type Visitor, visit } from '#test/support/visitor.ts';
import { apiRows, pageRows, type Row } from './routes.table.ts';

const endings: (() => Promise<void>)[] = [];
const visitors = new Map<string, Visitor>();
let hub: BootedHub;
/** Path parameters: somebody without rights, and things that are not there. */
let things: Record<string, string> = {};

before(async () => {
  hub = await bootHub({ after: (end) => endings.push(end) });
  const target = await hub.person('target');
  for (const role of Object.keys(hubRoles)) {
    const { email = '' } = await hub.person(`a-${role}`, role);
    visitors.set(role, await visit(hub.issuer).signIn(email));
  }
  const { email = '' } = await hub.person('employee');
  visitors.set('employee', await visit(hub.issuer).signIn(email));
  visitors.set('nobody', visit(hub.issuer));
  for (const scope of ['hub:read', 'hub:admin'])
    visitors.set(scope, visit(hub.issuer).withToken(await hub.token(scope)));
  const bare = { id: 'a-system', title: 'A system', side: 'other', auth: 'none', redirectUris: ['https://a.example/'] };
  await createSystem(hub.services, { actor: { kind: 'operator' } }, withDefaults(bare as unknown as SystemInput));
  const source = { id: 'a-source', title: 'A source', provider: 'oidc', issuer: 'http://localhost:9', clientId: 'hub' };
  await createSource(
    hub.services,
    { actor: { kind: 'operator' } },
    sourceWithDefaults({ ...source, auth: 'none' } as SourceInput),
  );
  things = {
    id: target.id,
    number: '1',
    assignment: 'none',
    session: 'none',
    credential: 'none',
    proposal: 'none',
    merge: 'none',
    separation: 'none',
    request: 'none',
    review: 'none',
    item: 'none',
    use: 'none',
    token: 'none',
  };
});

after(async () => {
  for (const end of endings) await end();
});

function visitor(name: string): Visitor {
  return visitors.get(name) ?? assert.fail(`there is no ${name}`);
}

function filled({ path }: Row): string {
  const values: Record<string, string> = path.includes('/systems/')
    ? { ...things, id: 'a-system' }
    : path.includes('/sources/')
      ? { ...things, id: 'a-source' }
      : things;
  return path.replace(/\{(\w+)\}|:(\w+)/g, (_, braced, colon) => values[braced ?? colon] ?? assert.fail(path));
}

const bodies: Readonly<Record<string, object>> = {
  POST: { thisKeyIsUnknown: true },
  PATCH: {},
};

test('every route has its row, and every row its route', () => {
  const named = ({ method, path }: { method: string; path: string }) => `${method.toUpperCase()} ${path}`;
  assert.deepEqual(apiRows.map(named).sort(), apiRoutes.map(named).sort());
  assert.deepEqual(pageRows.map(named).sort(), adminRoutes.map(named).sort());
});

for (const row of apiRows) {
  test(`${row.method} /api/v1${row.path}`, async () => {
    const expected = { nobody: 401, employee: 403, ...statuses(row) };
    const got: Record<string, number> = {};
    for (const name of Object.keys(expected)) {
      const { status } = await visitor(name).call(row.method, `/api/v1${filled(row)}`, bodies[row.method]);
      got[name] = status;
    }
    assert.deepEqual(got, expected);
  });
}

for (const row of pageRows) {
  test(`${row.method} ${row.path}`, async () => {
    // Who is not signed in is sent to sign in from a page, and refused by a form.
    const expected = { nobody: row.method === 'GET' ? 303 : 401, employee: 403, ...statuses(row) };
    const got: Record<string, number> = {};
    for (const name of Object.keys(expected)) {
      const { status } = await visitor(name).page(row.method, filled(row));
      got[name] = status;
    }
    assert.deepEqual(got, expected);
  });
}

function statuses({ status, may }: Row): Record<string, number> {
  return Object.fromEntries(Object.entries(may).map(([caller, allowed]) => [caller, allowed ? status : 403]));
}
