/**
 * How long a plan for many accounts takes, and carrying it into a product that answers in 50 ms with 8 requests in flight:
 * `node test/bench/apart/provisioning.ts [accounts]`.
 */
import { fileURLToPath } from 'node:url';
import { importPeople } from '#actions/people/import/import.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { planProvisioning } from '#actions/provisioning/plan.ts';
import { provisioningStatus } from '#actions/provisioning/status.ts';
import { createSystem } from '#actions/systems/create.ts';
import type { Origin } from '#domain/audit/event.ts';
import { startAccounts } from '#provisioning/accounts.ts';
import { systemSettings } from '#test/support/hub.ts';
import { scimProduct } from '#test/support/products/scim.ts';
import { keep, serveProduct } from '#test/support/products/server.ts';
import { testServices } from '#test/support/services.ts';

const operator: Origin = { actor: { kind: 'operator' } };
const policy = `
version: 1
domains: { customer: { title: Customers, sides: [crm], actions: [read] } }
roles: { sales: { title: Sales, grants: { crm: [customer:read] } } }
assign: [{ role: sales, when: { department: Sales } }]
`;

export interface Provisioned {
  readonly accounts: number;
  /** Seconds. */
  readonly plan: number;
  readonly apply: number;
  readonly requests: number;
  /** Requests at the same time, the most. */
  readonly inFlight: number;
  /** Processor seconds of hub and product together. */
  readonly cpu: number;
}

export async function measureProvisioning(accounts: number, delay = 50): Promise<Provisioned> {
  const ends: (() => Promise<void>)[] = [];
  const t = { after: (end: () => Promise<void>) => void ends.push(end) };
  const services = await testServices(t);
  // Two groups to give and one to take would be three requests: one account, one request, as the target says.
  const product = await serveProduct(t, scimProduct('hubspot', ['Sales', 'Old']));
  const lines = ['email,name,department'];
  for (let at = 0; at < accounts; at += 1) {
    keep(product.accounts, { login: `p${at}@example.com`, roles: ['Old'] });
    lines.push(`p${at}@example.com,Person ${at},Sales`);
  }
  product.delay = delay;
  const settings = { nativeRoles: { 'customer:read': ['Sales'] } };
  const provisioning = { connector: 'scim', dialect: 'hubspot', url: product.url, token: 'the token' } as const;
  const system = { id: 'crm', side: 'crm', auth: 'none', redirectUris: ['http://127.0.0.1:1/'], settings } as const;
  await createSystem(
    services,
    operator,
    systemSettings({
      ...system,
      redirectUris: [...system.redirectUris],
      provisioning: { ...provisioning, mode: 'on', roles: 'replace', check: '0s' },
    }),
    'console',
  );
  await importPeople(services, operator, `${lines.join('\n')}\n`);
  await publishPolicy(services, operator, { text: policy, reason: 'for the bench' });
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const { plan } = await planProvisioning(services, operator, 'crm');
  const planned = performance.now();
  if (plan.change.length !== accounts) throw new Error(`the plan changes ${plan.change.length} of ${accounts}`);
  const before = product.asked.length;
  const carrier = startAccounts(services);
  while ((await provisioningStatus(services, 'crm')).carried < accounts)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const applied = performance.now();
  const used = process.cpuUsage(cpu);
  const requests = product.asked.length - before;
  await carrier.stop();
  for (const end of ends) await end();
  return {
    ...{ accounts, plan: (planned - began) / 1000, apply: (applied - planned) / 1000, requests },
    ...{ inFlight: product.busiest(), cpu: (used.user + used.system) / 1e6 },
  };
}

export function provisioningInWords({ accounts, plan, apply, requests, inFlight, cpu }: Provisioned): string {
  return `${accounts} accounts: planned in ${plan.toFixed(1)} s, carried and read again in ${apply.toFixed(1)} s with ${requests} requests, ${inFlight} in flight; ${cpu.toFixed(1)} s of processor`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${provisioningInWords(await measureProvisioning(Number(process.argv[2] ?? 5000)))}\n`);
