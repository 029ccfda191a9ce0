/** A long run in a hub of its own process: killed half-way, and with a product that dies half-way. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ShownPlan } from '#actions/provisioning/shown.ts';
import { type Place, place } from '#test/support/hub-process.ts';
import { scimProduct } from '#test/support/products/scim.ts';
import { type StandIn, serveProduct } from '#test/support/products/server.ts';

const people = 120;
const policy = `
version: 1
domains: { customer: { title: Customers, sides: [crm], actions: [read] } }
roles: { sales: { title: Sales, grants: { crm: [customer:read] } } }
assign: [{ role: sales, when: { department: Sales } }]
`;

async function company(t: TestContext): Promise<{ product: StandIn; here: Place }> {
  const product = await serveProduct(t, scimProduct('hubspot', ['Sales']));
  const rows = Array.from({ length: people }, (_, at) => `p${at}@example.com,Person ${at},Sales`);
  const env: Record<string, string> = {};
  const here = await place(env);
  const settings = {
    policy: join(here.folder, 'policy.yaml'),
    people: join(here.folder, 'people.csv'),
    systems: [
      {
        ...{ id: 'crm', title: 'CRM', side: 'crm', auth: 'none', redirectUris: ['http://127.0.0.1:1/'] },
        settings: { nativeRoles: { 'customer:read': ['Sales'] } },
        provisioning: {
          ...{ connector: 'scim', dialect: 'hubspot', url: product.url, token: 'the token' },
          ...{ mode: 'on', accounts: 'create', roles: 'replace', check: '0s' },
        },
      },
    ],
  };
  writeFileSync(settings.policy, policy);
  writeFileSync(settings.people, `email,name,department\n${rows.join('\n')}\n`);
  const file = join(here.folder, 'hub.yaml');
  writeFileSync(file, JSON.stringify(settings));
  (here.env as Record<string, string>).HUB_CONFIG = file;
  t.after(async () => here.remove());
  return { product, here };
}

const made = (product: StandIn) => [...product.accounts.values()];
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
};

async function planOf(here: Place): Promise<ShownPlan> {
  const { out, err } = await here.hub('provision', 'plan', 'crm', '--json');
  assert.notEqual(out, '', err);
  return JSON.parse(out) as ShownPlan;
}

test('a run that is killed goes on where it was, and makes nobody twice', { timeout: 120_000 }, async (t) => {
  const { product, here } = await company(t);
  product.delay = 20;
  const first = await here.start();
  await until(() => made(product).length >= people / 3);
  const died = once(first.process, 'exit');
  first.process.kill('SIGKILL');
  await died;
  const before = made(product).length;
  assert.ok(before < people, `${before} of ${people} were made before it died`);
  product.delay = 0;
  const second = await here.start();
  await until(() => made(product).length === people);
  const created = product.asked.filter(({ method, path }) => method === 'POST' && path === '/Users').length;
  // Requests under way when it was killed are perhaps made again, and refused by the product.
  assert.ok(created <= people + 16, `${created} requests to create`);
  assert.equal(new Set(made(product).map(({ login }) => login)).size, people);
  await second.stop();
});

test('a product that dies half-way leaves a plan that says what is done, and is finished when it is back', {
  timeout: 120_000,
}, async (t) => {
  const { product, here } = await company(t);
  product.disturb = ({ method }) => (method === 'POST' && made(product).length >= people / 2 ? 'drop' : undefined);
  const hub = await here.start();
  await until(() => made(product).length >= people / 2);
  const plan = await planOf(here);
  assert.deepEqual(
    [plan.create.length, plan.create.length + plan.same + plan.link.length],
    [people - made(product).length, people],
  );
  const applied = await here.hub('provision', 'apply', 'crm', '--json');
  assert.equal(applied.code, 1, 'the command says that it is not finished');
  const told = JSON.parse(applied.out) as ShownPlan & { waiting: number; away?: string };
  assert.ok(told.waiting > 0 && /cannot be reached/.test(told.away ?? ''), applied.out.slice(-300));
  product.disturb = undefined;
  const finished = await here.hub('provision', 'apply', 'crm');
  assert.equal(finished.code, 0, finished.out + finished.err);
  assert.match(finished.out, /Done, and read again in the product/);
  assert.equal(made(product).length, people);
  assert.ok(made(product).every(({ roles, active }) => active && roles.join() === 'Sales'));
  await hub.stop();
});
