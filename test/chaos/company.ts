import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createHasher } from '#platform/hashing/pool.ts';

export const passphrase = 'granite windmill over seven fords';
export const client = { id: 'crm', secret: 'a-secret-of-this-test-alone', callback: 'http://localhost:9/callback' };

const policy = `
version: 1
domains: { customer: { title: Customers, sides: [crm], actions: [read] } }
roles: { sales: { title: Sales, grants: { crm: [customer:read] } } }
assign: [{ role: sales, when: { department: Sales } }]
`;

export function emailOf(n: number): string {
  return `person${n}@example.com`;
}

/** Writes a company of so many people into a throw-away folder. @returns the configuration file */
export async function writeCompany(people: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-chaos-'));
  const hasher = createHasher({ slots: 1, queue: 1 });
  const hash = await hasher.hash(passphrase);
  await hasher.close();
  const rows = Array.from({ length: people }, (_, n) => `${emailOf(n)},Person ${n},Sales,"${hash}"`);
  writeFileSync(join(folder, 'people.csv'), ['email,name,department,passwordHash', ...rows, ''].join('\n'));
  writeFileSync(join(folder, 'roles.yaml'), policy);
  const file = join(folder, 'hub.yaml');
  const settings = {
    policy: join(folder, 'roles.yaml'),
    people: join(folder, 'people.csv'),
    limits: { signin: { perNetwork: '1000000/15m' } },
    systems: [
      {
        id: client.id,
        title: 'Customer desk',
        side: 'crm',
        redirectUris: [client.callback],
        clientSecret: client.secret,
        rotateRefresh: true,
      },
    ],
  };
  writeFileSync(file, stringify(settings));
  return file;
}
