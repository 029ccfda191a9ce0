/** One hub carries accounts and roles into another over SCIM: the client of one before the server of the other. Proved by what the second one answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changePerson, disablePerson } from '#actions/people/change.ts';
import { createPerson } from '#actions/people/create.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import { createSystem } from '#actions/systems/create.ts';
import type { Origin } from '#domain/audit/event.ts';
import type { SystemInput } from '#settings/system.ts';
import { bootHub } from '#test/support/booted.ts';
import { evidence } from '#test/support/evidence.ts';
import { systemSettings } from '#test/support/hub.ts';
import { type ScimAnswered, scimHub } from '#test/support/scim.ts';

const operator: Origin = { actor: { kind: 'operator' } };
const policy = `
version: 1
domains:
  order: { title: Orders, sides: [crm, erp], actions: [read, write] }
roles:
  seller: { title: Seller, grants: { target: [order:write] } }
  buyer: { title: Buyer, grants: { target: [order:read] } }
assign:
  - { role: seller, when: { department: Sales } }
  - { role: buyer, when: { department: Purchasing } }
`;

test('joiner, mover and leaver arrive in the second hub, and a stranger there is left alone', async (t) => {
  const { hub: second, token, call } = await scimHub(t);
  for (const displayName of ['Sellers', 'Buyers']) await call('POST', '/Groups', { displayName });
  const stranger = await createPerson(second.services, operator, { email: 'stranger@example.com', name: 'Stranger' });
  const first = await bootHub(t);
  const target = {
    ...{
      id: 'target',
      title: 'Second hub',
      side: 'erp',
      clientSecret: 'long enough for a secret',
      redirectUris: ['http://localhost:1/x'],
    },
    settings: { nativeRoles: { 'order:write': ['Sellers'], 'order:read': ['Buyers'] } },
    provisioning: {
      connector: 'scim',
      url: `${second.issuer}/scim/v2`,
      token,
      mode: 'on',
      accounts: 'create',
      roles: 'replace',
      check: '0s',
    },
  };
  await createSystem(first.services, operator, systemSettings(target as unknown as Partial<SystemInput>), 'console');
  await publishPolicy(first.services, operator, { text: policy, reason: 'for the test' });
  const look = () => call('GET', `/Users?filter=${encodeURIComponent('userName eq "mia@example.com"')}`);
  const until = async (holds: (answer: ScimAnswered) => boolean): Promise<ScimAnswered> => {
    for (;;) {
      const answer = await look();
      if (holds(answer)) return answer;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const groups = ({ body }: ScimAnswered): string[] =>
    (body.Resources[0]?.groups ?? []).map(({ display }: { display: string }) => display);

  const mia = await createPerson(first.services, operator, {
    email: 'mia@example.com',
    name: 'Mia Lund',
    department: 'Sales',
  });
  const joined = await until((answer) => groups(answer).includes('Sellers'));
  assert.deepEqual([joined.body.Resources[0].active, joined.body.Resources[0].displayName], [true, 'Mia Lund']);
  await changePerson(first.services, operator, mia.id, { department: 'Purchasing' });
  await until((answer) => groups(answer).join() === 'Buyers');
  await disablePerson(first.services, operator, mia.id);
  await until(({ body }) => body.Resources[0]?.active === false);
  const applied = (await first.services.store.audit.query({ type: 'provision.applied', system: 'target' })).items;
  assert.ok(applied.length >= 3);
  assert.equal(
    (await second.services.store.audit.query({ person: stranger.id, type: 'person.changed' })).items.length,
    0,
  );
  evidence({
    product: 'SCIM client',
    part: 'a second hub',
    act: 'joiner, mover, leaver',
    result: 'account, groups and end seen there',
  });
});
